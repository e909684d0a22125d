"""The days at hand again and again, under other dates, ids and titles: as many as you like."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import orjson

LAST = date(2026, 11, 20)
"""The day of the last issue made; the others are on the days before it."""


def multiply(source: Path, target: Path, times: int) -> int:
    """Write `times` as many days as `source` has into a new folder; gives how many.

    No two papers share an id or a title. The first copy keeps its titles and all else.
    """
    target.mkdir(parents=True)
    paths = sorted(source.glob("*.json"))
    n_days = len(paths) * times
    numbers: Counter[str] = Counter()
    for number in range(n_days):
        items = orjson.loads(paths[number % len(paths)].read_bytes())
        copy = number // len(paths)
        for item in items:
            month = item["paper"]["id"][:4]
            numbers[month] += 1
            item["paper"]["id"] = f"{month}.{numbers[month]:05}"
            if copy:
                item["title"] += f" ({copy})"
                item["paper"]["title"] += f" ({copy})"
        day = LAST - timedelta(days=n_days - 1 - number)
        (target / f"{day}.json").write_bytes(orjson.dumps(items))
    return n_days


def one_more_day(source: Path, target: Path) -> Path:
    """A folder with one day more than `target` has: its last day again, with other ids."""
    (path,) = sorted(source.glob("*.json"))[-1:]
    items = orjson.loads(path.read_bytes())
    for number, item in enumerate(items, 1):
        item["paper"]["id"] = f"2611.{99999 - number:05}"
        item["title"] += " (new)"
        item["paper"]["title"] += " (new)"
    made = target / f"{LAST + timedelta(days=3)}.json"
    made.write_bytes(orjson.dumps(items))
    return made
