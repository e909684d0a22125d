"""Which issues there are to mail: the days of the daily list, and its weeks.

Prevents a mail about a list that is still growing, or that was held. What is known of each day is
`ops.coverage` of the published file; papers are counted as `mart.listed_papers` lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import duckdb

from flows.site import words
from schemas.ops import NOT_CONFIRMED
from tasks.sources.huggingface.issues import NAME, expected, newest_day

EDITION = "daily"
"""The digest is made of this list, the only one whose days have votes."""
_WHOLE = ("loaded", "empty")
_THERE = (*_WHOLE, *NOT_CONFIRMED)
_STATES = """
SELECT issued_on, state FROM ops.coverage
WHERE source = $source AND edition = $edition AND issued_on >= $first
"""
_COUNTS = """
SELECT listed_on, count(*) FROM mart.listed_papers
WHERE source = $source AND listed_on >= $first GROUP BY ALL
"""
_WEEK = timedelta(days=6)


@dataclass(frozen=True)
class Issue:
    """A day or a week that is mailed.

    `key` is `2026-11-20` or `2026-W47`, `on` the day, or the Sunday of the week. It is not
    confirmed when its list may be incomplete: of a day, because no look after its end is known, or
    none agrees with a suspiciously small one; of a week, because of such a day or a missing one.
    """

    frequency: Literal["daily", "weekly"]
    key: str
    on: date
    title: str
    is_confirmed: bool
    n_papers: int

    @property
    def first_on(self) -> date:
        """Its first day; the last one is `on`."""
        return self.on if self.frequency == "daily" else self.on - _WEEK

    def __str__(self) -> str:
        return f"{self.frequency}:{self.key}"


def due_issues(
    connection: duckdb.DuckDBPyConnection, now: datetime, oldest_days: int
) -> list[Issue]:
    """The issues that can be mailed at `now`, the newest last.

    A day is one once its list has closed, and a week once its last expected day is there or the
    week is over. Held, broken and missing days are none. Left out are issues whose date is more
    than `oldest_days` before the day of `now` in UTC.
    """
    oldest = now.astimezone(UTC).date() - timedelta(days=oldest_days)
    given = {"source": NAME, "first": oldest - _WEEK}
    states = dict(connection.execute(_STATES, given | {"edition": EDITION}).fetchall())
    counts = dict(connection.execute(_COUNTS, given).fetchall())
    closed = {day: state for day, state in states.items() if has_closed(day, now)}
    days = [_day(day, state, counts) for day, state in closed.items() if state in _THERE]
    sundays = {day + timedelta(days=6 - day.weekday()) for day in closed}
    weeks = [_week(sunday, closed, counts, now) for sunday in sundays]
    found = [issue for issue in (*days, *weeks) if issue and issue.on >= oldest]
    return sorted(found, key=lambda issue: (issue.on, issue.frequency))


def has_closed(day: date, now: datetime) -> bool:
    """Whether the list of a day grows no more at `now`."""
    return newest_day(now) > day


def _day(day: date, state: str, counts: Mapping[date, int]) -> Issue:
    title = words.day_in_words(day)
    return Issue("daily", day.isoformat(), day, title, state in _WHOLE, counts.get(day, 0))


def _week(
    sunday: date, closed: Mapping[date, str], counts: Mapping[date, int], now: datetime
) -> Issue | None:
    """A week; None while it goes on, and where none of its days is there."""
    monday = sunday - _WEEK
    weekdays = [issue.issued_on for issue in expected(monday, sunday, (EDITION,))]
    states = [closed.get(day, "missing") for day in weekdays if day]
    is_over = has_closed(sunday, now) or states[-1] in _THERE
    if not is_over or not any(state in _THERE for state in states):
        return None
    key = sunday.strftime("%G-W%V")
    n_papers = sum(counts.get(monday + timedelta(days=n), 0) for n in range(7))
    is_confirmed = all(state in _WHOLE for state in states)
    title = f"Week of {words.week_in_words(key)}"
    return Issue("weekly", key, sunday, title, is_confirmed, n_papers)
