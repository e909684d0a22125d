"""A run tells what drifted in report and ledger; `paperhouse drift` prints what is known."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.cli import add_commands
from flows.jobs.ingest import ingest
from flows.settings import Settings
from schemas.ops import DRIFT, SOURCE_FIELDS
from tests.support.folders import digests
from tests.support.samples import AFTERWARDS, API, LATER, Item, items_of, write_items
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger

pytestmark = pytest.mark.slow

add_commands()
LAST_DAY, NEW_DAY = "2026-11-13", "2026-11-18"


def ledger_rows(warehouse: Warehouse, table: Any) -> list[dict[str, Any]]:
    with open_ledger(warehouse.home / "ledger.sqlite") as ledger:
        return ledger.rows(table)


def changed(folder: Path, change: Any, day: str = NEW_DAY) -> Path:
    """A body of a new day: 24 records of sample days, each changed."""
    items: list[Item] = [i for file in sorted(API.glob("*.json"))[-2:] for i in items_of(file)][:24]
    for number, item in enumerate(items):
        item["paper"]["id"] = f"2611.999{number:02}"
        item["paper"]["submittedOnDailyAt"] = f"{day}T04:00:00.000Z"
        change(item)
    return write_items(folder / f"{day}.json", items)


def rename_votes(item: Item) -> None:
    item["paper"]["votes"] = f"{item['paper'].pop('upvotes')}.0k"


def votes_as_text(item: Item) -> None:
    item["paper"]["upvotes"] = "1.41k"
    item["paper"]["discussionId"] = 7


def test_a_first_load_and_a_second_look_at_the_same_days_tell_nothing(loaded: Warehouse) -> None:
    assert ledger_rows(loaded, DRIFT) == []
    assert len(ledger_rows(loaded, SOURCE_FIELDS)) > 40
    assert loaded.ingest(LATER).drift == ()


def test_a_renamed_field_is_an_alarm_and_a_notice(loaded: Warehouse, tmp_path: Path) -> None:
    report = loaded.ingest(changed(tmp_path, rename_votes))
    lines = [line for line in report.lines() if "alarm" in line or "notice" in line]
    facts = (
        ("alarm", "huggingface api", "paper.upvotes vanished", "100%"),
        ("notice", "huggingface api", "new", "paper.votes", "text"),
    )
    assert [untold(line, *told) for line, told in zip(lines, facts, strict=True)] == [[], []]
    assert "paper.upvotes vanished" in report.markdown()
    assert json.loads(json.dumps(report.as_json()))["drift"][0]["severity"] == "alarm"
    (alarm, notice) = ledger_rows(loaded, DRIFT)
    assert (alarm["run_id"], alarm["n_records"]) == (report.run_id, 24)
    assert (notice["kind"], notice["path"]) == ("new", "paper.votes")
    assert loaded.value("SELECT count(*) FROM ops.drift") == 2


def test_a_changed_type_is_an_alarm_and_what_is_taken_and_left_out_is_told(
    loaded: Warehouse, tmp_path: Path
) -> None:
    report = loaded.ingest(changed(tmp_path, votes_as_text))
    assert report.count("n_accepted") == 24
    found = {(d.path, d.kind, d.severity, d.n_records) for d in report.drift}
    assert found == {
        ("paper.upvotes", "type", "alarm", 24),
        ("paper.discussionId", "type", "alarm", 24),
        ("paper.upvotes", "converted", "notice", 24),
        ("paper.discussionId", "left out", "notice", 24),
    }
    votes = "SELECT DISTINCT upvotes FROM core.observations WHERE paper_id LIKE '2611.999%'"
    assert loaded.value(votes) == 1_410


def test_a_replay_counts_nothing_twice_and_raises_no_alarm(loaded: Warehouse) -> None:
    before = ledger_rows(loaded, SOURCE_FIELDS)
    assert loaded.called("replay").returncode == 0
    assert ledger_rows(loaded, SOURCE_FIELDS) == before
    assert ledger_rows(loaded, DRIFT) == []


def test_the_command_prints_every_field_and_the_alarms(loaded: Warehouse, tmp_path: Path) -> None:
    loaded.ingest(changed(tmp_path, rename_votes))
    done = loaded.called("drift")
    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("paper.upvotes ")]
    assert line.split()[1:] == ["integer", "90.9%", "2026-10-26", "2026-11-13", "yes"]
    (line,) = [line for line in done.stdout.splitlines() if "vanished" in line]
    assert untold(line, "paper.upvotes", "100%", "2026-11-13", "24 records") == []
    told = json.loads(loaded.called("drift", "--json").stdout)
    assert {"paper.votes", "paper.upvotes"} <= {field["path"] for field in told["fields"]}
    assert [row["kind"] for row in told["drift"]] == ["vanished", "new"]
    assert "no source is called" in loaded.called("drift", "--source", "elsewhere").stderr


def test_the_command_tells_what_a_run_noted_that_published_nothing(
    loaded: Warehouse, tmp_path: Path
) -> None:
    shrunken = changed(tmp_path, votes_as_text, LAST_DAY)
    items = items_of(shrunken)[:3]
    report = loaded.ingest(write_items(shrunken, items))
    assert (report.snapshot, [o.outcome for o in report.outcomes]) == (None, ["held"])
    assert loaded.value("SELECT count(*) FROM ops.drift") == 0
    lines = loaded.called("drift").stdout.splitlines()
    (line,) = [
        line
        for line in lines
        if line.split()[:1] != ["paper.upvotes"] and "where" in line and "paper.upvotes" in line
    ]
    assert untold(line, "paper.upvotes", "type", "text", "integer") == []


def test_the_command_says_when_nothing_is_known(home: Path) -> None:
    done = Warehouse(home).called("drift")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no field" in done.stderr


def test_real_digests_loaded_in_any_order_raise_no_alarm(home: Path) -> None:
    folder = digests("huggingface")
    days = sorted((folder / "api").glob("*.json"))
    recent, old = days[200::3], days[:200:3]
    warehouse = Warehouse(home)
    for number, files in enumerate((recent, [folder / "refetch"], old, [folder / "html"])):
        report = ingest(
            Settings(home=home),
            [str(file) for file in files],
            clock=lambda number=number: AFTERWARDS + timedelta(days=number),  # type: ignore[misc]
        )
        assert [drift for drift in report.drift if drift.severity == "alarm"] == []
        assert len([line for line in report.lines() if "notice" in line]) <= 2
    assert warehouse.value("SELECT count(*) FROM core.listings") > 1_400
