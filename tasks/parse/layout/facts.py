"""The short lines beside a title: votes, comments, dates, authors, an organisation.

Only counts printed in full are counts. `-` means "not known"; `1.41k` is rounded and may be any
number from 1,405 to 1,414; `2026` without a label may be a year. All three are NULL.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

Kind = Literal[
    "count",
    "upvotes",
    "comments",
    "github_stars",
    "n_authors",
    "listed_on",
    "published_on",
    "captured_on",
    "organization",
    "submitter",
    "github_repo",
]


class Day(NamedTuple):
    """A date as printed; the year is None if it is left out."""

    year: int | None
    month: int
    day: int

    def in_year_of(self, captured_on: date | None) -> date | None:
        """The date meant; None when the year is not known, or there is no such day.

        Pages leave the year out when it is that of their capture. A day more than one after the
        capture is an error; one day later is possible, because the reader's day may begin before
        ours.
        """
        year = self.year or (captured_on.year if captured_on else None)
        try:
            found = date(year, self.month, self.day) if year else None
        except ValueError:
            return None
        if found and not self.year and captured_on and found > captured_on + timedelta(days=1):
            return None
        return found


class Fact(NamedTuple):
    """One fact that a line states about a paper or the page."""

    kind: Kind
    value: int | str | Day | None


_COUNT = r"\+?(?P<count>\d{1,3}(?:,\d{3}){1,2}|\d{1,9}|\d{1,4}(?:\.\d{1,3})?[kKmM]|[-\u2013\u2014])"
_LABELS: dict[str, Kind] = {
    "hf upvote": "upvotes",
    "upvote": "upvotes",
    "up-vote": "upvotes",
    "vote": "upvotes",
    "like": "upvotes",
    "point": "upvotes",
    "\u25b2": "upvotes",
    "\u2b06\ufe0f": "upvotes",
    "\u2b06": "upvotes",
    "\u2191": "upvotes",
    "\u2764\ufe0f": "upvotes",
    "\u2764": "upvotes",
    "\u2665": "upvotes",
    "\U0001f525": "upvotes",
    "\U0001f44d": "upvotes",
    "comment": "comments",
    "discussion": "comments",
    "\U0001f4ac": "comments",
    "github star": "github_stars",
    "github": "github_stars",
    "star": "github_stars",
    "\u2b50\ufe0f": "github_stars",
    "\u2b50": "github_stars",
    "\u2605": "github_stars",
}
_COUNTS = frozenset(_LABELS.values())
_LABEL = rf"(?P<label>{'|'.join(_LABELS)})s?"
_COUNTED = re.compile(
    rf"{_COUNT}(?:\s?{_LABEL})?|{_LABEL.replace('<label>', '<before>')}[: ]{{0,2}}"
    rf"{_COUNT.replace('<count>', '<after>')}",
    re.IGNORECASE,
)
_LEADING_COUNT = re.compile(
    rf"(?:{_COUNT}\s?{_LABEL}|{_LABEL.replace('<label>', '<before>')}[: ]{{0,2}}"
    rf"{_COUNT.replace('<count>', '<after>')})\s+(?=\S)",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"(\d{1,5}) (?:more )?authors?", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DATE = (
    r"(?:(?P<iso>\d{4}(?P<sep>[-/.])\d{2}(?P=sep)\d{2})"
    rf"|(?P<m1>{_MONTH}) (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y1>\d{{4}}))?"
    rf"|(?P<d2>\d{{1,2}}) (?P<m2>{_MONTH})(?:,? (?P<y2>\d{{4}}))?)"
)
_DATED = re.compile(
    rf"(?:(?P<verb>published|submitted|listed|posted|added)(?: on)?:? )?{_DATE}", re.IGNORECASE
)
_CAPTURED = re.compile(
    r"(?:page )?(?:captured?|saved|retrieved|fetched|accessed|downloaded|snapshot|as of)"
    rf"(?: date| on| at| of)?:? {_DATE}(?:[ T][\d: .]{{4,15}}(?:Z|UTC|GMT)?)?\.?",
    re.IGNORECASE,
)
_SUBMITTED_BY = re.compile(r"submitted by:? (?P<name>\S{1,60})", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*[·•|\t]\s*|\s{3,}")
_COMMAS = re.compile(r",\s+|\s/\s|;\s+")
_BLANKS = re.compile(r"\s+")
_DIGIT = re.compile(r"\d|submitted", re.IGNORECASE)
_LONGEST_LINE = 300
_LONGEST_WITHOUT_DIGITS = 24
_LONGEST_NAME = 60
_MOST_WORDS = 6


def read_facts(line: str) -> list[Fact]:
    """The facts of a line that consists of facts; empty for any other line.

    Facts on one line are separated by dots, bars or wide blanks; a short text among them is an
    organisation.
    """
    is_short = len(line) <= _LONGEST_WITHOUT_DIGITS
    if len(line) > _LONGEST_LINE or not (is_short or _DIGIT.search(line)):
        return []
    parts = [_BLANKS.sub(" ", part) for part in _SEPARATORS.split(line.strip()) if part]
    found = [(part, read_fact(part)) for part in parts]
    if not any(fact for _, fact in found):
        counts = [read_fact(part) for part in _COMMAS.split(line.strip())]
        if len(counts) > 1 and all(fact and fact.kind in _COUNTS for fact in counts):
            return [fact for fact in counts if fact]
        counted = _LEADING_COUNT.match(line)
        rest = read_facts(line[counted.end() :]) if counted else []
        return [_counted(counted), *rest] if counted and rest else []
    facts = [fact or Fact("organization", part) for part, fact in found if fact or is_name(part)]
    return facts if len(facts) == len(found) else []


def read_fact(text: str) -> Fact | None:
    """One fact; None when the text is none."""
    if len(text) > _LONGEST_NAME + 20:
        return None
    if counted := _COUNTED.fullmatch(text):
        return _counted(counted)
    if authors := _AUTHORS.fullmatch(text):
        return Fact("n_authors", int(authors.group(1)))
    for kind, pattern in (("captured_on", _CAPTURED), ("listed_on", _DATED)):
        if dated := pattern.fullmatch(text):
            is_published = (dated.groupdict().get("verb") or "").lower() == "published"
            return Fact("published_on" if is_published else kind, _day(dated))  # type: ignore[arg-type]
    submitted = _SUBMITTED_BY.fullmatch(text)
    return Fact("submitter", submitted.group("name")) if submitted else None


def is_name(text: str) -> bool:
    """Whether a text is short enough to name an organisation, and begins like a name."""
    return (
        0 < len(text) <= _LONGEST_NAME
        and len(text.split()) <= _MOST_WORDS
        and text[0].isalnum()
        and text[-1] not in ".!?:"
    )


def midnight(day: date | None) -> datetime | None:
    """The day as a time: midnight in UTC, because only the day is known."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def _counted(found: re.Match[str]) -> Fact:
    label = (found.group("label") or found.group("before") or "").lower()
    printed = found.group("count") or found.group("after")
    text = printed.replace(",", "")
    is_year = not label and len(printed) == 4 and printed[:2] in ("19", "20")
    return Fact(
        _LABELS.get(label, "count"), int(text) if text.isdecimal() and not is_year else None
    )


def _day(found: re.Match[str]) -> Day:
    if found.group("iso"):
        return Day(*map(int, re.split(r"[-/.]", found.group("iso"))))
    n = "1" if found.group("m1") else "2"
    year_text = found.group(f"y{n}")
    return Day(
        int(year_text) if year_text else None,
        _MONTHS.index(found.group(f"m{n}")[:3].lower()) + 1,
        int(found.group(f"d{n}")),
    )
