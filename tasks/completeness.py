"""Completeness: whether the looks at an issue show that it was seen whole.

A list that grows during its day can be seen half: a first look may find one paper of forty. An
issue is `open` when it was only seen before its list closed, and `unconfirmed` when its newest
capture is suspiciously small and no later look agrees. Nothing of this is stored: it follows from
all looks, the calendar and the operator's thresholds, so the order of loading does not matter.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from statistics import median
from typing import Literal, NamedTuple

from schemas.ops import OPEN, UNCONFIRMED
from schemas.profiles import FEWEST_ISSUES, TRAILING_DAYS
from tasks.calendar import MOVES_FOR_DAYS
from tasks.parse.model import IssueRef
from tasks.sources import Source

AGREES_AFTER = timedelta(hours=20)
"""A later look that finds as many records confirms a small issue: from one night to the next."""
_WEEKS = TRAILING_DAYS // 7


class Look(NamedTuple):
    """One look at an issue: a loaded capture, or a fetch that found nothing new."""

    at: datetime
    n_parsed: int
    n_declared: int | None = None
    has_lost_papers: bool = False
    """Whether papers that were listed until then are not in it."""


class Doubt(NamedTuple):
    """Why a loaded issue does not count as complete yet."""

    state: Literal["open", "unconfirmed"]
    reason: str


@dataclass(frozen=True)
class Thresholds:
    """What the operator expects of a source's issues.

    `fewest_records` replaces the source's own numbers, by edition.
    """

    fewest_records: Mapping[str, int] = field(default_factory=dict)
    least_share: float = 0.25
    """An issue with less than this share of the usual records is small."""
    empty_in_a_row: int = 3
    """So many expected issues without records, one after the other, are a silence."""


@dataclass(frozen=True)
class Expectations:
    """The thresholds of each source by name, and how long issues are fetched every night."""

    by_source: Mapping[str, Thresholds] = field(default_factory=dict)
    look_back_days: int = MOVES_FOR_DAYS

    def of(self, source: str) -> Thresholds:
        return self.by_source.get(source, Thresholds())


AS_SOURCES_SAY = Expectations()
"""The thresholds when the operator sets none."""


def doubts(
    source: Source, looks: Mapping[IssueRef, Sequence[Look]], wanted: Expectations
) -> dict[IssueRef, Doubt]:
    """The issues of a source that are open or unconfirmed, each with the reason.

    `looks` has the looks at every loaded issue, oldest first. The usual number of records is the
    median of complete issues only, so small issues never confirm each other.
    """
    found: dict[IssueRef, Doubt] = {}
    complete: defaultdict[str, dict[date, int]] = defaultdict(dict)
    for issue in sorted(looks, key=lambda issue: (issue.issued_on or date.max, issue)):
        seen, day = looks[issue], issue.issued_on
        usual = _usual(complete[issue.edition], day) if day else None
        doubt = _open(source, issue, seen[-1].at) or _small(source, issue, seen, usual, wanted)
        if doubt:
            found[issue] = doubt
        elif day and seen[-1].n_parsed:
            complete[issue.edition][day] = seen[-1].n_parsed
    return found


def _open(source: Source, issue: IssueRef, seen_at: datetime) -> Doubt | None:
    """The doubt about an issue whose newest look was before its list closed."""
    if not source.lists_grow or source.newest_day is None:
        return None
    last_day = issue.ends_on
    if last_day is None or source.newest_day(seen_at) > last_day:
        return None
    return Doubt(OPEN, f"last seen {seen_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, before it closed")


def _small(
    source: Source,
    issue: IssueRef,
    looks: Sequence[Look],
    usual: float | None,
    wanted: Expectations,
) -> Doubt | None:
    """The doubt about an expected issue with suspiciously few records, unless two looks agree."""
    thresholds = wanted.of(source.name)
    floor = {**source.fewest_records, **thresholds.fewest_records}.get(issue.edition, 0)
    last = looks[-1]
    is_whole = last.n_declared is not None and 0 < last.n_declared <= last.n_parsed
    if not floor or is_whole or last.n_parsed >= _least(floor, usual, thresholds.least_share):
        return None
    agreeing = _agreeing(looks)
    if not _is_expected(source, issue) or _do_agree(issue, agreeing, wanted.look_back_days):
        return None
    return Doubt(UNCONFIRMED, _reason(looks, agreeing, floor, usual))


def _agreeing(looks: Sequence[Look]) -> list[Look]:
    """The last looks that found the same papers, newest first: as many records, and none of the
    papers missing that the look before had."""
    alike = list(takewhile(lambda look: look.n_parsed == looks[-1].n_parsed, reversed(looks)))
    n_kept = sum(1 for _ in takewhile(lambda look: not look.has_lost_papers, alike))
    return alike[: n_kept + 1]


def _least(floor: int, usual: float | None, share: float) -> float:
    """The fewest records that are not suspicious: of a list without history the floor; else a share
    of the usual number, or the floor where at least twice as many are usual."""
    return floor if usual is None else max(share * usual, min(floor, usual / 2), 1)


def _usual(complete: Mapping[date, int], day: date) -> float | None:
    """The median of the complete issues on the same weekday of the trailing weeks; None for fewer
    than `FEWEST_ISSUES`. Issues without records are holidays and do not count."""
    days = (day - timedelta(weeks=n) for n in range(1, _WEEKS + 1))
    numbers = [complete[earlier] for earlier in days if earlier in complete]
    return median(numbers) if len(numbers) >= FEWEST_ISSUES else None


def _is_expected(source: Source, issue: IssueRef) -> bool:
    day = issue.begins_on
    return bool(day and source.expected and issue in source.expected(day, day, (issue.edition,)))


def _do_agree(issue: IssueRef, agreeing: Sequence[Look], look_back_days: int) -> bool:
    """Whether looks at the same papers, newest first, confirm it: the newest is 20
    hours after the oldest, or so long after the issue that no night moves it any more."""
    newest, oldest = agreeing[0].at, agreeing[-1].at
    if newest - oldest >= AGREES_AFTER:
        return True
    day = issue.begins_on
    is_old = day and newest.astimezone(UTC).date() - day > timedelta(days=look_back_days)
    return bool(is_old) and len(agreeing) > 1


def _reason(
    looks: Sequence[Look], agreeing: Sequence[Look], floor: int, usual: float | None
) -> str:
    n_parsed = looks[-1].n_parsed
    records = f"{n_parsed or 'no'} record{'' if n_parsed == 1 else 's'}"
    when = "the only look" if len(looks) == 1 else "the last look"
    if len(agreeing) > 1:
        when = f"{len(agreeing)} looks within {AGREES_AFTER // timedelta(hours=1)} hours"
    few = f"fewer than {floor}" if usual is None else f"where {usual:g} are usual"
    return f"{records} at {when}, {few}"
