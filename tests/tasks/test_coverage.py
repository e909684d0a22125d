"""A day is told by what is known of it; only then by what the calendar expects."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import groupby

import pytest

from tasks.completeness import Doubt
from tasks.coverage import Day, Evidence, Fault, Loaded, coverage
from tasks.parse.model import IssueRef
from tasks.sources import sources

HUGGINGFACE = sources()["huggingface"]
FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""Friday's list is out since 02:30, Thursday's promise ended at 08:30."""
TAKEN = datetime(2026, 11, 16, 6, tzinfo=UTC)
BEFORE, AFTER = TAKEN.replace(hour=5), TAKEN.replace(hour=7)


def daily(day: str) -> IssueRef:
    return IssueRef("huggingface", "daily", day)


def evidence(
    loaded: dict[str, str], faults: dict[str, Fault] | None = None, began_at: datetime = TAKEN
) -> Evidence:
    """Days with their state in the lake, and days with their last failed try."""
    return Evidence(
        {daily(day): Loaded(state, TAKEN) for day, state in loaded.items()},
        {daily(day): fault for day, fault in (faults or {}).items()},
        {},
        began_at,
    )


def told(known: Evidence, **limits: date) -> list[Day]:
    return coverage(HUGGINGFACE, known, now=FRIDAY_NOON, **limits)


def test_every_day_of_two_weeks_is_told_by_its_evidence() -> None:
    faults = {
        "2026-11-11": Fault("held", "it shows another day", TAKEN),
        "2026-11-12": Fault("broken", "it is a log-in page", TAKEN),
        "2026-11-13": Fault("unfetched", "it answered 503", TAKEN),
    }
    known = evidence(
        {"2026-11-09": "settled", "2026-11-10": "empty", "2026-11-16": "partial"}, faults
    )
    days = told(known, last=date(2026, 11, 22))
    assert [(str(key), len(list(run))) for key, run in groupby(day.state for day in days)] == [
        ("loaded", 1),
        ("empty", 1),
        ("held", 1),
        ("broken", 1),
        ("unfetched", 1),
        ("not expected", 2),
        ("loaded", 1),
        ("missing", 3),
        ("not due", 1),
        ("not expected", 2),
    ]
    by_day = {str(day.issued_on): day for day in days}
    assert by_day["2026-11-13"].reason == "it answered 503"
    assert by_day["2026-11-17"].reason == "never asked for"
    assert by_day["2026-11-17"].issue_id == "huggingface:daily:2026-11-17"
    assert by_day["2026-11-14"].issue_id is None


def test_a_weekend_is_no_gap_also_when_asked_for_in_vain_but_an_issue_it_has_is_there() -> None:
    faults = {"2026-11-15": Fault("held", "the page shows 2026-11-13", TAKEN)}
    loaded = {"2026-11-13": "settled", "2026-11-14": "settled"}
    days = told(evidence(loaded, faults), last=date(2026, 11, 15))
    assert [(day.state, day.reason) for day in days] == [
        ("loaded", None),
        ("loaded", None),
        ("not expected", "held: the page shows 2026-11-13"),
    ]


@pytest.mark.parametrize(
    ("tried_at", "reason"), [(BEFORE, None), (AFTER, "a later try was held: too few")]
)
def test_a_loaded_day_stays_loaded_and_tells_of_a_later_try_that_was_not(
    tried_at: datetime, reason: str | None
) -> None:
    faults = {"2026-11-16": Fault("held", "too few", tried_at)}
    (day, *_) = told(evidence({"2026-11-16": "settled"}, faults))
    assert (day.state, day.reason) == ("loaded", reason)


@pytest.mark.parametrize("state", ["settled", "partial", "empty"])
@pytest.mark.parametrize("doubt", [Doubt("open", "seen early"), Doubt("unconfirmed", "1 record")])
def test_a_loaded_day_in_doubt_has_the_state_and_reason_of_the_doubt(
    state: str, doubt: Doubt
) -> None:
    fault = Fault("held", "too few", AFTER)
    known = replace(evidence({"2026-11-16": state}), doubts={daily("2026-11-16"): doubt})
    (day, *_) = told(known)
    assert (day.state, day.reason) == (doubt.state, doubt.reason)
    (day, *_) = told(replace(known, faults={daily("2026-11-16"): fault}))
    assert day.reason == f"{doubt.reason}; a later try was held: too few"


def test_a_missing_day_that_was_out_before_the_first_run_is_not_owed() -> None:
    known = evidence({"2026-11-11": "settled"})
    days = {day.issued_on.day: (day.state, day.is_owed) for day in told(known)}
    assert (days[13], days[16]) == (("missing", False), ("missing", True))
    reasons = {day.issued_on.day: day.reason for day in told(known)}
    assert reasons[16] == "never asked for"
    assert reasons[13] == "never asked for; it was out before the first run of this warehouse"
    fault = {"2026-11-13": Fault("held", "too few", TAKEN)}
    held = told(evidence({"2026-11-11": "settled"}, fault))
    assert [day.is_owed for day in held if day.state == "held"] == [True]


def test_nothing_is_said_of_the_time_before_anything_was_known() -> None:
    known = evidence({"2026-11-17": "settled"}, {"2026-11-16": Fault("held", None, TAKEN)})
    assert told(known)[0].issued_on == date(2026, 11, 16)
    assert told(known, first=date(2026, 10, 1))[0].issued_on == date(2026, 11, 16)
    assert told(known, first=date(2026, 11, 18))[0].issued_on == date(2026, 11, 18)
    assert told(evidence({})) == []


def test_a_source_without_a_calendar_has_no_days() -> None:
    assert (
        coverage(sources()["pagedump"], evidence({"2026-11-16": "settled"}), now=FRIDAY_NOON) == []
    )
