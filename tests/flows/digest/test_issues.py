"""Which days and weeks are mailed: those whose list has closed, never a held one, each once."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.digest.issues import Issue, due_issues
from tests.support.letters import published
from warehouse.query.read_only import reading

pytestmark = pytest.mark.slow

WEEKDAYS = ("2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")
SATURDAY_MORNING = datetime(2026, 11, 21, 6, tzinfo=UTC)
"""After Friday's list closed, at 02:30 UTC."""


def due(
    home: Path, states: dict[str, str], now: datetime = SATURDAY_MORNING, oldest_days: int = 7
) -> list[Issue]:
    with reading(published(home, states)) as connection:
        return due_issues(connection, now, oldest_days)


def days(issues: list[Issue]) -> dict[str, bool]:
    return {one.key: one.is_confirmed for one in issues if one.frequency == "daily"}


def weeks(issues: list[Issue]) -> dict[str, bool]:
    return {one.key: one.is_confirmed for one in issues if one.frequency == "weekly"}


def week_of(*states: str) -> dict[str, str]:
    return dict(zip(WEEKDAYS, states, strict=False))


def test_a_week_and_its_days_are_there_the_newest_last(tmp_path: Path) -> None:
    found = due(tmp_path, week_of(*["loaded"] * 5))
    assert [one.key for one in found] == [*WEEKDAYS, "2026-W47"]
    assert [one.n_papers for one in found] == [2, 2, 2, 2, 2, 10]
    assert all(one.is_confirmed for one in found)
    assert found[-1] == Issue(
        "weekly", "2026-W47", date(2026, 11, 22), "Week of 16 to 22 November 2026", True, 10
    )
    assert (found[0].title, found[0].first_on) == ("Monday, 16 November 2026", found[0].on)
    assert found[-1].first_on == date(2026, 11, 16)


def test_days_that_are_held_broken_or_missing_are_not_mailed(tmp_path: Path) -> None:
    states = week_of("held", "broken", "missing", "withdrawn", "unfetched")
    assert due(tmp_path, states) == []


def test_what_may_be_incomplete_is_offered_as_such(tmp_path: Path) -> None:
    found = due(tmp_path, week_of("loaded", "unconfirmed", "open", "empty", "loaded"))
    assert days(found) == dict(zip(WEEKDAYS, (True, False, False, True, True), strict=True))
    assert weeks(found) == {"2026-W47": False}
    assert next(one for one in found if one.key == WEEKDAYS[3]).n_papers == 0


@pytest.mark.parametrize(
    ("now", "has_closed"),
    [
        (datetime(2026, 11, 20, 23, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 2, 29, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 2, 31, tzinfo=UTC), True),
    ],
    ids=str,
)
def test_a_list_that_is_still_open_is_not_offered(
    tmp_path: Path, now: datetime, has_closed: bool
) -> None:
    found = due(tmp_path, week_of("loaded", "loaded", "loaded", "loaded", "open"), now)
    assert (WEEKDAYS[4] in days(found)) == has_closed
    assert bool(weeks(found)) == has_closed


@pytest.mark.parametrize("friday", ["held", "missing"])
def test_a_week_whose_last_day_is_not_there_waits_until_it_is_over(
    tmp_path: Path, friday: str
) -> None:
    states = week_of("loaded", "loaded", "loaded", "loaded", friday)
    assert weeks(due(tmp_path / "a", states)) == {}
    monday = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert weeks(due(tmp_path / "b", states, monday)) == {"2026-W47": False}


def test_a_holiday_at_the_end_of_a_week_keeps_it_whole(tmp_path: Path) -> None:
    states = week_of("loaded", "loaded", "loaded", "loaded", "empty")
    assert weeks(due(tmp_path, states)) == {"2026-W47": True}


def test_what_is_too_old_is_left_out(tmp_path: Path) -> None:
    found = due(tmp_path, week_of(*["loaded"] * 5), oldest_days=2)
    assert list(days(found)) == ["2026-11-19", "2026-11-20"]
    assert weeks(found) == {"2026-W47": True}
    later = datetime(2026, 11, 25, 6, tzinfo=UTC)
    assert weeks(due(tmp_path / "later", week_of(*["loaded"] * 5), later, 2)) == {}


def test_the_last_week_of_a_year_with_53_is_called_so(tmp_path: Path) -> None:
    last_days = {f"2026-12-{day}": "loaded" for day in (28, 29, 30, 31)} | {"2027-01-01": "empty"}
    found = due(tmp_path, last_days, datetime(2027, 1, 2, 6, tzinfo=UTC))
    assert weeks(found) == {"2026-W53": True}
    assert found[-1].on == date(2027, 1, 3)
