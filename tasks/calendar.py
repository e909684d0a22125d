"""What is due: the issues a source should have published that are missing or may still change."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Literal

from schemas.ops import NOT_CONFIRMED, NOT_LOADED
from tasks.parse.model import IssueRef
from tasks.sources import Source

Why = Literal["never seen", "still moving", "not settled", "not confirmed", "asked for"]

MOVES_FOR_DAYS = 14
"""For so many days after its date an issue is fetched again, for new votes and late papers."""

ASKED_AGAIN_AFTER = timedelta(hours=20)
"""Beyond the look-back, an open or unconfirmed issue is fetched again after this time at the
earliest: several runs a day ask once."""

UNSETTLED = frozenset(NOT_LOADED)
"""Outcomes that another fetch may change; it does not change a record in quarantine."""


@dataclass(frozen=True)
class Due:
    """An issue to fetch, and why."""

    issue: IssueRef
    why: Why


def due(
    source: Source,
    states: Mapping[str, str],
    *,
    now: datetime,
    since: date | None = None,
    look_back_days: int = MOVES_FOR_DAYS,
    editions: tuple[str, ...] | None = None,
    answered_at: Mapping[str, datetime] = MappingProxyType({}),
) -> list[Due]:
    """The issues of a source to fetch now, oldest first.

    `states` gives the state of each known issue by id. The days are those of the look-back and, for
    issues never seen, not settled or not confirmed, every day from `since`; days whose issue cannot
    be out yet or is no longer served are left out. `editions` selects editions; None means the
    source's own. `answered_at` says when known issues were last fetched.
    """
    if source.expected is None or source.newest_day is None:
        return []
    newest = source.newest_day(now)
    moving_from = newest - timedelta(days=look_back_days)
    first = min(moving_from, since) if since else moving_from
    if source.fetchable_days is not None:
        first = max(first, newest - timedelta(days=source.fetchable_days - 1))
    moving = set(source.expected(moving_from, newest, editions))
    found: list[Due] = []
    for issue in source.expected(first, newest, editions):
        state = states.get(str(issue))
        if state is None:
            found.append(Due(issue, "never seen"))
        elif issue in moving:
            found.append(Due(issue, "still moving"))
        elif state in UNSETTLED:
            found.append(Due(issue, "not settled"))
        elif state in NOT_CONFIRMED and has_rested(answered_at.get(str(issue)), now):
            found.append(Due(issue, "not confirmed"))
    return found


def has_rested(answered_at: datetime | None, now: datetime) -> bool:
    """Whether an issue that is open or unconfirmed may be asked for again."""
    return answered_at is None or now - answered_at >= ASKED_AGAIN_AFTER


def newest_first(found: Iterable[Due]) -> list[Due]:
    """The order of fetching: if the budget is too small, the oldest are deferred."""
    return sorted(found, key=lambda item: item.issue.begins_on or date.max, reverse=True)


def out_at(newest_day: Callable[[datetime], date], day: date) -> datetime:
    """The first moment, to the minute, at which the issue of a day can be out.

    `newest_day` is the source's own and never decreases with time; the three days before and after
    midnight UTC of the day are searched.
    """
    start = datetime.combine(day, time(), UTC) - timedelta(days=3)
    minutes = range(6 * 24 * 60)
    return start + timedelta(
        minutes=bisect_left(minutes, day, key=lambda m: newest_day(start + timedelta(minutes=m)))
    )
