"""What is due: the issues a source should have published and that are missing or still moving."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from tasks.model import IssueRef
from tasks.sources import Source

Why = Literal["never seen", "still moving", "not settled", "asked for"]

MOVES_FOR_DAYS = 14
"""For so long after its date an issue's votes and late papers are worth fetching again."""


UNSETTLED = frozenset({"held", "broken", "unfetched"})
"""Outcomes that another fetch may mend. A record in quarantine is not mended by fetching again."""


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
    editions: Collection[str] | None = None,
) -> list[Due]:
    """The issues of a source to fetch now, oldest first.

    `states` gives the last outcome of each known issue by id. Looked at are the days of the
    look-back and, for issues never seen or not settled, every day from `since`; never a day whose
    issue cannot be out yet. `editions` are the lists wanted, else those the source is known for.
    """
    if source.expected is None or source.newest_day is None:
        return []
    newest = source.newest_day(now)
    moving_from = newest - timedelta(days=look_back_days)
    first = min(moving_from, since) if since else moving_from
    moving = set(_expected(source, editions, moving_from, newest))
    found: list[Due] = []
    for issue in _expected(source, editions, first, newest):
        state = states.get(str(issue))
        if state is None:
            found.append(Due(issue, "never seen"))
        elif issue in moving:
            found.append(Due(issue, "still moving"))
        elif state in UNSETTLED:
            found.append(Due(issue, "not settled"))
    return found


def newest_first(found: Iterable[Due]) -> list[Due]:
    """In the order they are asked for: when not all can be, the oldest wait for another night."""
    return sorted(found, key=lambda item: item.issue.begins_on or date.max, reverse=True)


def _expected(
    source: Source, editions: Collection[str] | None, first: date, last: date
) -> list[IssueRef]:
    if editions is None:
        return source.expected(first, last) if source.expected else []
    return [issue for name in editions for issue in source.editions[name](first, last)]
