"""What is due: every weekday that can be out, nothing twice without a reason, nothing to come."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ops import NOT_CONFIRMED
from tasks.calendar import UNSETTLED, due
from tasks.sources import sources
from tasks.sources.huggingface.issues import FEED_ZONE, expected, newest_day

HUGGINGFACE = sources()["huggingface"]
FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def days(
    states: dict[str, str] | None = None,
    now: datetime = FRIDAY_NOON,
    since: date | None = None,
    look_back: int = 4,
) -> list[tuple[str, str]]:
    """Key and reason of what is due."""
    by_id = {f"huggingface:daily:{day}": state for day, state in (states or {}).items()}
    found = due(HUGGINGFACE, by_id, now=now, since=since, look_back_days=look_back)
    return [(item.issue.key, item.why) for item in found]


def test_every_weekday_of_the_look_back_is_due_oldest_first_and_no_weekend() -> None:
    assert days(look_back=7) == [
        ("2026-11-13", "never seen"),
        ("2026-11-16", "never seen"),
        ("2026-11-17", "never seen"),
        ("2026-11-18", "never seen"),
        ("2026-11-19", "never seen"),
        ("2026-11-20", "never seen"),
    ]


def test_the_look_back_is_two_weeks_unless_told() -> None:
    found = due(HUGGINGFACE, {}, now=FRIDAY_NOON)
    assert (found[0].issue.key, len(found)) == ("2026-11-06", 11)


def test_a_settled_issue_still_moves_for_a_while_and_then_rests() -> None:
    settled = {"2026-11-13": "settled", "2026-11-16": "settled", "2026-11-20": "partial"}
    found = dict(days(settled, since=date(2026, 11, 13)))
    assert found["2026-11-16"] == found["2026-11-20"] == "still moving"
    assert "2026-11-13" not in found


def test_a_hole_since_a_day_is_filled_however_long_ago() -> None:
    seen = {str(issue.key): "settled" for issue in expected(date(2026, 10, 1), date(2026, 11, 20))}
    del seen["2026-10-07"]
    assert days(seen, since=date(2026, 10, 1))[0] == ("2026-10-07", "never seen")
    assert "2026-10-07" not in dict(days(seen))


@pytest.mark.parametrize("state", sorted(UNSETTLED))
def test_an_outcome_that_another_fetch_may_mend_is_due_again(state: str) -> None:
    assert ("2026-10-07", "not settled") in days({"2026-10-07": state}, since=date(2026, 10, 7))


@pytest.mark.parametrize("state", ["settled", "partial", "empty", "unchanged"])
def test_an_old_outcome_that_no_fetch_can_mend_is_left_alone(state: str) -> None:
    assert "2026-10-07" not in dict(days({"2026-10-07": state}, since=date(2026, 10, 7)))


@pytest.mark.parametrize("state", NOT_CONFIRMED)
def test_an_old_issue_in_doubt_is_due_again_after_twenty_hours(state: str) -> None:
    def asked(hours: float, since: date | None = date(2026, 10, 7)) -> list[str]:
        known = {"huggingface:daily:2026-10-07": state}
        at = {issue: FRIDAY_NOON - timedelta(hours=hours) for issue in known}
        found = due(HUGGINGFACE, known, now=FRIDAY_NOON, since=since, answered_at=at)
        return [item.why for item in found if item.issue.key == "2026-10-07"]

    assert [asked(19.9), asked(20)] == [[], ["not confirmed"]]
    assert asked(20, since=None) == []


@pytest.mark.parametrize("state", NOT_CONFIRMED)
def test_within_the_look_back_an_issue_in_doubt_is_due_like_every_other(state: str) -> None:
    assert ("2026-11-20", "still moving") in days({"2026-11-20": state})


def test_after_weeks_of_downtime_one_run_covers_the_whole_gap() -> None:
    seen = {"2026-10-01": "settled"}
    found = [day for day, _ in days(seen, since=date(2026, 10, 1))]
    assert found == [i.key for i in expected(date(2026, 10, 2), date(2026, 11, 20))]


def test_a_source_without_a_calendar_is_never_due() -> None:
    assert due(sources()["pagedump"], {}, now=FRIDAY_NOON) == []


@pytest.mark.parametrize(
    ("moment", "newest"),
    [
        pytest.param("2026-07-14T01:29:59+00:00", "2026-07-13", id="summer, before 21:30"),
        pytest.param("2026-07-14T01:30:00+00:00", "2026-07-14", id="summer, at 21:30"),
        pytest.param("2026-12-15T02:29:59+00:00", "2026-12-14", id="winter, before 21:30"),
        pytest.param("2026-12-15T02:30:00+00:00", "2026-12-15", id="winter, at 21:30"),
        pytest.param(
            "2026-03-09T01:29:00+00:00", "2026-03-08", id="the evening summer time begins"
        ),
        pytest.param("2026-03-09T01:30:00+00:00", "2026-03-09", id="that evening at 21:30"),
        pytest.param("2026-11-02T02:29:00+00:00", "2026-11-01", id="the evening it ends"),
        pytest.param("2026-11-02T02:30:00+00:00", "2026-11-02", id="that evening at 21:30 again"),
        pytest.param("2027-01-01T02:30:00+00:00", "2027-01-01", id="the turn of the year"),
        pytest.param("2026-07-14T10:30:00+09:00", "2026-07-14", id="a clock in Tokyo"),
    ],
)
def test_the_next_day_opens_at_half_past_nine_in_new_york(moment: str, newest: str) -> None:
    assert newest_day(datetime.fromisoformat(moment)) == date.fromisoformat(newest)


A_YEAR_IN_SECONDS = 366 * 24 * 3600


@given(
    st.integers(0, A_YEAR_IN_SECONDS),
    st.sampled_from(["UTC", "Asia/Tokyo", "Pacific/Kiritimati", "America/Los_Angeles"]),
)
def test_nothing_is_ever_due_that_is_not_out_yet(second: int, zone: str) -> None:
    now = (datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=second)).astimezone(ZoneInfo(zone))
    keys = [item.issue.key for item in due(HUGGINGFACE, {}, now=now)]
    newest = date.fromisoformat(keys[-1])
    assert newest <= now.astimezone(UTC).date()
    opened_at = datetime.combine(newest - timedelta(days=1), datetime.min.time(), FEED_ZONE)
    assert now >= opened_at.replace(hour=21, minute=30)
    assert all(date.fromisoformat(key).weekday() < 5 for key in keys)


def test_the_archive_has_a_beginning() -> None:
    assert expected(date(2020, 1, 1), date(2023, 5, 5))[0].key == "2023-05-04"
    assert expected(date(2020, 1, 1), date(2020, 2, 1)) == []
    assert days(now=datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_a_range_that_ends_before_it_begins_is_empty() -> None:
    assert expected(date(2026, 11, 20), date(2026, 11, 19)) == []
