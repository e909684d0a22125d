"""A night with its replica: what is asked for, what costs a write, and what is told of the rest."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.ingest import ingest
from flows.jobs.nightly import Steps, night
from flows.pipeline.report import LoadResult, RunReport
from flows.pipeline.run import running
from flows.settings import Settings
from schemas.ops import FETCHES
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.soak import nights
from tests.support.folders import SAMPLE
from tests.support.samples import SEARCH
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 14)
AT = datetime(2026, 11, 14, 6, tzinfo=UTC)
API_BODY = (SAMPLE / "huggingface/api/2026-11-12.json").read_bytes()
API, PAGE = "/api/daily_papers", "/papers/date/"


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Inside]:
    with replica_inside(Bodies(SAMPLE), TODAY, tmp_path / "requests.jsonl") as running_inside:
        yield running_inside


def settings_for(warehouse: Warehouse, replica: Inside, **given: Any) -> Settings:
    source = {"base_url": replica.url} | given.pop("source", {})
    return Settings(home=warehouse.home, sources={"huggingface": source}, **given)


def asked_now(warehouse: Warehouse, replica: Inside, *targets: str) -> RunReport:
    """Ask for single issues; without retries, so without pauses."""
    return ingest(settings_for(warehouse, replica, max_tries=1), targets, clock=lambda: AT)


def outcomes(report: RunReport) -> Counter[str]:
    return Counter(outcome.outcome for outcome in report.outcomes)


def fetched_only(warehouse: Warehouse, replica: Inside, *, sweep: bool, **given: Any) -> RunReport:
    """A night that fetches and does not load."""
    settings, steps = (
        settings_for(warehouse, replica, **given),
        Steps(load=lambda *_, **__: LoadResult()),
    )
    with running(warehouse.paths, "nightly", run_id="night", clock=lambda: AT) as run:
        night(run, settings, steps, sweep=sweep, sleep=lambda _: None)
    return run.report()


def test_what_a_budget_leaves_is_told_and_the_newest_is_asked_for_first(
    warehouse: Warehouse, replica: Inside
) -> None:
    report = fetched_only(warehouse, replica, sweep=False, max_requests=4)
    days = [r["path"].partition("date=")[2][:10] for r in replica.requests()]
    assert days == ["2026-11-13", "2026-11-12", "2026-11-11", "2026-11-10"]
    assert outcomes(report) == {"left": 6}
    assert report.exit_code == 0
    (line,) = [line for line in report.lines() if "huggingface:daily:2026-11-09" in line]
    assert untold(line, "6 deferred", "next run") == []


def test_a_sweep_looks_back_further_on_a_budget_of_its_own(
    warehouse: Warehouse, replica: Inside
) -> None:
    given = {"sweep_days": 20, "max_requests": 1, "sweep_requests": 15}
    assert outcomes(fetched_only(warehouse, replica, sweep=True, **given)) == {}
    assert len(replica.requests()) == 15


def test_lists_an_operator_turns_on_are_asked_for_too(
    warehouse: Warehouse, replica: Inside
) -> None:
    source = {"editions": ["daily", "weekly", "trending"]}
    fetched_only(warehouse, replica, sweep=False, look_back_days=3, source=source)
    asked = [re.findall(r"(date|week|sort)=([^&]+)", r["path"])[0] for r in replica.requests()]
    assert asked == [
        ("sort", "trending"),
        ("date", "2026-11-13"),
        ("date", "2026-11-12"),
        ("date", "2026-11-11"),
        ("week", "2026-W46"),
    ]


def test_where_the_api_is_broken_the_page_is_read_and_where_both_are_the_bytes_are_kept(
    warehouse: Warehouse, replica: Inside
) -> None:
    replica.misbehave(
        {"path": API, "query": {"date": "2026-11-13"}, "fault": "html"},
        {"path": API, "query": {"date": "2026-11-12"}, "fault": "cut"},
        {"path": f"{PAGE}2026-11-12", "fault": "cut"},
    )
    report = asked_now(
        warehouse, replica, *(f"huggingface:daily:2026-11-{day}" for day in (11, 12, 13))
    )
    whole, broken, instead = report.outcomes
    assert [whole.outcome, broken.outcome, instead.outcome] == ["settled", "broken", "settled"]
    assert report.exit_code == 3
    assert whole.reason is None
    assert str(instead.reason).startswith(f"requested {PAGE}2026-11-13 instead, because ")
    assert "text/html" in str(instead.reason)
    assert "answered with no issue" in str(broken.reason)
    assert warehouse.body(str(broken.payload_sha256)).startswith(b"<!doctype html>")
    kept = [
        warehouse.body(r.sha256)[:15]
        for r in warehouse.capture_records()
        if r.source == "unrecognised"
    ]
    assert sorted(kept) == sorted([b"<!doctype html>", API_BODY[:15], b"<!doctype html>"])
    read_by = warehouse.rows("SELECT DISTINCT parser_version FROM core.listings ORDER BY ALL")
    assert [row["parser_version"] for row in read_by] == ["api/2", "page/2"]


def test_a_source_that_is_down_costs_little_and_the_others_are_loaded(
    warehouse: Warehouse, replica: Inside
) -> None:
    replica.misbehave({"path": API, "fault": "reset"})
    days = [f"huggingface:daily:2026-11-{day:02}" for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]
    report = asked_now(warehouse, replica, *days, str(SEARCH))
    assert outcomes(report)["unfetched"] == 10
    assert (report.outcome, report.exit_code) == ("partial", 3)
    assert len(replica.requests()) == 8
    assert "breaker" in str(report.faults[-1].reason)
    assert warehouse.value("SELECT count(*) FROM core.issues WHERE source = 'pagedump'") == 1
    with open_ledger(warehouse.paths.ledger) as ledger:
        assert [row["status"] for row in ledger.rows(FETCHES)] == [None] * 8


def test_a_few_nights_keep_what_many_nights_must(warehouse: Warehouse, replica: Inside) -> None:
    bodies = nights.BodiesOfANight(SAMPLE, again="later")
    lived = list(
        nights.live(warehouse, replica, bodies, [date(2026, 11, day) for day in (12, 14, 15)])
    )
    assert nights.check(warehouse, bodies, lived) == []
    assert lived[-1].n_capture_records == 0
    assert lived[-1].report.snapshot is None


def test_the_lists_without_a_date_and_of_periods_are_fetched_when_asked_for(
    warehouse: Warehouse, replica: Inside
) -> None:
    paper = json.loads((SAMPLE / "huggingface/api/2026-11-12.json").read_bytes())[0]["paper"]
    word = paper["title"].split()[0].strip(":").casefold()
    report = asked_now(
        warehouse,
        replica,
        *("huggingface:weekly:2026-W46", "huggingface:monthly:2026-11"),
        *("huggingface:trending:now", f"huggingface:search:{word}"),
        *(f"huggingface:paper:{paper['id']}", "huggingface:paper:2611.99999"),
    )
    missing, *_ = report.faults
    assert (missing.issue_id, missing.outcome) == ("huggingface:paper:2611.99999", "unfetched")
    rows = warehouse.rows(
        "SELECT issue_id, issued_on, query, n_accepted, issue_month FROM core.issues ORDER BY ALL"
    )
    assert [row["issue_id"] for row in rows] == [
        "huggingface:monthly:2026-11",
        f"huggingface:paper:{paper['id']}",
        f"huggingface:search:{word}@20261114T060000Z",
        "huggingface:trending:20261114T060000Z",
        "huggingface:weekly:2026-W46",
    ]
    assert {row["issued_on"] for row in rows} == {None}
    assert [row["query"] for row in rows] == [None, None, word, None, None]
    assert {row["issue_month"] for row in rows} == {"2026-11"}
    assert all(row["n_accepted"] for row in rows)
