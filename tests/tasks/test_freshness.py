"""A list grows late by the clock alone, and only for what it owes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tasks.calendar import out_at
from tasks.completeness import Doubt
from tasks.coverage import Evidence, Fault, Loaded
from tasks.freshness import Freshness, freshness
from tasks.parse.model import IssueRef
from tasks.sources import sources
from tasks.sources.huggingface.issues import FRESHNESS_OBJECTIVE, expected, newest_day

HUGGINGFACE = sources()["huggingface"]
LOADED_TO_FRIDAY = datetime(2026, 11, 14, 6, tzinfo=UTC)
"""The night after Friday: everything of two weeks is loaded."""


def known_at_the_start(**changes: object) -> Evidence:
    issues = expected(date(2026, 11, 2), date(2026, 11, 13))
    loaded = {issue: Loaded("settled", LOADED_TO_FRIDAY) for issue in issues}
    tried_at = {("huggingface", "daily"): LOADED_TO_FRIDAY}
    return replace(Evidence(loaded, {}, tried_at, LOADED_TO_FRIDAY), **changes)  # type: ignore[arg-type]


def at(moment: str, known: Evidence | None = None) -> Freshness:
    """The daily list at a moment of UTC."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    (found,) = freshness(HUGGINGFACE, known or known_at_the_start(), now=now)
    return found


@pytest.mark.parametrize(
    ("moment", "state", "n_late", "behind_h"),
    [
        pytest.param("2026-11-14T06:00", "fresh", 0, None, id="just loaded"),
        pytest.param("2026-11-16T02:29", "fresh", 0, None, id="a weekend later"),
        pytest.param("2026-11-16T02:30", "due", 0, 0.0, id="Monday's list opens"),
        pytest.param("2026-11-17T08:29", "due", 0, 29.98, id="its promise nearly over"),
        pytest.param("2026-11-17T08:30", "late", 1, 30.0, id="its promise over"),
        pytest.param("2026-11-21T08:30", "late", 5, 126.0, id="a week of silence"),
        pytest.param("2027-11-15T12:00", "late", 260, 8745.5, id="a year of silence"),
    ],
)
def test_a_list_that_nobody_asks_for_any_more_goes_from_fresh_to_due_to_late(
    moment: str, state: str, n_late: int, behind_h: float | None
) -> None:
    found = at(moment)
    assert (found.state, found.n_late, found.behind_h) == (state, n_late, behind_h)


def test_it_tells_what_is_out_what_is_loaded_when_it_was_tried_and_what_comes_next() -> None:
    found = at("2026-11-17T08:30")
    assert (found.last_expected_on, found.last_issue_on) == (date(2026, 11, 17), date(2026, 11, 13))
    assert found.last_loaded_at == found.last_attempt_at == LOADED_TO_FRIDAY
    assert found.next_due_at == datetime(2026, 11, 18, 2, 30, tzinfo=UTC)
    assert (found.n_issues, found.promise_h) == (10, 30.0)
    assert [day.issue_id for day in found.late] == ["huggingface:daily:2026-11-16"]


def test_a_day_that_was_fetched_and_is_empty_is_not_late() -> None:
    known = known_at_the_start()
    empty = {IssueRef("huggingface", "daily", "2026-11-16"): Loaded("empty", LOADED_TO_FRIDAY)}
    assert at("2026-11-17T08:30", replace(known, loaded={**known.loaded, **empty})).state == "due"


def emptied(*days: str, known: Evidence | None = None) -> Evidence:
    """What is known, and days that were fetched and are empty."""
    known = known or known_at_the_start()
    empty = {
        IssueRef("huggingface", "daily", day): Loaded("empty", LOADED_TO_FRIDAY) for day in days
    }
    return replace(known, loaded={**known.loaded, **empty})


WEEK = ("2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")


def test_expected_days_that_are_empty_in_a_row_are_silence_from_the_third_on() -> None:
    states = [at("2026-11-21T06:00", emptied(*WEEK[:n])).state for n in range(6)]
    assert states == ["late", "late", "late", "late", "silent", "silent"]
    silent = at("2026-11-21T06:00", emptied(*WEEK))
    assert (silent.empty_since_on, silent.n_empty_in_a_row) == (date(2026, 11, 16), 5)
    assert (silent.is_silent, silent.last_full_on, silent.n_late) == (True, date(2026, 11, 13), 0)
    assert at("2026-11-21T06:00", emptied(*WEEK[:3])).is_silent, "and a day is late besides"


def test_one_issue_with_records_ends_the_silence_and_a_weekend_does_not_lengthen_it() -> None:
    weekend = emptied(*WEEK[:2], "2026-11-21", "2026-11-22")
    assert at("2026-11-23T02:00", weekend).n_empty_in_a_row == 2
    known = emptied(*WEEK)
    good = IssueRef("huggingface", "daily", "2026-11-23")
    known = replace(known, loaded={**known.loaded, good: Loaded("partial", LOADED_TO_FRIDAY)})
    found = at("2026-11-24T02:00", known)
    assert (found.state, found.empty_since_on, found.n_empty_in_a_row) == ("fresh", None, 0)


def test_an_open_day_is_not_empty_yet() -> None:
    doubts = {IssueRef("huggingface", "daily", WEEK[2]): Doubt("open", "seen early")}
    known = replace(emptied(*WEEK[:3]), doubts=doubts)
    found = at("2026-11-18T12:00", known)
    assert (found.n_empty_in_a_row, found.is_silent) == (2, False)


def test_days_that_were_empty_long_ago_are_no_silence_of_today() -> None:
    assert not at("2027-01-15T06:00", emptied(*WEEK)).is_silent
    assert at("2026-12-20T06:00", emptied(*WEEK)).is_silent


def test_a_list_of_which_nothing_ever_had_records_is_silent_too() -> None:
    known = emptied(*WEEK, known=known_at_the_start(loaded={}))
    assert at("2026-11-21T06:00", known).is_silent
    without = replace(HUGGINGFACE, freshness_objective=None)
    (found,) = freshness(without, known, now=datetime(2026, 11, 21, 6, tzinfo=UTC))
    assert not found.is_silent


def test_a_day_that_was_tried_in_vain_is_late_although_newer_ones_are_loaded() -> None:
    known = known_at_the_start()
    thursday = IssueRef("huggingface", "daily", "2026-11-12")
    loaded = {issue: seen for issue, seen in known.loaded.items() if issue != thursday}
    held = {thursday: Fault("held", "too few", LOADED_TO_FRIDAY)}
    found = at("2026-11-14T06:00", replace(known, loaded=loaded, faults=held))
    assert (found.state, [day.state for day in found.late]) == ("late", ["held"])


def test_a_warehouse_does_not_owe_what_came_out_before_its_first_run() -> None:
    old = {IssueRef("huggingface", "daily", "2024-08-01"): Loaded("settled", LOADED_TO_FRIDAY)}
    known = known_at_the_start(loaded=old)
    assert at("2026-11-14T06:00", known).state == "fresh"
    assert [d.issued_on.day for d in at("2026-11-18T08:30", known).late] == [16, 17]
    assert at("2026-11-14T06:00", replace(known, began_at=None)).state == "late"


def test_what_was_never_loaded_says_so_from_the_first_moment_on() -> None:
    found = at("2026-11-14T06:00", Evidence({}, {}, {}, None))
    assert (found.state, found.n_issues, found.last_issue_on) == ("never loaded", 0, None)
    assert (found.last_attempt_at, found.behind_h) == (None, None)


def test_without_a_promise_nothing_is_late_and_without_a_calendar_nothing_is_scheduled() -> None:
    now = datetime(2026, 12, 24, tzinfo=UTC)
    (found,) = freshness(
        replace(HUGGINGFACE, freshness_objective=None), known_at_the_start(), now=now
    )
    assert (found.state, found.n_late, found.promise_h) == ("due", 0, None)
    (found,) = freshness(replace(HUGGINGFACE, expected=None), known_at_the_start(), now=now)
    assert (found.state, found.n_late, found.last_expected_on) == ("not scheduled", None, None)
    assert freshness(sources()["pagedump"], known_at_the_start(), now=now) == []


@pytest.mark.parametrize("day", ["2026-03-09", "2026-07-14", "2026-11-02", "2027-01-01"])
def test_a_day_is_out_from_the_first_minute_the_calendar_says_so(day: str) -> None:
    opened_at = out_at(newest_day, date.fromisoformat(day))
    assert newest_day(opened_at) == date.fromisoformat(day)
    assert newest_day(opened_at - timedelta(minutes=1)) < date.fromisoformat(day)


def test_the_promise_leaves_room_for_one_night_that_failed() -> None:
    night = timedelta(hours=3, minutes=15)
    assert night + timedelta(days=1) < FRESHNESS_OBJECTIVE < night + timedelta(days=2)
