"""The lists that are made of several days: weeks, months, what is trending, searches, one paper.

They are put together from the days' own rows, in the order of the days.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from tests.replica.bodies import Bodies

Row = dict[str, Any]
TRENDING_DAYS = 7


def rows_of(bodies: Bodies, until: date, wanted: Callable[[date], bool]) -> list[Row]:
    """The rows of all wanted days up to `until`."""
    found: list[Row] = []
    for day in filter(wanted, bodies.days(until)):
        found += json.loads(bodies.issue(day) or b"[]")
    return found


def week(bodies: Bodies, until: date, key: str) -> list[Row]:
    """The rows of an ISO week such as 2026-W47."""
    return rows_of(bodies, until, lambda day: f"{day:%G-W%V}" == key)


def month(bodies: Bodies, until: date, key: str) -> list[Row]:
    """The rows of a month such as 2026-11."""
    return rows_of(bodies, until, lambda day: f"{day:%Y-%m}" == key)


def trending(bodies: Bodies, until: date) -> list[Row]:
    """The rows of the last days, most upvoted first."""
    recent = rows_of(bodies, until, lambda day: day > until - timedelta(days=TRENDING_DAYS))
    return sorted(recent, key=lambda row: -row["paper"]["upvotes"])


def search(bodies: Bodies, until: date, query: str) -> list[Row]:
    """The rows whose title holds every word of the query."""
    words = query.casefold().split()
    rows = rows_of(bodies, until, lambda _: True)
    return [row for row in rows if all(word in row["title"].casefold() for word in words)]


def paper(bodies: Bodies, until: date, identifier: str) -> Mapping[str, Any] | None:
    """The details of one paper, as its last listing has them."""
    rows = rows_of(bodies, until, lambda _: True)
    found = [row["paper"] for row in rows if row["paper"]["id"] == identifier]
    return found[-1] if found else None
