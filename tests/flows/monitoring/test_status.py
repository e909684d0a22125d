"""Silence is noticed: `paperhouse status --strict` tells by the clock what is late, and why."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.ingest import ingest
from flows.settings import Settings
from flows.settings.sections import SourceSettings
from tests.support.command import called
from tests.support.samples import HTML, SEARCH, write_items
from tests.support.told import in_words, untold
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

STALE = 4
NOWHERE = {"huggingface": SourceSettings(base_url="http://127.0.0.1:9")}
TUESDAY = datetime(2026, 11, 17, 6, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 18, 6, tzinfo=UTC)
LATER = datetime(2026, 11, 18, 6, 1, tzinfo=UTC)
EARLIER = """\
huggingface daily         Mo Tu We Th Fr Sa Su
  week of 2026-10-19
  week of 2026-10-26      +  +  +  +  +  .  .
  week of 2026-11-02      +  +  +  +  +  .  .
  week of 2026-11-09      +  +  +  +  +  .  .
"""


def strict(warehouse: Warehouse, now: str) -> tuple[int, list[str]]:
    """The exit code at a moment of UTC, and the lines about missed objectives."""
    done = called("status", "--strict", "--now", now, home=warehouse.home)
    lines = [line for line in done.stdout.splitlines() if line.startswith("missed objective: ")]
    return done.returncode, [line.removeprefix("missed objective: ") for line in lines]


@pytest.fixture(scope="module")
def troubled(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The sample, then a day that two looks found empty, one held, one never answered, and a saved
    search."""
    folder = tmp_path_factory.mktemp("troubled")
    warehouse = Warehouse(sample_home).copy_to(folder / "home")
    nothing = write_items(folder / "2026-11-16.json", [])
    warehouse.ingest(nothing, at=TUESDAY)
    snapped = warehouse.ingest(
        HTML / "2026-11-13.html", at=WEDNESDAY, given="huggingface:daily:2026-11-17"
    )
    unanswered = ingest(
        Settings(home=warehouse.home, max_tries=1, sources=NOWHERE),
        ["huggingface:daily:2026-11-18"],
        clock=lambda: WEDNESDAY,
    )
    empty = ingest(
        Settings(home=warehouse.home),
        [str(nothing), str(SEARCH)],
        captured_at=LATER,
        clock=lambda: LATER,
    )
    outcomes = [o.outcome for report in (snapped, unanswered, empty) for o in report.outcomes]
    assert outcomes == ["held", "unfetched", "empty", "settled"]
    yield warehouse
    shutil.rmtree(warehouse.home)


@pytest.mark.parametrize(
    ("now", "exit_code"),
    [("2026-11-16T02:29:00", 0), ("2026-11-17T08:29:00", 0), ("2026-11-17T08:30:00", STALE)],
    ids=["fresh", "due", "late"],
)
def test_an_objective_is_missed_by_the_clock_alone(
    sample_home: Path, now: str, exit_code: int
) -> None:
    assert strict(Warehouse(sample_home), now)[0] == exit_code


def test_a_week_of_silence_names_the_source_how_late_it_is_and_what_to_do(
    sample_home: Path,
) -> None:
    exit_code, (line,) = strict(Warehouse(sample_home), "2026-11-21T09:00:00")
    assert exit_code == STALE
    how_late = ("huggingface daily", "5 issues", "2026-11-16", "4 days", "never asked for")
    assert untold(line, *how_late, "2026-11-14 06:00 UTC", "`paperhouse run`") == []


def test_what_a_nightly_run_no_longer_reaches_is_asked_for_by_name(sample_home: Path) -> None:
    _, (line,) = strict(Warehouse(sample_home), "2027-01-01T12:00:00")
    assert untold(line, "34 issues", "2026-11-16", "`paperhouse run`") == []
    assert "`paperhouse ingest huggingface:daily:" in line


def test_where_nothing_ever_ran_every_objective_is_missed(home: Path) -> None:
    done = called("status", "--strict", home=home)
    assert done.returncode == STALE
    (line,) = [line for line in done.stdout.splitlines() if str(home) in line and "missed" in line]
    assert untold(line, "missed objective", "nothing has ever run", "`paperhouse run`") == []
    assert called("status", home=home).returncode == 0
    assert not home.exists()


def test_runs_that_loaded_nothing_meet_no_objective(warehouse: Warehouse) -> None:
    ingest(
        Settings(home=warehouse.home, max_tries=1, sources=NOWHERE),
        ["huggingface:daily:2026-11-18"],
        clock=lambda: WEDNESDAY,
    )
    exit_code, lines = strict(warehouse, "2026-11-18T07:00:00")
    assert exit_code == STALE
    facts = ("huggingface daily", "never loaded", "2026-11-18 06:00 UTC", "`paperhouse run`")
    assert untold(lines[0], *facts) == []


def test_a_source_that_is_turned_off_has_no_objective(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERHOUSE_SOURCES__HUGGINGFACE__ENABLED", "false")
    done = called("status", "--strict", "--now", "2027-01-01", home=sample_home)
    assert done.returncode == 0
    assert "huggingface daily: 15 issues" in done.stdout
    assert "week of" not in done.stdout


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, ("nothing is published", "snapshot 1", "next run")),
        (b"not a database", ("warehouse.duckdb", "cannot be opened")),
    ],
    ids=in_words,
)
def test_a_publication_that_readers_cannot_use_misses_an_objective(
    loaded: Warehouse, content: bytes | None, complaint: tuple[str, ...]
) -> None:
    loaded.file.unlink() if content is None else loaded.file.write_bytes(content)
    exit_code, (line,) = strict(loaded, "2026-11-14T07:00:00")
    assert exit_code == STALE
    assert untold(line, *complaint) == []
    assert called("status", home=loaded.home).returncode == 0


def test_a_publication_behind_the_lake_misses_an_objective(
    troubled: Warehouse, tmp_path: Path
) -> None:
    behind = troubled.copy_to(tmp_path / "home")
    (behind.home / "lake" / "current").unlink()
    (behind.home / "lake" / "current").symlink_to("snapshots/1")
    _, lines = strict(behind, "2026-11-18T07:00:00")
    assert untold(lines[0], "snapshot 3 is published", "snapshot 1", "next run") == []


def test_the_last_weeks_are_a_calendar_of_signs(sample_home: Path) -> None:
    done = called("status", "--now", "2026-11-17T09:00:00", home=sample_home)
    assert EARLIER + "  week of 2026-11-16      M  -  -  -  -  .  .\n" in done.stdout
    signs = (
        "+ loaded",
        "0 empty",
        "H held",
        "B broken",
        "U unfetched",
        "M missing",
        "- not",
        "W with",
    )
    assert [sign for sign in signs if f"  {sign}" not in done.stdout] == []


def test_an_empty_a_held_and_an_unanswered_day_are_three_different_things(
    troubled: Warehouse,
) -> None:
    done = called("status", "--strict", "--now", "2026-11-19T09:00:00", home=troubled.home)
    assert EARLIER + "  week of 2026-11-16      0  H  U  -  -  .  .\n" in done.stdout
    assert done.returncode == STALE
    assert "`paperhouse issues release huggingface:daily:2026-11-17 --why" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "issues late" in line]
    how_late = ("missed objective", "huggingface daily", "2 issues", "2026-11-17", "1 day")
    assert untold(line, *how_late, "held", "2026-11-13", "not 2026-11-17", "14 records") == []


def test_as_json_it_has_every_day_with_its_evidence(troubled: Warehouse) -> None:
    done = called(
        "status", "--strict", "--json", "--now", "2026-11-19T09:00:00", home=troubled.home
    )
    assert done.returncode == STALE
    found = json.loads(done.stdout)
    days = {day["issued_on"]: day for day in found["coverage"]}
    assert [days[f"2026-11-{n}"]["state"] for n in (15, 16, 17, 18, 19, 20, 21)] == [
        "not expected",
        "empty",
        "held",
        "unfetched",
        "not due",
        "not due",
        "not expected",
    ]
    assert "127.0.0.1" in days["2026-11-18"]["reason"]
    fresh, search = found["freshness"]
    assert (fresh["state"], fresh["n_late"], fresh["behind_h"]) == ("late", 2, 54.5)
    assert (search["source"], search["state"]) == ("pagedump", "not scheduled")
    assert len(found["broken"]) == 1


def test_the_file_has_the_days_and_the_freshness_of_its_publication(troubled: Warehouse) -> None:
    fresh, _ = troubled.rows("FROM ops.freshness ORDER BY source")
    assert (fresh["state"], fresh["n_issues"], fresh["as_of"]) == ("due", 16, LATER)
    days: list[dict[str, Any]] = troubled.rows(
        "SELECT day(issued_on) AS d, state FROM ops.coverage WHERE issued_on > '2026-11-14'"
    )
    assert {row["d"]: row["state"] for row in days} == {
        15: "not expected",
        16: "empty",
        17: "held",
        18: "unfetched",
    }


def test_trust_tells_completeness_records_and_what_was_held_week_by_week(
    troubled: Warehouse,
) -> None:
    *_, whole, last, search = troubled.rows("FROM mart.trust")
    assert (str(whole["week_on"]), whole["n_expected"], whole["completeness"]) == (
        "2026-11-09",
        5,
        1.0,
    )
    assert whole["n_parsed"] == whole["n_accepted"] == 82
    counts = ("n_expected", "n_loaded", "n_empty", "n_held", "n_unfetched", "n_missing")
    assert [last[name] for name in counts] == [3, 0, 1, 1, 1, 0]
    assert last["completeness"] == pytest.approx(1 / 3)
    assert (last["n_parsed"], last["n_held_captures"], last["n_late"]) == (0, 1, 0)
    assert (last["state"], last["last_run_outcome"]) == ("due", "ok")
    assert (search["source"], search["week_on"], search["n_expected"]) == ("pagedump", None, None)
    assert (search["n_parsed"], search["state"]) == (12, "not scheduled")
