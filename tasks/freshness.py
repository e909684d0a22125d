"""How far behind each list of a source is, measured against the source's freshness objective.

It is computed from the calendar and the given moment, never from when something last ran: so a
warehouse in which nothing runs any more becomes late by itself.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from schemas.ops import FRESHNESS, OPEN
from tasks.calendar import UNSETTLED, out_at
from tasks.completeness import Expectations
from tasks.coverage import Day, Evidence, coverage
from tasks.sources import Source

State = Literal["fresh", "due", "late", "silent", "never loaded", "not scheduled"]

NewestDay = Callable[[datetime], date]
"""The newest day whose issue can be out at a moment: the source's own."""

_AWAITED = UNSETTLED | {"missing", "not due"}
"""States of days whose issue is out but not loaded."""

LOOK_BACK = timedelta(weeks=5)
"""A gap older than this is no longer called late; `coverage` still lists it."""
LOOK_AHEAD = timedelta(days=40)
"""The next issue of every list comes out within this time."""


@dataclass(frozen=True)
class Freshness:
    """A row of ops.freshness, and the days that are late, oldest first."""

    source: str
    edition: str
    as_of: datetime
    state: State = "not scheduled"
    last_expected_on: date | None = None
    last_issue_on: date | None = None
    last_loaded_at: datetime | None = None
    last_attempt_at: datetime | None = None
    n_issues: int = 0
    n_late: int | None = None
    behind_h: float | None = None
    promise_h: float | None = None
    next_due_at: datetime | None = None
    empty_since_on: date | None = None
    n_empty_in_a_row: int | None = None
    late: tuple[Day, ...] = ()
    last_full_on: date | None = None
    """Date of the newest issue with records."""
    is_silent: bool = False
    """Whether so many expected issues in a row were empty that the objective is missed."""

    def row(self) -> dict[str, Any]:
        """The row as described."""
        return {name: getattr(self, name) for name in FRESHNESS.column_names}


def freshness(source: Source, evidence: Evidence, *, now: datetime) -> list[Freshness]:
    """Each edition of a source that has a calendar or an issue in the warehouse, by name.

    Late are the days of the look-back that are gaps beyond the freshness objective. A day that was
    never fetched counts only if it came out after the warehouse's first run. Silent is a list whose
    expected issues are empty, several in a row up to now: a feed that died looks like that.
    """
    found = _loaded(source.name, evidence, now)
    if source.expected is None or source.newest_day is None:
        return list(found.values())
    newest = source.newest_day(now)
    scheduled: defaultdict[str, list[date]] = defaultdict(list)
    wanted = evidence.editions.get(source.name)
    for issue in source.expected(newest - LOOK_BACK, newest + LOOK_AHEAD, wanted):
        if issue.issued_on:
            scheduled[issue.edition].append(issue.issued_on)
    silent_since = [known.last_issue_on for known in found.values() if known.last_issue_on]
    days = coverage(source, evidence, now=now, first=min([newest - LOOK_BACK, *silent_since]))
    for edition, expected_on in scheduled.items():
        known = found.get(edition) or _unknown(source.name, edition, evidence, now)
        begin = min(newest - LOOK_BACK, known.last_issue_on or newest)
        looked_at = [day for day in days if day.edition == edition and day.issued_on >= begin]
        empty = _empty_in_a_row(source, known, evidence, newest - LOOK_BACK)
        dated = _dated(known, source.newest_day, sorted(expected_on), empty)
        awaited = tuple(day for day in looked_at if day.state in _AWAITED and day.is_owed)
        found[edition] = _measured(dated, source, awaited, evidence.wanted)
    return [found[edition] for edition in sorted(found)]


def _unknown(source: str, edition: str, evidence: Evidence, now: datetime) -> Freshness:
    """An edition of which nothing is loaded."""
    tried_at = evidence.tried_at.get((source, edition))
    return Freshness(source, edition, now, last_attempt_at=tried_at)


def _loaded(source: str, evidence: Evidence, now: datetime) -> dict[str, Freshness]:
    """What is loaded of each edition, without the calendar."""
    found: dict[str, Freshness] = {}
    for issue, loaded in evidence.loaded.items():
        if issue.source != source:
            continue
        known = found.get(issue.edition) or _unknown(source, issue.edition, evidence, now)
        days = [day for day in (known.last_issue_on, issue.issued_on) if day]
        full = [known.last_full_on, None if loaded.state == "empty" else issue.issued_on]
        found[issue.edition] = replace(
            known,
            n_issues=known.n_issues + 1,
            last_issue_on=max(days, default=None),
            last_full_on=max(filter(None, full), default=None),
            last_loaded_at=max(loaded.seen_at, known.last_loaded_at or loaded.seen_at),
        )
    return found


def _empty_in_a_row(
    source: Source, known: Freshness, evidence: Evidence, counts_from: date
) -> list[date]:
    """The expected days after the newest issue with records whose issue was empty, oldest first;
    none if the newest of them is before `counts_from`. An open issue may still get its papers."""
    begin = known.last_full_on or date.min
    empty = [
        issue
        for issue, loaded in evidence.loaded.items()
        if (issue.source, issue.edition, loaded.state) == (known.source, known.edition, "empty")
        and (issue.issued_on or begin) > begin
        and not ((doubt := evidence.doubts.get(issue)) and doubt.state == OPEN)
    ]
    days = [issue.issued_on for issue in empty if issue.issued_on]
    if not days or source.expected is None or max(days) < counts_from:
        return []
    expected = source.expected(min(days), max(days), (known.edition,))
    return sorted({issue.issued_on for issue in expected if issue.issued_on} & set(days))


def _dated(
    known: Freshness,
    newest_day: NewestDay,
    expected_on: Sequence[date],
    empty: Sequence[date],
) -> Freshness:
    """Add the dates of the newest issue that is out and of the next one, and of empty issues."""
    newest = newest_day(known.as_of)
    ahead = [day for day in expected_on if day > newest]
    return replace(
        known,
        last_expected_on=max((day for day in expected_on if day <= newest), default=None),
        next_due_at=out_at(newest_day, ahead[0]) if ahead else None,
        empty_since_on=empty[0] if empty else None,
        n_empty_in_a_row=len(empty),
    )


def _measured(
    known: Freshness, source: Source, awaited: tuple[Day, ...], wanted: Expectations
) -> Freshness:
    """Add its state, and by how much it is behind. `awaited` are the days whose issue is out but
    not loaded, oldest first."""
    newest_day, objective = source.newest_day, source.freshness_objective
    assert newest_day is not None  # noqa: S101 - only such sources have scheduled days
    late: tuple[Day, ...] = ()
    is_silent = False
    if objective is not None:
        objective_ends = newest_day(known.as_of - objective)
        late = tuple(day for day in awaited if day.issued_on <= objective_ends)
        since, n_empty = known.empty_since_on, known.n_empty_in_a_row or 0
        is_enough = n_empty >= wanted.of(source.name).empty_in_a_row
        is_silent = is_enough and since is not None and since <= objective_ends
    state: State = "due" if awaited else "fresh"
    if late or is_silent:
        state = "late" if late else "silent"
    behind = known.as_of - out_at(newest_day, awaited[0].issued_on) if awaited else None
    return replace(
        known,
        state=state if known.n_issues else "never loaded",
        is_silent=is_silent,
        n_late=len(late),
        behind_h=_hours(behind),
        promise_h=_hours(objective),
        late=late,
    )


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span / timedelta(hours=1), 2)
