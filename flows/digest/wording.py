"""The words of the frame of a mail, in the languages of `languages/`: one TOML file each.

Papers keep their language; only what stands around them is told in that of the reader.
"""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from flows.digest.issues import Issue

FALLBACK = "en"
_FOLDER = files("flows.digest") / "languages"


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, as in `Wishes.language`."""
    names = (file.name for file in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def wording(language: str) -> "Wording":
    """The words of a language; English where there are none."""
    known = language if language in languages() else FALLBACK
    text = (_FOLDER / f"{known}.toml").read_text(encoding="utf-8")
    return Wording(known, tomllib.loads(text))


class Wording:
    """The words of one language, and how it writes numbers and dates."""

    def __init__(self, language: str, entries: dict[str, Any]) -> None:
        self.language = language
        self._entries = entries

    def __call__(self, key: str, n: int | None = None, **values: object) -> str:
        """The words of a key, filled in; with a number, those for it."""
        one = f"{key}_one"
        chosen = one if n == 1 and one in self._entries else key
        shown = {} if n is None else {"n": self.number(n)}
        return str(self._entries[chosen]).format(**shown, **values)

    def number(self, n: int) -> str:
        """A whole number with separators."""
        return f"{n:,}".replace(",", str(self._entries["thousands"]))

    def papers(self, n: int) -> str:
        """`1 paper`, `2 papers`."""
        return self("papers", n)

    def day(self, day: date, key: str = "date") -> str:
        """`20 November 2026`, or what another key shows of a date."""
        return self(key, day=day.day, month=self._month(day), year=day.year)

    def title(self, issue: Issue) -> str:
        """A day with its weekday, or a week with its days."""
        if issue.frequency == "weekly":
            first, last = issue.first_on, issue.on
            key = "date" if first.year != last.year else "date_of_year"
            key = "date_of_month" if first.month == last.month else key
            return self("week", first=self.day(first, key), last=self.day(last))
        weekday = self._entries["weekdays"][issue.on.weekday()]
        return self("day", weekday=weekday, date=self.day(issue.on))

    def short_title(self, issue: Issue) -> str:
        """`20 Nov`, or `week 47`."""
        if issue.frequency == "weekly":
            return self("short_week", number=issue.on.isocalendar().week)
        return self("short_date", day=issue.on.day, month3=self._month(issue.on)[:3])

    def moment(self, at: datetime) -> str:
        """When votes were seen; a time in UTC."""
        return self("votes_as_of", date=self.day(at.date()), time=f"{at:%H:%M}")

    def names(self, names: Sequence[str], n: int | None = None, most: int = 3) -> str:
        """Names in short: the first ones, and how many more there are of `n`."""
        n = len(names) if n is None else n
        if n <= most + 1:
            return ", ".join(names)
        return self("more", n - most, names=", ".join(names[:most]))

    def _month(self, day: date) -> str:
        return str(self._entries["months"][day.month - 1])
