"""The days at hand again and again, under other dates, ids and titles: as many as you like."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

LAST = date(2026, 11, 20)
"""The day of the last issue made; the others are on the days before it."""
_TIMES = ("publishedAt", "submittedOnDailyAt")
MOST_DAYS = 7_000
"""More days would begin before arXiv's ids of today do, and be held for that; beyond it, the issues
of a day are put together."""


def multiply(source: Path, target: Path, times: int) -> int:
    """Write `times` as many papers as `source` has into a new folder; gives the number of days.

    No two papers share an id or a title, and an id is of its day's month.
    """
    target.mkdir(parents=True)
    paths = sorted(source.glob("*.json"))
    per_day = -(-len(paths) * times // MOST_DAYS)
    n_days = len(paths) * times // per_day
    numbers: Counter[str] = Counter()
    for number in range(n_days):
        day = LAST - timedelta(days=n_days - 1 - number)
        items: list[Any] = []
        for copy in range(number * per_day, (number + 1) * per_day):
            items += _renamed(paths[copy % len(paths)], copy // len(paths), day, numbers)
        (target / f"{day}.json").write_bytes(orjson.dumps(items))
    return n_days


def one_more_day(source: Path) -> None:
    """Add a day to a folder: its last one again, under other ids and titles."""
    (path,) = sorted(source.glob("*.json"))[-1:]
    day = LAST + timedelta(days=3)
    numbers = Counter({f"{day:%y%m}": 90_000})
    (source / f"{day}.json").write_bytes(orjson.dumps(_renamed(path, -1, day, numbers)))


def _renamed(path: Path, copy: int, day: date, numbers: Counter[str]) -> list[Any]:
    """The items of a day under other ids and titles, all their times moved to another day."""
    items: list[Any] = orjson.loads(path.read_bytes())
    month, moved = f"{day:%y%m}", day - date.fromisoformat(path.stem)
    for item in items:
        for holder, key in ((item, "publishedAt"), *((item["paper"], k) for k in _TIMES)):
            if key in holder:
                at = datetime.fromisoformat(holder[key]) + moved
                holder[key] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        numbers[month] += 1
        item["paper"]["id"] = f"{month}.{numbers[month]:05}"
        item["title"] += f" ({copy})"
        item["paper"]["title"] += f" ({copy})"
    return items
