"""An issue counts as complete when it was seen whole, and not before."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tasks.completeness import AS_SOURCES_SAY, Doubt, Expectations, Look, Thresholds, doubts
from tasks.parse.model import IssueRef
from tasks.sources import sources

HUGGINGFACE, ARXIV = sources()["huggingface"], sources()["arxiv"]
FRIDAY = IssueRef("huggingface", "daily", "2026-11-20")
CLOSED = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
"""When Friday's list closes: 21:30 in New York."""
MONTHS_LATER = datetime(2027, 2, 1, 6, tzinfo=UTC)


def looks(*counts: int, first: datetime = CLOSED, hours: float = 24) -> list[Look]:
    """Looks at even intervals that found so many records."""
    return [Look(first + timedelta(hours=hours * n), count) for n, count in enumerate(counts)]


def doubt(
    seen: list[Look], issue: IssueRef = FRIDAY, wanted: Expectations = AS_SOURCES_SAY
) -> Doubt | None:
    return doubts(HUGGINGFACE, {issue: seen}, wanted).get(issue)


def state(*counts: int, first: datetime = CLOSED, hours: float = 24) -> str:
    found = doubt(looks(*counts, first=first, hours=hours))
    return found.state if found else "complete"


def weeks(
    count: int, *, n: int = 8, before: date = date(2026, 11, 20)
) -> dict[IssueRef, list[Look]]:
    """The same weekday of the weeks before, each seen once and long after."""
    days = [before - timedelta(weeks=week) for week in range(1, n + 1)]
    return {IssueRef("huggingface", "daily", str(day)): looks(count) for day in days}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_first_look_that_finds_few_records_is_no_complete_day(count: int) -> None:
    assert state(count) == "unconfirmed"


def test_a_day_of_four_is_not_suspicious_where_nothing_is_known_yet() -> None:
    assert state(4) == "complete"


def test_the_reason_says_what_was_found_how_often_and_what_would_be_usual() -> None:
    assert doubt(looks(1)) == Doubt("unconfirmed", "1 record at the only look, fewer than 4")
    assert doubt(looks(1, 3)) == Doubt("unconfirmed", "3 records at the last look, fewer than 4")
    few = doubt(looks(0, 0, hours=3))
    assert few == Doubt("unconfirmed", "no records at 2 looks within 20 hours, fewer than 4")
    known = doubts(HUGGINGFACE, weeks(40) | {FRIDAY: looks(9)}, Expectations())
    assert known[FRIDAY].reason == "9 records at the only look, where 40 are usual"


@pytest.mark.parametrize(("hours", "expected"), [(19.9, "unconfirmed"), (20, "complete")])
def test_a_really_small_day_is_confirmed_by_a_look_twenty_hours_later(
    hours: float, expected: str
) -> None:
    assert state(3, 3, hours=hours) == expected
    assert state(0, 0, hours=hours) == expected


def test_several_looks_in_between_confirm_when_the_first_is_twenty_hours_ago() -> None:
    assert state(2, 2, 2, hours=9) == "unconfirmed"
    assert state(2, 2, 2, hours=10) == "complete"


@pytest.mark.parametrize(
    ("are_others", "expected"),
    [
        ([False, True], "unconfirmed"),
        ([False, True, True], "unconfirmed"),
        ([False, False, True], "unconfirmed"),
        ([False, True, False], "complete"),
    ],
)
def test_a_look_at_as_many_other_papers_does_not_agree(
    are_others: list[bool], expected: str
) -> None:
    """A day may come in two halves that are equally large."""
    seen = [
        look._replace(has_lost_papers=is_other)
        for look, is_other in zip(looks(*[3] * len(are_others)), are_others, strict=True)
    ]
    found = doubt(seen)
    assert (found.state if found else "complete") == expected


def test_a_day_that_grows_is_doubted_until_it_is_large_or_stands_still() -> None:
    assert [state(*([1, 3, 40][:n])) for n in (1, 2, 3)] == ["unconfirmed"] * 2 + ["complete"]
    assert state(1, 3, 3) == "complete"
    assert state(3, 3, 1) == "unconfirmed", "a look that disagrees brings the doubt back"


@pytest.mark.parametrize(("days", "expected"), [(14, "unconfirmed"), (15, "complete")])
def test_beyond_the_look_back_two_looks_agree_at_once(days: int, expected: str) -> None:
    first = datetime(2026, 11, 20, 12, tzinfo=UTC) + timedelta(days=days)
    assert doubt([Look(first, 3)]), "one look is not two"
    found = doubt(looks(3, 3, first=first, hours=0.01))
    assert (found.state if found else "complete") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-24 * 60, "open"), (-1, "open"), (0, "complete")], ids=str
)
def test_a_day_is_open_until_it_was_seen_after_its_list_closed(minutes: int, expected: str) -> None:
    assert state(40, first=CLOSED + timedelta(minutes=minutes)) == expected


def test_a_day_seen_open_and_never_again_stays_open_and_says_since_when() -> None:
    found = doubt(looks(40, first=CLOSED - timedelta(hours=20)))
    assert found == Doubt("open", "last seen 2026-11-20 06:30 UTC, before it closed")


def test_an_open_day_that_is_small_is_open_and_small_once_it_closed() -> None:
    morning = CLOSED - timedelta(hours=20)
    assert [state(*([1] * n), first=morning) for n in (1, 2)] == ["open", "complete"]
    assert state(1, 2, first=morning) == "unconfirmed"


@pytest.mark.parametrize(
    ("edition", "key", "ends"),
    [
        ("weekly", "2026-W47", "2026-11-23T02:30"),
        ("weekly", "2026-W53", "2027-01-04T02:30"),
        ("monthly", "2026-11", "2026-12-01T02:30"),
        ("monthly", "2027-02", "2027-03-01T02:30"),
    ],
)
def test_a_list_of_a_period_is_open_until_the_period_ends(
    edition: str, key: str, ends: str
) -> None:
    issue = IssueRef("huggingface", edition, key)
    closed = datetime.fromisoformat(ends).replace(tzinfo=UTC)
    assert doubt(looks(2, first=closed), issue) is None, "it has no floor"
    early = doubt(looks(181, first=closed - timedelta(minutes=1)), issue)
    assert early is not None
    assert early.state == "open"


@pytest.mark.parametrize(
    "issue",
    [
        "huggingface:trending:20261120T064500Z",
        "huggingface:search:lists@20261120T064500Z",
        "huggingface:paper:2511.00001",
        "pagedump:search:000",
        "arxiv:cs.CL:2026-11-20",
    ],
)
def test_what_is_published_whole_is_never_in_doubt(issue: str) -> None:
    ref = IssueRef.parse(issue)
    for count in (0, 1):
        seen = {ref: looks(count, first=datetime(2026, 11, 20, 7, tzinfo=UTC))}
        assert doubts(sources()[ref.source], seen, Expectations()) == {}


def test_a_weekend_without_a_list_is_not_expected_and_so_not_doubted() -> None:
    saturday = IssueRef("huggingface", "daily", "2026-11-21")
    assert doubt(looks(0, first=MONTHS_LATER), saturday) is None


def test_a_body_that_has_as_many_records_as_it_declares_is_whole() -> None:
    assert doubt([Look(CLOSED, 2, 2)]) is None
    assert doubt([Look(CLOSED, 2, 9)])
    assert doubt([Look(CLOSED, 0, 0)])


@pytest.mark.parametrize(
    ("usual", "count", "expected"),
    [
        (40, 9, "unconfirmed"),
        (40, 10, "complete"),
        (10, 3, "unconfirmed"),
        (10, 4, "complete"),
        (2, 1, "complete"),
        (2, 0, "unconfirmed"),
    ],
)
def test_with_a_history_a_day_is_compared_with_the_usual_one(
    usual: int, count: int, expected: str
) -> None:
    history = (
        weeks(usual, n=4)
        if usual >= 4
        else {issue: [Look(MONTHS_LATER, usual)] * 2 for issue in weeks(usual, n=4)}
    )
    found = doubts(HUGGINGFACE, history | {FRIDAY: looks(count)}, Expectations())
    assert history.keys() & found.keys() == set()
    assert (found[FRIDAY].state if FRIDAY in found else "complete") == expected


def test_three_weeks_other_weekdays_and_older_days_are_no_history() -> None:
    for history in (
        weeks(40, n=3),
        weeks(40, before=date(2026, 11, 19)),
        weeks(40, before=date(2026, 9, 25)),
        {issue: looks(0, 0) for issue in weeks(40)},
    ):
        found = doubts(HUGGINGFACE, history | {FRIDAY: looks(4)}, Expectations())
        assert FRIDAY not in found


def test_small_days_never_become_the_history_that_confirms_others() -> None:
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(80)]
    seen = {
        IssueRef("huggingface", "daily", str(day)): looks(1 + day.day % 3, first=MONTHS_LATER)
        for day in days
        if day.weekday() < 5
    }
    assert doubts(HUGGINGFACE, seen, Expectations()).keys() == seen.keys()


def test_the_order_in_which_issues_are_known_does_not_matter() -> None:
    seen = weeks(40) | weeks(3, before=date(2026, 11, 19)) | {FRIDAY: looks(5)}
    expected = doubts(HUGGINGFACE, seen, Expectations())
    assert len(expected) == 9
    for seed in range(5):
        mixed = random.Random(seed).sample(sorted(seen.items()), len(seen))  # noqa: S311 - no secret
        assert doubts(HUGGINGFACE, dict(mixed), Expectations()) == expected


def test_an_operator_sets_the_floor_of_an_edition_the_share_and_the_look_back() -> None:
    def having(**chosen: object) -> Expectations:
        return Expectations({"huggingface": Thresholds(**chosen)})  # type: ignore[arg-type]

    assert doubt(looks(9), wanted=having(fewest_records={"daily": 10}))
    assert doubt(looks(0), wanted=having(fewest_records={"daily": 0})) is None
    assert doubt(looks(1), wanted=having(fewest_records={"weekly": 1})), "the others keep theirs"
    seen = weeks(40) | {FRIDAY: looks(15)}
    assert FRIDAY in doubts(HUGGINGFACE, seen, having(least_share=0.5))
    soon = looks(3, 3, first=datetime(2026, 11, 24, 6, tzinfo=UTC), hours=1)
    assert doubt(soon) is not None
    assert doubt(soon, wanted=Expectations(look_back_days=3)) is None


def test_a_source_that_grows_but_has_no_calendar_is_never_open() -> None:
    still = replace(HUGGINGFACE, newest_day=None)
    assert (
        doubts(still, {FRIDAY: looks(40, first=CLOSED - timedelta(days=1))}, Expectations()) == {}
    )


@pytest.mark.parametrize(
    ("key", "last"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20.2", "2026-11-20"),
        ("2026-W53", "2027-01-03"),
        ("2028-02", "2028-02-29"),
        ("20261125T064500Z", "None"),
        ("lists@20261125T064500Z", "None"),
        ("abc", "None"),
    ],
)
def test_the_last_day_of_a_key(key: str, last: str) -> None:
    assert str(IssueRef("huggingface", "any", key).ends_on) == last


def test_every_way_to_see_a_day_three_times_ends_in_one_of_three_states() -> None:
    for counts in itertools.product((0, 3, 40), repeat=3):
        assert state(*counts) == ("complete" if counts[-1] in (40, counts[-2]) else "unconfirmed")
