"""Day by day: what became of the issue a source should have published.

A day is told by evidence: what is loaded, what a run made of what it got, and only then what the
calendar expects. A day that was asked for and came back empty is no gap; one nobody asked for is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from tasks.parse.model import IssueRef
from tasks.sources import Source

DayState = Literal[
    "loaded", "empty", "held", "broken", "unfetched", "missing", "not due", "not expected"
]
Edition = tuple[str, str]
"""Source and edition."""


class Loaded(NamedTuple):
    """An issue in the lake: its state there, and when its newest body was taken."""

    state: str
    seen_at: datetime


class Fault(NamedTuple):
    """The newest try of an issue that was not loaded: `held`, `broken` or `unfetched`, and why."""

    outcome: DayState
    reason: str | None
    tried_at: datetime


@dataclass(frozen=True)
class Evidence:
    """What a warehouse knows of its issues."""

    loaded: Mapping[IssueRef, Loaded]
    faults: Mapping[IssueRef, Fault]
    tried_at: Mapping[Edition, datetime]
    """When an issue of the edition was last asked for or read, whatever came of it."""
    began_at: datetime | None
    """Start of the warehouse's first run; None when it is not on record."""
    editions: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    """The editions an operator wants, by source; each source's own where none are given."""

    @property
    def issues(self) -> frozenset[IssueRef]:
        """Every issue of which anything is known."""
        return frozenset({*self.loaded, *self.faults})

    def first_known(self, source: str) -> dict[str, date]:
        """The oldest day of each edition of a source of which anything is known."""
        first: dict[str, date] = {}
        for issue in self.issues:
            day = issue.issued_on
            if issue.source == source and day:
                first[issue.edition] = min(day, first.get(issue.edition, day))
        return first


@dataclass(frozen=True)
class Day:
    """One day of an edition. `issue_id` is None where no issue is expected and none was tried."""

    source: str
    edition: str
    issued_on: date
    state: DayState
    issue_id: str | None = None
    reason: str | None = None
    """Why it is a gap, in words; or why a later try of a loaded issue was not."""


def coverage(
    source: Source,
    evidence: Evidence,
    *,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
) -> list[Day]:
    """Every day of each edition that has a calendar, by edition and date.

    Days run from `first` (else from the beginning) to `last` (else to the newest day that can be
    out). An edition begins with the oldest issue of which anything is known: of the time before,
    nothing is said.
    """
    if source.expected is None or source.newest_day is None:
        return []
    objective_ends = source.newest_day(now - (source.freshness_objective or timedelta()))
    last = last or source.newest_day(now)
    begins = {
        edition: max(day, first or day)
        for edition, day in evidence.first_known(source.name).items()
    }
    wanted = evidence.editions.get(source.name)
    expected = _by_day(source.expected(min(begins.values(), default=last), last, wanted))
    known = _by_day(issue for issue in evidence.issues if issue.source == source.name)
    days: list[Day] = []
    for edition in sorted({edition for edition, _ in expected} & begins.keys()):
        for day in _days(begins[edition], last):
            place = (edition, day)
            issue = expected.get(place) or known.get(place)
            state, reason = _state(issue, evidence, place in expected, day <= objective_ends)
            name = str(issue) if issue else None
            days.append(Day(source.name, edition, day, state, name, reason))
    return days


def _state(
    issue: IssueRef | None, evidence: Evidence, is_expected: bool, has_objective: bool
) -> tuple[DayState, str | None]:
    """What is known of one day, and why where it is not simply there."""
    loaded = evidence.loaded.get(issue) if issue else None
    fault = evidence.faults.get(issue) if issue else None
    if loaded:
        reason = None
        if fault and fault.tried_at > loaded.seen_at:
            reason = f"a later try was {fault.outcome}: {fault.reason}"
        return ("empty" if loaded.state == "empty" else "loaded"), reason
    if not is_expected:
        return "not expected", f"{fault.outcome}: {fault.reason}" if fault else None
    if fault:
        return fault.outcome, fault.reason
    return ("missing", "never asked for") if has_objective else ("not due", None)


def _by_day(issues: Iterable[IssueRef]) -> dict[tuple[str, date], IssueRef]:
    """The issues that have a date, by edition and date."""
    return {(issue.edition, issue.issued_on): issue for issue in issues if issue.issued_on}


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
