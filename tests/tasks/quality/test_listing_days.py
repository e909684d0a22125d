"""Whether records were listed on the day of their issue, and whose the same bytes are."""

from collections import Counter
from datetime import date

import pytest

from tasks.parse.model import IssueRef, Listed
from tasks.quality.listing_days import Agreement, agreement, listing_days, support
from tests.support.captures import record

TUESDAY, WEDNESDAY, FRIDAY = (date(2025, 8, day) for day in (5, 6, 8))


def about(day: date) -> Listed:
    """The day, or one of its neighbours."""
    return Listed(day, tuple(day.replace(day=day.day + n) for n in (-1, 0, 1)))


def exactly(**n_records: int) -> Counter[Listed]:
    """So many records of each day of August 2025: `d5=3`."""
    return Counter({Listed.exactly(date(2025, 8, int(day[1:]))): n for day, n in n_records.items()})


def issue(key: str, edition: str = "daily") -> IssueRef:
    return IssueRef("huggingface", edition, key)


def test_records_agree_with_the_date_of_their_issue_or_name_the_other_one() -> None:
    assert agreement(issue("2025-08-05"), exactly(d5=9)) == Agreement(9, 9)
    found = agreement(issue("2025-08-06"), exactly(d5=8, d6=1))
    assert found == Agreement(9, 1, "2025-08-05", 8)
    assert found.share == 1 / 9


def test_the_other_date_is_that_of_most_and_of_as_many_the_first() -> None:
    found = agreement(issue("2025-08-06"), exactly(d8=2, d7=2, d4=1))
    assert found == Agreement(5, 0, "2025-08-07", 2)


def test_where_no_record_says_when_nothing_is_known() -> None:
    found = agreement(issue("2025-08-06"), listing_days([record(), record()]))
    assert (found, found.share) == (Agreement(0, 0), None)


def test_records_without_a_day_are_left_out() -> None:
    days = listing_days([record(), record(listed=Listed.exactly(TUESDAY))])
    assert agreement(issue("2025-08-05"), days) == Agreement(1, 1)


@pytest.mark.parametrize(
    ("edition", "key", "expected"),
    [
        ("weekly", "2025-W32", Agreement(12, 12)),
        ("weekly", "2025-W33", Agreement(12, 0, "2025-W32", 12)),
        ("monthly", "2025-08", Agreement(12, 12)),
        ("monthly", "2025-07", Agreement(12, 0, "2025-08", 12)),
        ("trending", "20250805T064500Z", Agreement(0, 0)),
        ("search", "folding@20250805T064500Z", Agreement(0, 0)),
        ("paper", "2508.00001", Agreement(0, 0)),
    ],
)
def test_a_list_of_a_week_or_month_agrees_with_days_in_it_and_others_with_any(
    edition: str, key: str, expected: Agreement
) -> None:
    assert agreement(issue(key, edition), exactly(d4=3, d8=5, d10=4)) == expected


def test_weeks_at_the_turn_of_the_year_are_iso_weeks() -> None:
    last = {Listed.exactly(date(2024, 12, 30)): 3}
    assert agreement(issue("2025-W01", "weekly"), last) == Agreement(3, 3)
    assert agreement(issue("2024-12", "monthly"), last) == Agreement(3, 3)
    assert agreement(issue("2024-W52", "weekly"), last) == Agreement(3, 0, "2025-W01", 3)


@pytest.mark.parametrize(("day", "n_agreeing"), [(4, 0), (5, 9), (6, 9), (7, 9), (8, 0)])
def test_a_day_known_about_disproves_a_date_only_by_two_days(day: int, n_agreeing: int) -> None:
    days = {about(WEDNESDAY): 9}
    assert agreement(issue(f"2025-08-0{day}"), days).n_agreeing == n_agreeing


def test_a_week_agrees_with_a_day_known_about_at_its_edge() -> None:
    sunday = {about(date(2025, 8, 10)): 2}
    assert agreement(issue("2025-W33", "weekly"), sunday) == Agreement(2, 2)


def test_the_same_bytes_are_of_the_date_that_most_records_most_likely_name() -> None:
    days = exactly(d5=2) + Counter({about(WEDNESDAY): 3, about(FRIDAY): 1})
    wanted = {"2025-08-05": 2, "2025-08-06": 3, "2025-08-07": 0, "2025-08-08": 1}
    assert {key: support(issue(key), days) for key in wanted} == wanted
    assert support(issue("20250805T064500Z", "trending"), days) == 0


def test_a_key_with_an_addition_is_of_its_date() -> None:
    named = IssueRef("mailbox", "list", "2025-08-05.afe59ee0")
    assert agreement(named, exactly(d5=2, d6=1)) == Agreement(3, 2, "2025-08-06", 1)
