"""What a person decides: a held issue is let in, quarantined records are taken again or dropped."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.review import NotHeld, drop, release, replay_quarantined
from flows.pipeline.quarantine import NoSuchRecord
from flows.pipeline.report import RunReport
from flows.settings import Settings
from schemas.ops import QUARANTINE
from tests.support.folders import ROOT
from tests.support.samples import AFTERWARDS, API, FIRST, items_of, write_items
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger

pytestmark = pytest.mark.slow

DAY = "2026-11-06"
ISSUE = f"huggingface:daily:{DAY}"
MUCH_LATER = AFTERWARDS + timedelta(days=1)


def released(warehouse: Warehouse, issue: str, why: str) -> RunReport:
    return release(Settings(home=warehouse.home), issue, why=why, clock=lambda: MUCH_LATER)


def replayed(warehouse: Warehouse, *ids: str) -> RunReport:
    return replay_quarantined(Settings(home=warehouse.home), ids, clock=lambda: MUCH_LATER)


def quarantined(warehouse: Warehouse) -> list[dict[str, Any]]:
    """What the ledger has on record, whether it is published yet or not."""
    with open_ledger(warehouse.home / "ledger.sqlite") as ledger:
        return ledger.rows(QUARANTINE)


@pytest.fixture
def shrunken(loaded: Warehouse, tmp_path: Path) -> Warehouse:
    """A warehouse in which a much smaller fetch of a day is held."""
    few = write_items(tmp_path / f"{DAY}.json", items_of(API / f"{DAY}.json")[:2])
    assert loaded.ingest(few).outcome == "failed"
    return loaded


def test_a_held_issue_is_let_in_with_the_reason_on_record(shrunken: Warehouse) -> None:
    report = released(shrunken, ISSUE, "the site withdrew the rest")
    assert (report.outcome, report.command) == ("ok", "release")
    assert shrunken.value(f"SELECT n_parsed FROM core.issues WHERE issue_id = '{ISSUE}'") == 2
    listed = f"SELECT count(*) FROM core.listings WHERE issue_id = '{ISSUE}' AND removed_at IS NULL"
    assert shrunken.value(listed) == 2
    (row,) = shrunken.rows("FROM ops.releases")
    assert (row["issue_id"], row["why"]) == (ISSUE, "the site withdrew the rest")
    assert "of the records known" in row["held_because"]


def test_after_a_release_the_issue_is_compared_with_what_was_let_in(
    shrunken: Warehouse, tmp_path: Path
) -> None:
    released(shrunken, ISSUE, "it really shrank")
    three = write_items(tmp_path / "again" / f"{DAY}.json", items_of(API / f"{DAY}.json")[:3])
    assert shrunken.ingest(three, at=MUCH_LATER + timedelta(hours=1)).outcome == "ok"


def test_what_is_not_held_cannot_be_released_and_what_is_held_is_named(shrunken: Warehouse) -> None:
    with pytest.raises(NotHeld, match=f"2026-11-09 is not held.*{ISSUE}"):
        released(shrunken, "huggingface:daily:2026-11-09", "why not")
    released(shrunken, ISSUE, "once")
    with pytest.raises(NotHeld, match="held are: none"):
        released(shrunken, ISSUE, "twice")


def test_the_commands_list_held_issues_and_let_one_in(shrunken: Warehouse) -> None:
    listed = shrunken.called("issues", "list")
    assert listed.returncode == 0
    assert untold(listed.stderr, "1 held", '`paperhouse issues release ID --why "…"`') == []
    assert listed.stdout.startswith(f"{ISSUE} ")
    assert untold(listed.stdout, "2026-11-18 06:00 UTC", "of the records known") == []
    done = shrunken.called("issues", "release", ISSUE, "--why", "seen by hand")
    assert done.returncode == 0, done.stderr
    assert shrunken.called("issues", "list").stderr == "0 held\n"


def ingest_by_stricter_rules(warehouse: Warehouse, code: Path, file: Path) -> None:
    """Load with a copy of the code in which titles may have 30 characters only."""
    for room in ("flows", "schemas", "tasks", "warehouse"):
        shutil.copytree(ROOT / room, code / room)
    described = code / "schemas" / "core.py"
    text = described.read_text(encoding="utf-8")
    rule = "rules=(Length(least=1, most=600), _CONTROL)"
    assert text.count(rule) == 1
    described.write_text(text.replace(rule, rule.replace("600", "30")), encoding="utf-8")
    done = warehouse.command("ingest", file, environment={"PYTHONPATH": str(code)})
    assert done.returncode == 0, done.stderr


def test_after_a_rule_is_mended_replay_loads_what_it_had_rejected_once_and_tells_the_story(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    ingest_by_stricter_rules(warehouse, tmp_path / "stricter", API / f"{DAY}.json")
    rejected = quarantined(warehouse)
    n_records = len(items_of(API / f"{DAY}.json"))
    assert {row["rules"] for row in rejected} == {"core.paper_versions.title.length"}
    assert warehouse.value("SELECT count(*) FROM core.listings") == n_records - len(rejected)

    report = replayed(warehouse)

    assert report.outcome == "ok"
    assert warehouse.value("SELECT count(*) FROM core.listings") == n_records
    assert warehouse.value("SELECT count(DISTINCT paper_id) FROM core.papers") == n_records
    rows = quarantined(warehouse)
    assert {(row["state"], row["settled_by"]) for row in rows} == {("replayed", report.run_id)}
    assert {row["run_id"] for row in rows} == {row["run_id"] for row in rejected}
    shown = warehouse.called("quarantine", "show", rows[0]["quarantine_id"]).stdout
    assert f"by run {report.run_id}" in shown

    again = replayed(warehouse)
    assert (again.outcome, again.snapshot) == ("unchanged", None)
    assert quarantined(warehouse) == rows


@pytest.fixture
def one_bad(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """A warehouse with one record in quarantine."""
    items = items_of(API / f"{DAY}.json")
    items[2]["paper"]["upvotes"] = -1
    warehouse.ingest(write_items(tmp_path / f"{DAY}.json", items), at=FIRST)
    return warehouse


def test_a_replay_without_a_fix_changes_nothing_and_the_record_stays_open(
    one_bad: Warehouse,
) -> None:
    before = one_bad.state()
    report = replayed(one_bad)
    assert (report.outcome, report.snapshot) == ("unchanged", None)
    assert one_bad.state() == before
    assert [row["state"] for row in quarantined(one_bad)] == ["open"]


def test_a_dropped_record_stays_on_record_with_the_reason(one_bad: Warehouse) -> None:
    (row,) = quarantined(one_bad)
    name = row["quarantine_id"]
    done = one_bad.called("quarantine", "drop", name, "--why", "the site knows")
    assert done.returncode == 0, done.stderr
    assert one_bad.called("quarantine", "list").stderr == "0 in quarantine\n"
    assert name in one_bad.called("quarantine", "list", "--all").stdout
    assert ": the site knows" in one_bad.called("quarantine", "show", name).stdout


def test_only_what_is_open_can_be_dropped_or_replayed(one_bad: Warehouse, tmp_path: Path) -> None:
    settings = Settings(home=one_bad.home)
    for settled in (False, True):
        with pytest.raises(NoSuchRecord, match="quarantine list"):
            drop(settings, "no-such-row", why="x", now=MUCH_LATER)
        with pytest.raises(NoSuchRecord, match=r"nothing open .*no-such-row"):
            replayed(one_bad, "no-such-row")
        if not settled:
            drop(settings, quarantined(one_bad)[0]["quarantine_id"], why="x", now=MUCH_LATER)
    with pytest.raises(NoSuchRecord, match="no ledger"):
        drop(Settings(home=tmp_path / "nothing"), "x", why="x", now=MUCH_LATER)


def test_three_hundred_bad_records_of_one_body_are_all_in_quarantine(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    model = items_of(API / f"{DAY}.json")[0]
    items = [
        {**model, "paper": {**model["paper"], "id": f"2611.{n:05}", "upvotes": -n}}
        for n in range(1, 301)
    ]
    for n, item in enumerate(items):
        for link in ("githubRepo", "projectPage"):
            item["paper"].pop(link, None)
        item["paper"] |= {"title": f"Title {n}", "summary": f"Summary {n} " * 9}
    report = warehouse.ingest(write_items(tmp_path / f"{DAY}.json", items), at=FIRST)
    assert (report.count("n_quarantined"), report.count("n_accepted")) == (300, 0)
    rows = quarantined(warehouse)
    assert len({row["quarantine_id"] for row in rows}) == 300
    assert {row["rules"] for row in rows} == {"core.observations.upvotes.between"}
