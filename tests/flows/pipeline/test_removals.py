"""A capture that drops many of the papers its issue listed is let in, and told."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.jobs.replay import replay
from flows.monitoring import alerts
from flows.pipeline.report import RunReport
from flows.settings import Settings
from tests.support.issues import T0, Body, day, papers_of
from tests.support.told import untold
from tests.support.warehouse import Warehouse

DAYS = [date(2026, 11, n) for n in (9, 10, 11, 12, 13)]


def listed(of: date, kept: int, other: int, *, minutes: int) -> Body:
    """A capture of a day with so many of its twelve papers and so many other ones."""
    items = papers_of(of, 12)[:kept] + papers_of(of, 12 + other)[12:]
    return day(str(of), items, minutes=minutes)


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Twelve papers of each day; only ever copied."""
    warehouse = Warehouse(tmp_path_factory.mktemp("twelve") / "home")
    warehouse.load([listed(of, 12, 0, minutes=0) for of in DAYS], now=T0)
    return warehouse


@pytest.fixture
def twelve(loaded_once: Warehouse, home: Path) -> Warehouse:
    """A warehouse of the test's own with twelve papers of each day."""
    return loaded_once.copy_to(home)


def loaded_again(twelve: Warehouse, captures: Sequence[tuple[int, int]]) -> RunReport:
    """Load so many of the twelve papers of the first days, with so many others."""
    again = [listed(d, *kept, minutes=60) for d, kept in zip(DAYS, captures, strict=False)]
    return twelve.load(again, now=T0 + timedelta(hours=2))


def shown(report: RunReport) -> list[tuple[int, int]]:
    return [(found.n_removed, found.n_before) for found in report.removals]


@pytest.mark.parametrize(
    ("captures", "expected"),
    [
        pytest.param([(8, 4)], [], id="a third"),
        pytest.param([(7, 5)], [(5, 12)], id="more than a third"),
        pytest.param([(0, 12)], [(12, 12)], id="another list altogether"),
        pytest.param([(10, 9)] * 4, [], id="a sixth of four days"),
        pytest.param([(10, 9)] * 5, [(2, 12)] * 5, id="a sixth of five days"),
        pytest.param([(11, 1)] * 5, [], id="a twelfth of five days"),
        pytest.param([(10, 2)] * 4 + [(7, 5)], [(2, 12)] * 4 + [(5, 12)], id="both"),
        pytest.param([(12, 9)] * 5, [], id="nothing"),
    ],
)
def test_many_papers_of_a_day_or_some_of_many_days_are_told(
    twelve: Warehouse, captures: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    report = loaded_again(twelve, captures)
    assert (report.exit_code, report.faults) == (0, [])
    assert shown(report) == expected


def test_the_outcome_the_report_and_an_alert_say_it(twelve: Warehouse) -> None:
    report = loaded_again(twelve, [(7, 5)])
    said = "5 of 12 papers listed until then are not in it"
    assert said in "\n".join(report.lines())
    assert said in twelve.value(
        "SELECT reason FROM ops.issue_outcomes ORDER BY captured_at DESC LIMIT 1"
    )
    (alert,) = alerts.of_run(report)
    assert (alert.cause, alert.page) == ("papers removed", "docs/quality.md")
    assert untold(alert.text(), "huggingface:daily:2026-11-09", said) == []


def test_papers_removed_before_do_not_count_again(twelve: Warehouse) -> None:
    loaded_again(twelve, [(7, 5)])
    again = listed(DAYS[0], 7, 4, minutes=120)
    report = twelve.load([again], now=T0 + timedelta(hours=3))
    assert shown(report) == []
    assert twelve.value("SELECT count(*) FROM core.listings WHERE removed_at IS NOT NULL") == 6


def test_a_replay_and_a_late_arrival_tell_nothing_that_is_old(twelve: Warehouse) -> None:
    loaded_again(twelve, [(7, 5)])
    late = listed(DAYS[0], 12, 1, minutes=30)
    assert shown(twelve.load([late], now=T0 + timedelta(hours=3))) == []
    report = replay(Settings(home=twelve.home), clock=lambda: T0 + timedelta(hours=4))
    assert shown(report) == []
