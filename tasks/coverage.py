"""Coverage: for each day, whether the issue that a source should have published is loaded.

The state of a day follows from evidence: what is loaded and whether it was seen whole, then the
outcome of the newest try, and only then what the calendar expects. A day that was fetched and is
empty is no gap; a day that was never fetched is one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from tasks.completeness import AS_SOURCES_SAY, Doubt, Expectations
from tasks.parse.model import IssueRef
from tasks.sources import Source

DayState = Literal[
    "loaded",
    "empty",
    "open",
    "unconfirmed",
    "held",
    "broken",
    "unfetched",
    "withdrawn",
    "missing",
    "not due",
    "not expected",
]
Edition = tuple[str, str]
"""Source and edition."""


class Loaded(NamedTuple):
    """An issue in the lake: its state there, and when its newest body was captured."""

    state: str
    seen_at: datetime


class Fault(NamedTuple):
    """The newest try that did not load an issue: it was held, broken, or the fetch failed."""

    outcome: DayState
    reason: str | None
    tried_at: datetime


@dataclass(frozen=True)
class Evidence:
    """What a warehouse knows of its issues."""

    loaded: Mapping[IssueRef, Loaded]
    faults: Mapping[IssueRef, Fault]
    tried_at: Mapping[Edition, datetime]
    """When an issue of the edition was last fetched or read, with or without success."""
    began_at: datetime | None
    """Start of the warehouse's first run; None if that is not recorded."""
    editions: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    """The editions chosen by the operator, by source; without any, the source's own."""
    doubts: Mapping[IssueRef, Doubt] = field(default_factory=dict)
    """The loaded issues that are open or unconfirmed."""
    wanted: Expectations = AS_SOURCES_SAY
    remarks: Mapping[IssueRef, str] = field(default_factory=dict)
    """What loaded records say against the date of their issue, for issues that have such ones."""

    @property
    def issues(self) -> frozenset[IssueRef]:
        """Every issue that is loaded or was tried."""
        return frozenset({*self.loaded, *self.faults})

    def first_known(self, source: str) -> dict[str, date]:
        """The oldest known day of each edition of a source."""
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
    """Why it is a gap or not confirmed, what a loaded issue has of another day, and why a later try
    of it failed."""
    is_owed: bool = True
    """False for a day that is missing and was out before the warehouse's first run."""


def coverage(
    source: Source,
    evidence: Evidence,
    *,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
) -> list[Day]:
    """Every day of each edition that has a calendar, by edition and date.

    Days run from `first` (default: the beginning) to `last` (default: the newest day that can be
    out). An edition begins with its oldest known issue; earlier days are not listed.
    """
    if source.expected is None or source.newest_day is None:
        return []
    objective_ends = source.newest_day(now - (source.freshness_objective or timedelta()))
    owed_from = source.newest_day(evidence.began_at) if evidence.began_at else date.min
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
            is_owed = state not in ("missing", "not due") or day >= owed_from
            if state == "missing" and not is_owed:
                reason = f"{reason}; it was out before the first run of this warehouse"
            name = str(issue) if issue else None
            days.append(Day(source.name, edition, day, state, name, reason, is_owed))
    return days


def _state(
    issue: IssueRef | None, evidence: Evidence, is_expected: bool, has_objective: bool
) -> tuple[DayState, str | None]:
    """The state of one day, and the reason unless the issue is simply loaded."""
    loaded = evidence.loaded.get(issue) if issue else None
    fault = evidence.faults.get(issue) if issue else None
    if issue and loaded:
        doubt = evidence.doubts.get(issue)
        remark = evidence.remarks.get(issue)
        reasons = [*([doubt.reason] if doubt else []), *([remark] if remark else [])]
        if fault and fault.tried_at > loaded.seen_at:
            reasons.append(f"a later try was {fault.outcome}: {fault.reason}")
        state: DayState = "empty" if loaded.state == "empty" else "loaded"
        return doubt.state if doubt else state, "; ".join(reasons) or None
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
