"""A backfill fills a range once, whatever stops it on the way, and never asks twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.backfill import BackfillReport, backfill
from flows.jobs.backfill_plan import BadRange, Wanted
from flows.jobs.nightly import night
from flows.pipeline.extract import Planned, enabled_sources, fetch_issue, open_fetcher
from flows.pipeline.run import running
from flows.settings import Settings
from tasks.calendar import Due
from tasks.parse.model import IssueRef
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.soak.backfills import run_trial
from tests.soak.crash import lake_rows
from tests.support.folders import SAMPLE
from tests.support.process import in_new_process
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

SINCE, UNTIL = date(2026, 10, 29), date(2026, 11, 3)
AT = datetime(2026, 11, 14, 6, tzinfo=UTC)
Fill = Callable[..., BackfillReport]


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Inside]:
    with replica_inside(Bodies(SAMPLE), AT.date(), tmp_path / "requests.jsonl") as inside:
        yield inside


@pytest.fixture
def settings(warehouse: Warehouse, replica: Inside) -> Settings:
    return Settings(home=warehouse.home, sources={"huggingface": {"base_url": replica.url}})


@pytest.fixture
def fill(settings: Settings) -> Fill:
    """Fill a range of six days, four of them with an issue that can be expected."""

    def fill(
        at: datetime = AT, *, tell: Any = id, having: Any = None, **given: Any
    ) -> BackfillReport:
        wanted = Wanted("huggingface", **({"since": SINCE, "until": UNTIL} | given))
        chosen = settings.model_copy(update=having or {})
        return backfill(chosen, wanted, clock=lambda: at, sleep=lambda _: None, on_step=tell)

    return fill


def asked(replica: Inside) -> list[str]:
    """The days asked for since the last time, in order."""
    days = [request["path"].partition("date=")[2][:10] for request in replica.requests()]
    replica.forget()
    return days


DAYS = ["2026-10-29", "2026-10-30", "2026-11-02", "2026-11-03"]


def test_a_backfill_killed_while_it_published_its_last_batch_is_published_by_the_next(
    warehouse: Warehouse, fill: Fill
) -> None:
    fill()
    expected = warehouse.value("SELECT count(*) FROM core.listings")
    leftover = warehouse.home / ".unfinished-1-warehouse.duckdb"
    warehouse.file.rename(leftover)
    report = fill(at=AT + timedelta(hours=1))
    assert report.n_batches == 0
    assert warehouse.value("SELECT count(*) FROM core.listings") == expected
    assert not leftover.exists()


def test_a_range_is_filled_from_the_oldest_month_on_each_a_snapshot_and_published(
    warehouse: Warehouse, replica: Inside, fill: Fill
) -> None:
    steps: list[tuple[str, int, int, bool]] = []
    report = fill(tell=lambda s: steps.append((s.batch, s.n_done, s.n_issues, bool(s.report))))

    assert asked(replica) == DAYS
    assert [(r.outcome, r.snapshot) for r in report.reports] == [("ok", 1), ("ok", 2)]
    assert (report.outcome, report.exit_code, report.is_cut_short) == ("ok", 0, False)
    assert [step[:3] for step in steps if step[3]] == [("2026-10", 2, 4), ("2026-11", 4, 4)]
    assert [step[1] for step in steps if not step[3]] == [0, 1, 2, 2, 3, 4]
    assert warehouse.value("SELECT snapshot FROM ops.publication") == 2
    runs = warehouse.rows("SELECT command, outcome FROM ops.runs")
    assert runs == [{"command": "backfill", "outcome": "ok"}] * 2


def test_what_was_answered_lately_is_not_asked_for_again_and_later_only_when_all_is_wanted(
    replica: Inside, fill: Fill
) -> None:
    fill(size="year")
    asked(replica)

    again = fill(at=AT + timedelta(days=1))
    assert (again.reports, again.n_known, again.outcome) == ((), 4, "unchanged")
    missing = fill(at=AT + timedelta(days=30), is_missing_only=True, since=date(2026, 10, 28))
    assert asked(replica) == ["2026-10-28"]
    assert missing.n_known == 4

    later = fill(at=AT + timedelta(days=30))
    assert asked(replica) == DAYS
    assert {report.outcome for report in later.reports} == {"unchanged"}


def test_the_budget_is_that_of_the_whole_range_and_the_same_command_goes_on(
    replica: Inside, fill: Fill
) -> None:
    cut = fill(size="year", having={"backfill_requests": 3})
    assert asked(replica) == DAYS[:3]
    assert (cut.outcome, cut.exit_code, cut.is_cut_short) == ("partial", 3, True)
    assert "the same command" in cut.lines()[-1]

    assert fill(size="year", having={"backfill_requests": 3}).outcome == "ok"
    assert asked(replica) == DAYS[3:]


def test_a_host_that_is_down_ends_the_backfill_and_not_each_of_its_months(
    replica: Inside, fill: Fill
) -> None:
    replica.misbehave({"path": "/*", "fault": "status", "status": 503})
    report = fill(size="day", having={"max_tries": 1}, since=date(2026, 9, 1))
    assert (report.outcome, report.exit_code) == ("failed", 1)
    assert len(report.reports) < report.n_batches / 2


def test_a_body_that_was_landed_and_not_loaded_is_loaded_without_asking(
    warehouse: Warehouse, replica: Inside, settings: Settings, fill: Fill
) -> None:
    source = next(s for s in enabled_sources(settings) if s.name == "huggingface")
    issue = IssueRef.parse(f"huggingface:daily:{DAYS[1]}")

    def cut_off() -> None:
        with running(warehouse.paths, "backfill", run_id="cut", clock=lambda: AT) as run:
            fetch_issue(run, open_fetcher(run, settings, source), Planned(Due(issue, "asked for")))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        cut_off()
    asked(replica)

    fill(at=AT + timedelta(hours=1), size="year")

    assert asked(replica) == [DAYS[0], *DAYS[2:]]
    found = warehouse.rows(
        f"SELECT captured_at FROM core.issue_captures WHERE issue_id = '{issue}'"
    )
    assert [row["captured_at"] for row in found] == [AT]


def test_a_backfill_ends_in_the_rows_of_the_nights(
    warehouse: Warehouse, replica: Inside, settings: Settings, fill: Fill, tmp_path: Path
) -> None:
    by_nights = Warehouse(tmp_path / "nights")
    nightly = settings.model_copy(update={"home": by_nights.home, "look_back_days": 1})
    for number in range(3):
        now = datetime(2026, 10, 30, 6, tzinfo=UTC) + timedelta(days=number)
        clock = partial(datetime.fromtimestamp, now.timestamp(), UTC)
        with running(by_nights.paths, "nightly", run_id=f"n{number}", clock=clock) as run:
            night(run, nightly, sleep=lambda _: None)
    by_night = lake_rows(by_nights.paths)
    days = sorted(date.fromisoformat(row["issue_key"]) for row in by_night["core.issues"])

    fill(since=days[0], until=days[-1])

    by_range = lake_rows(warehouse.paths)
    for row in (*by_night["core.observations"], *by_range["core.observations"]):
        del row["observed_month"]  # when votes were counted, and nothing else, is another time
    assert by_range == by_night


@pytest.mark.parametrize(
    ("source", "given", "told"),
    [
        ("huggingface", {"since": date(2027, 1, 1)}, "after the last day there can be"),
        ("pagedump", {}, "sources that have: arxiv, huggingface"),
        ("arxiv", {"since": date(2026, 1, 1)}, "paperhouse ingest"),
    ],
)
def test_a_range_that_cannot_be_had_is_refused_with_what_can(
    settings: Settings, source: str, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadRange, match=told):
        backfill(settings, Wanted(source, **({"since": SINCE} | given)), clock=lambda: AT)


def test_a_backfill_killed_on_the_way_ends_in_the_rows_of_one_left_alone(tmp_path: Path) -> None:
    found = in_new_process(run_trial, SAMPLE, tmp_path, n_kills=2, seed=3, n_days=6)
    assert len(found.kills_s) == 2
    assert found.faults == [], str(found)
