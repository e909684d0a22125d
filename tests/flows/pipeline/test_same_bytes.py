"""Bytes that came under several dates end under the date that their records name."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.pipeline.issue_state import IssueStates
from tests.support.apart import listings, loaded_apart
from tests.support.bodies import hydrated
from tests.support.compare import current_rows, differences
from tests.support.examples import FEW
from tests.support.issues import T0, Body, item
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger

pytestmark = pytest.mark.slow

DAYS = ["2024-05-06", "2024-05-07", "2024-05-08"]
PAPERS = [f"2404.0000{n}" for n in range(6)]


def listed(paper_id: str, day: str | None, *, is_exact: bool = True) -> dict[str, Any]:
    """An item that says it was listed on a day: by `submittedOnDailyAt`, or as items of 2024 do."""
    published = {"publishedAt": "2024-04-30T10:00:00.000Z"}
    if day is None:
        return item(paper_id, **published)
    if is_exact:
        return item(paper_id, **published, submittedOnDailyAt=f"{day}T04:00:00.000Z")
    return item(paper_id, **published) | {"publishedAt": f"{day}T04:00:00.000Z"}


def captured(day: str, content: bytes, minutes: int) -> Body:
    return Body(f"huggingface:daily:{day}", content, T0 + timedelta(minutes=minutes))


def body(day: str, items: Sequence[dict[str, Any]], minutes: int) -> Body:
    return captured(day, json.dumps(items).encode(), minutes)


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """A body of the API, or a page, whose papers say exactly, about or not at all when they were
    listed."""
    chosen = draw(st.lists(st.sampled_from(PAPERS), unique=True, min_size=1, max_size=4))
    days = st.one_of(st.none(), st.sampled_from(DAYS))
    items = [listed(p, draw(days), is_exact=draw(st.booleans())) for p in chosen]
    shown_on = draw(st.sampled_from([None, None, *DAYS]))
    return hydrated(items, dateString=shown_on) if shown_on else json.dumps(items).encode()


@st.composite
def captures(draw: st.DrawFn) -> list[Body]:
    """Few bodies, answered for many dates, each at a time of its own."""
    bodies = draw(st.lists(contents(), min_size=1, max_size=2))
    return [
        captured(draw(st.sampled_from(DAYS)), draw(st.sampled_from(bodies)), minutes)
        for minutes in range(draw(st.integers(2, 6)))
    ]


@FEW
@given(bodies=captures(), order=st.randoms(use_true_random=False), size=st.integers(1, 3))
def test_any_order_and_chunking_of_bodies_under_several_dates_ends_in_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[Body], order: random.Random, size: int
) -> None:
    folder = tmp_path_factory.mktemp("order")
    together = Warehouse(folder / "together")
    together.load(bodies, now=T0 + timedelta(days=1))
    shuffled = list(bodies)
    order.shuffle(shuffled)

    apart = loaded_apart(folder / "apart", shuffled, size)

    assert differences(current_rows(together), current_rows(apart)) == {}


MONDAY, TUESDAY, WEDNESDAY = DAYS


def right_rows(items: Sequence[dict[str, Any]], day: str = MONDAY) -> list[tuple[str, str]]:
    return [(day, found["paper"]["id"]) for found in items]


class Week(NamedTuple):
    """The Monday and Tuesday of a week, and papers that only this week's lists have."""

    monday: str
    tuesday: str
    papers: list[str]


def week(number: int) -> Week:
    monday = date(2024, 5, 6) + timedelta(weeks=number)
    papers = [f"2404.1{number}00{n}" for n in range(3)]
    return Week(str(monday), str(monday + timedelta(days=1)), papers)


def of_monday(week: Week) -> dict[str, list[dict[str, Any]]]:
    """Bodies of Monday's list, by how they say so."""
    monday, tuesday, papers = week
    first, second, third = papers
    return {
        "exact times": [listed(paper, monday) for paper in papers],
        "an item's own times": [listed(paper, monday, is_exact=False) for paper in papers],
        "one exact time": [listed(first, monday), listed(second, None), listed(third, None)],
        "more of Monday's": [listed(first, monday), listed(second, tuesday), listed(third, monday)],
    }


def of_nobody(week: Week) -> dict[str, list[dict[str, Any]]]:
    """Bodies that do not say whose list they are."""
    monday, tuesday, (first, second, _) = week
    return {
        "no times": [listed(first, None), listed(second, None)],
        "half and half": [listed(first, monday), listed(second, tuesday)],
    }


Kinds = Callable[[Week], dict[str, list[dict[str, Any]]]]


def each_in_a_week(kinds: Kinds) -> list[tuple[Week, list[dict[str, Any]]]]:
    """A body of every kind, each of a week of its own: one warehouse loads them all."""
    weeks = [week(number) for number in range(len(kinds(week(0))))]
    return [(found, list(kinds(found).values())[n]) for n, found in enumerate(weeks)]


@pytest.mark.parametrize("minutes", [(0, 1), (1, 0)], ids=["wrong first", "right first"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as captured", "the other way"])
def test_bytes_end_under_their_own_date_in_one_batch_and_in_two(
    tmp_path: Path, minutes: tuple[int, int], order: tuple[int, int]
) -> None:
    weeks = each_in_a_week(of_monday)
    wrong = [body(week.tuesday, items, minutes[0]) for week, items in weeks]
    right = [body(week.monday, items, minutes[1]) for week, items in weeks]
    bodies = [body for n in order for body in (wrong, right)[n]]
    expected = [row for week, items in weeks for row in right_rows(items, week.monday)]
    for size in (len(weeks), 2 * len(weeks)):
        warehouse = loaded_apart(tmp_path / f"{size}", bodies, size)
        assert listings(warehouse) == expected


@pytest.mark.parametrize("order", [1, -1])
def test_bytes_that_do_not_say_whose_they_are_stay_with_the_date_that_had_them_first(
    tmp_path: Path, order: int
) -> None:
    weeks = each_in_a_week(of_nobody)
    first = [body(week.tuesday, items, 0) for week, items in weeks]
    bodies = [*first, *(body(week.monday, items, 1) for week, items in weeks)]
    expected = [row for week, items in weeks for row in right_rows(items, week.tuesday)]
    for size in (len(weeks), 2 * len(weeks)):
        warehouse = loaded_apart(tmp_path / f"{size}", bodies[::order], size)
        assert listings(warehouse) == expected


OF_MONDAY = {
    "exact times": [listed(paper, MONDAY) for paper in PAPERS[:3]],
    "an item's own times": [listed(paper, MONDAY, is_exact=False) for paper in PAPERS[:3]],
}


def test_a_page_that_shows_its_date_is_not_blocked_by_another_date_that_had_it_first(
    tmp_path: Path,
) -> None:
    """As a page that snaps back to the last issue is, where its papers have no times."""
    items = [listed(paper, None) for paper in PAPERS[:3]]
    content = hydrated(items, dateString=MONDAY)
    wrong, right = captured(TUESDAY, content, 0), captured(MONDAY, content, 1)
    for number, bodies in enumerate(([wrong, right], [right, wrong])):
        for size in (1, 2):
            warehouse = loaded_apart(tmp_path / f"{number}-{size}", bodies, size)
            assert listings(warehouse) == right_rows(items)


def test_a_date_before_its_papers_were_at_arxiv_keeps_no_bytes_from_the_right_one(
    tmp_path: Path,
) -> None:
    """A wrong year in a name, of a body that does not say when its papers were listed."""
    content = json.dumps([listed(paper, None) for paper in PAPERS[:3]]).encode()
    warehouse = loaded_apart(
        tmp_path, [captured("2023-05-08", content, 0), captured(MONDAY, content, 1)]
    )
    assert listings(warehouse) == [(MONDAY, paper) for paper in PAPERS[:3]]
    assert "first at arXiv after the issue" in warehouse.called("issues", "list").stdout


def test_a_load_is_removed_although_nothing_takes_its_place(tmp_path: Path) -> None:
    """What arrives last had the bytes first, and is held itself, because it has too few records."""
    items = [listed(f"2404.2000{n}", None) for n in range(5)]
    more = [listed(f"2404.300{n}", None) for n in range(10, 23)]
    first = body("2024-04-30", more, 0)
    bodies = [first, body("2024-04-30", items, 1), body("2024-05-01", items, 2)]
    together = loaded_apart(tmp_path / "together", bodies, 3)
    apart = loaded_apart(tmp_path / "apart", [first, *bodies[:0:-1]])
    assert differences(current_rows(together), current_rows(apart)) == {}
    assert {day for day, _ in listings(apart)} == {"2024-04-30"}


def test_what_was_held_for_ids_of_a_later_month_is_loaded_under_a_later_date(
    tmp_path: Path,
) -> None:
    items = [listed(f"2405.0000{n}", None) for n in range(5)]
    bodies = [body("2024-04-30", items, 0), body("2024-05-01", items, 1)]
    together = loaded_apart(tmp_path / "together", bodies, 2)
    apart = loaded_apart(tmp_path / "apart", bodies[::-1])
    assert differences(current_rows(together), current_rows(apart)) == {}
    assert {day for day, _ in listings(apart)} == {"2024-05-01"}


def test_a_capture_that_a_wrong_load_kept_out_is_loaded_whole_with_its_papers(
    tmp_path: Path,
) -> None:
    """Monday's own list is small beside Wednesday's, which was loaded under Monday's date."""
    of_wednesday = [listed(paper, WEDNESDAY, is_exact=False) for paper in PAPERS[:3]]
    of_wednesday += [
        listed(PAPERS[3], MONDAY),
        *(listed(f"2404.0001{n}", MONDAY) for n in range(2)),
    ]
    bodies = [
        body(WEDNESDAY, of_wednesday, 0),
        body(MONDAY, of_wednesday, 1),
        body(MONDAY, [listed(PAPERS[5], MONDAY)], 2),
    ]
    together = loaded_apart(tmp_path / "together", bodies, 3)
    apart = loaded_apart(tmp_path / "apart", [bodies[n] for n in (1, 2, 0)])
    assert (MONDAY, PAPERS[5]) in listings(apart)
    assert differences(current_rows(together), current_rows(apart)) == {}


def test_a_load_that_turns_out_to_be_another_dates_is_told_and_loaded_right_next_time(
    tmp_path: Path,
) -> None:
    """An item's own time cannot disprove Tuesday; Monday's answer shows whose the bytes are."""
    of_monday = OF_MONDAY["an item's own times"]
    of_tuesday = [listed(paper, TUESDAY, is_exact=False) for paper in PAPERS[3:]]
    warehouse = Warehouse(tmp_path / "home")
    first = warehouse.load([body(TUESDAY, of_monday, 0)], now=T0 + timedelta(days=1))
    assert [outcome.outcome for outcome in first.outcomes] == ["settled"]

    second = warehouse.load([body(MONDAY, of_monday, 1)], now=T0 + timedelta(days=2))

    told = {outcome.issue_id.rpartition(":")[2]: outcome for outcome in second.outcomes}
    assert {day: outcome.outcome for day, outcome in told.items()} == {
        TUESDAY: "held",
        MONDAY: "settled",
    }
    assert f"its bytes belong to huggingface:daily:{MONDAY}" in str(told[TUESDAY].reason)
    assert second.exit_code == 3
    held = warehouse.called("issues", "list").stdout
    assert f"huggingface:daily:{TUESDAY}" in held
    with open_ledger(warehouse.paths.ledger) as ledger:
        answered = IssueStates(warehouse.lake.current(), ledger).answered_at()
    assert answered.keys() == {f"huggingface:daily:{MONDAY}"}, "a backfill would not ask again"
    third = warehouse.load([body(TUESDAY, of_tuesday, 2)], now=T0 + timedelta(days=3))
    assert third.exit_code == 0
    assert listings(warehouse) == [
        *right_rows(of_monday),
        *((TUESDAY, found["paper"]["id"]) for found in of_tuesday),
    ]


def test_a_wrong_body_after_a_good_one_is_held_and_the_good_rows_stay(tmp_path: Path) -> None:
    of_monday = OF_MONDAY["exact times"]
    of_tuesday = [listed(paper, TUESDAY) for paper in PAPERS[3:]]
    warehouse = Warehouse(tmp_path / "home")
    warehouse.load([body(TUESDAY, of_tuesday, 0)], now=T0 + timedelta(days=1))
    before = warehouse.state()

    report = warehouse.load([body(TUESDAY, of_monday, 1)], now=T0 + timedelta(days=2))

    (outcome,) = report.outcomes
    assert (outcome.outcome, outcome.reason) == (
        "held",
        f"3 of 3 records were listed on {MONDAY} (3 records, 3 known)",
    )
    assert warehouse.state()[1:] == before[1:]
    assert listings(warehouse) == [(TUESDAY, found["paper"]["id"]) for found in of_tuesday]


def test_a_released_capture_stays_where_a_person_put_it(tmp_path: Path) -> None:
    items = OF_MONDAY["exact times"]
    warehouse = Warehouse(tmp_path / "home")
    warehouse.load([body(TUESDAY, items, 0)], now=T0 + timedelta(days=1))
    issue_id = f"huggingface:daily:{TUESDAY}"
    assert warehouse.called("issues", "release", issue_id, "--why", "listed twice").returncode == 0
    warehouse.load([body(MONDAY, items, 1)], now=T0 + timedelta(days=2))
    assert listings(warehouse) == sorted(
        (day, found["paper"]["id"]) for day in (MONDAY, TUESDAY) for found in items
    )


@pytest.mark.parametrize("n_of_monday", [1, 2])
def test_a_few_records_of_another_day_are_loaded_and_told_by_the_outcome_and_by_coverage(
    tmp_path: Path, n_of_monday: int
) -> None:
    of_monday, of_tuesday = PAPERS[:n_of_monday], PAPERS[2:4]
    items = [listed(p, MONDAY) for p in of_monday] + [listed(p, TUESDAY) for p in of_tuesday]
    warehouse = Warehouse(tmp_path / "home")

    report = warehouse.load([body(TUESDAY, items, 0)], now=T0 + timedelta(days=1))

    told = f"{n_of_monday} of {len(items)} records were listed on {MONDAY}"
    (outcome,) = report.outcomes
    assert (outcome.outcome, untold(outcome.reason, told)) == ("settled", [])
    assert len(listings(warehouse)) == len(items)
    reason = f"SELECT reason FROM ops.coverage WHERE issue_id = 'huggingface:daily:{TUESDAY}'"
    assert untold(warehouse.value(reason), told) == []
    assert told in warehouse.called("status", "--json", "--now", "2024-05-09T06:00:00").stdout

    of_tuesday_alone = [listed(p, TUESDAY) for p in (*of_tuesday, PAPERS[5])]
    warehouse.load([body(TUESDAY, of_tuesday_alone, 1)], now=T0 + timedelta(days=2))
    assert told not in str(warehouse.value(reason))


@pytest.mark.parametrize("late", [0, 5], ids=["older than all", "older than one"])
def test_a_late_capture_that_is_held_writes_no_snapshot(tmp_path: Path, late: int) -> None:
    """Its issue and its papers are in other issues too, and none of those is written again."""
    of_monday = [listed(paper, MONDAY) for paper in PAPERS[:3]]
    of_tuesday = [listed(paper, TUESDAY) for paper in PAPERS[2:]]
    warehouse = Warehouse(tmp_path / "home")
    good = [body(MONDAY, of_monday, 1), body(TUESDAY, of_tuesday, 2), body(MONDAY, of_monday, 9)]
    warehouse.load(good, now=T0 + timedelta(days=1))
    before = warehouse.state()

    wrong = [listed(paper, MONDAY) for paper in PAPERS[:4]]
    report = warehouse.load([body(TUESDAY, wrong, late)], now=T0 + timedelta(days=2))

    assert [outcome.outcome for outcome in report.outcomes] == ["held"]
    assert (report.snapshot, report.changes) == (None, {})
    assert warehouse.state()[1:] == before[1:]
