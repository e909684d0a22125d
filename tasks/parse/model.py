"""The types of a parsed body: the issue it belongs to, its records, its rejects and why."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Self

from tasks.errors import BadIssueId

_ISSUE_ID = re.compile(r"^(?P<source>[a-z]+):(?P<edition>[\w.+-]+):(?P<key>\S+)$", re.ASCII)


_TIMES = (("%Y-%m-%d", ""), ("%G-W%V-%u", "-1"), ("%Y-%m-%d", "-01"), ("%Y%m%dT%H%M%SZ", ""))
"""`strptime` formats of keys that name a time, and what is appended to the key first."""
_PERIODS = ("%Y-%m-%d", "%G-W%V", "%Y-%m")
"""`strftime` formats of keys that name a date, an ISO week or a month."""


@dataclass(frozen=True, order=True)
class IssueRef:
    """Names one issue: `huggingface:daily:2026-11-20`."""

    source: str
    edition: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}:{self.edition}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse an issue id. Raises `BadIssueId` for any other text."""
        found = _ISSUE_ID.match(text)
        if not found:
            raise BadIssueId(
                f"{text!r} does not name an issue; write SOURCE:EDITION:KEY, "
                "as in huggingface:daily:2026-11-20"
            )
        return cls(**found.groupdict())

    @property
    def issued_on(self) -> date | None:
        """The issue's date if its key is one, or begins with one and a dot."""
        return _issued_on(self.key)

    @property
    def begins_on(self) -> date | None:
        """The first day of what the key names: a date, an ISO week, a month, or the moment of a
        capture (`20261125T064500Z`, alone or after an `@`); None if it names no time."""
        return _begins_on(self.key)

    @property
    def period(self) -> str | None:
        """The date, ISO week or month that the key is, or begins with and a dot; else None."""
        return self.key.partition(".")[0] if _period_format(self.key) else None

    def period_of(self, day: date | None) -> str | None:
        """The date, ISO week or month that a day is in, written as this issue's key is."""
        written = _period_format(self.key)
        return day.strftime(written) if written and day else None

    def may_list(self, listed: "Listed") -> bool:
        """Whether a record that was listed then may be of the issue's date, week or month; true for
        an issue that is of none."""
        return _may_list(self.key, listed)

    @property
    def ends_on(self) -> date | None:
        """The last day of what the key names: a date, an ISO week or a month; None if it names a
        moment or no time."""
        if day := self.issued_on:
            return day
        first, text = self.begins_on, self.key.partition(".")[0]
        if first is None or "T" in text:
            return None
        if "W" in text:
            return first + timedelta(days=6)
        if text == f"{first:%Y-%m}":
            return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return first


@lru_cache(maxsize=10_000)
def _issued_on(key: str) -> date | None:
    try:
        head = key.partition(".")[0]
        return date.fromisoformat(head) if len(head) == len("2026-11-20") else None
    except ValueError:
        return None


@lru_cache(maxsize=10_000)
def _begins_on(key: str) -> date | None:
    """`IssueRef.begins_on` of a key: asked for each record of an issue, and slow to read."""
    text = key.rpartition("@")[2].partition(".")[0]
    for pattern, ending in _TIMES:
        with suppress(ValueError):
            return datetime.strptime(text + ending, pattern).date()  # noqa: DTZ007 - only its date is used
    return None


@lru_cache(maxsize=10_000)
def _period_format(key: str) -> str | None:
    """How the date, ISO week or month is written that a key is or begins with; None if it is
    none."""
    head, begins_on = key.partition(".")[0], _begins_on(key)
    return next((p for p in _PERIODS if begins_on and begins_on.strftime(p) == head), None)


class Listed(NamedTuple):
    """When a record says that its digest listed it: most likely `on` this day, and for certain on
    one of the days `within`."""

    on: date
    within: tuple[date, ...]

    @classmethod
    def exactly(cls, day: date) -> Self:
        """The record leaves no doubt about the day."""
        return cls(day, (day,))


@lru_cache(maxsize=10_000)
def _may_list(key: str, listed: Listed) -> bool:
    """`IssueRef.may_list` of a key; the records of an issue name few days."""
    written, head = _period_format(key), key.partition(".")[0]
    return written is None or any(day.strftime(written) == head for day in listed.within)


class Span(NamedTuple):
    """A place in a body: byte offsets, end excluded."""

    start: int
    end: int

    def stripped(self, content: bytes) -> "Span":
        """The span without the blanks at its ends."""
        text = content[self.start : self.end]
        start = self.end - len(text.lstrip())
        return Span(start, start + len(text.strip()))


class Author(NamedTuple):
    """One entry of a paper's author list, as the digest prints it."""

    name: str
    user: str | None = None
    status: str | None = None
    is_hidden: bool | None = None


class Record(NamedTuple):
    """One listed paper as its body describes it; None means "the body does not say".

    `place` is its number in the body, from 0. `arxiv_id` has no version. Times are aware. `listed`
    is what the record itself says; a date that the body shows for all its records is not.
    """

    place: int
    title_as_listed: str
    title: str
    arxiv_id: str | None = None
    abstract: str | None = None
    authors: tuple[Author, ...] = ()
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    github_repo: str | None = None
    project_page: str | None = None
    ai_summary: str | None = None
    ai_keywords: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    paper_organization: str | None = None
    listing_type: str = "listed"
    version: int | None = None
    submitter: str | None = None
    submitted_at: datetime | None = None
    is_author_participating: bool | None = None
    discussion_id: str | None = None
    thumbnail_url: str | None = None
    media_urls: tuple[str, ...] | None = None
    listing_organization: str | None = None
    upvotes: int | None = None
    comments: int | None = None
    github_stars: int | None = None
    listed: Listed | None = None


class Outline(NamedTuple):
    """What telling papers and days needs of a record whose values became rows elsewhere."""

    place: int
    title: str
    arxiv_id: str | None
    submitted_at: datetime | None
    listed: Listed | None

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls(*(getattr(record, name) for name in cls._fields))


class Reject(NamedTuple):
    """A record that could not be read: its place, its raw text, and the reason in words.

    `is_one_value` says that it would be a record but for a value that no table can hold.
    """

    place: int
    reason: str
    raw: str
    span: Span
    is_one_value: bool = False


class Raw(NamedTuple):
    """The raw text of a record in its body."""

    text: str
    span: Span

    @classmethod
    def at(cls, content: bytes, span: Span) -> Self:
        """The text at a place in a body."""
        return cls(content[span.start : span.end].decode(errors="replace"), span)


class FieldSeen(NamedTuple):
    """A field path and the JSON type found there."""

    path: str
    type: str


class Conversion(NamedTuple):
    """A value that did not have its field's usual type: the type it had, and what it was read as.

    `became` is the field's kind, or `nothing` if the value was dropped from its record.
    """

    path: str
    found: str
    became: str


@dataclass(frozen=True)
class ParsedBody:
    """What one body contains. `shown_on` is the date that the body itself claims, if any."""

    records: tuple[Record, ...]
    """Outlines of them, in a body whose rows were made by another process."""
    rejects: tuple[Reject, ...] = ()
    fields_seen: Mapping[FieldSeen, int] = field(default_factory=dict)
    """How many values each field has."""
    shown_on: date | None = None
    n_declared: int | None = None
    query: str | None = None
    records_with: Mapping[FieldSeen, int] = field(default_factory=dict)
    """How many records have each field; empty if no record has a field twice."""
    conversions: Mapping[Conversion, int] = field(default_factory=dict)
    """What was converted or dropped, and how often."""
    witness: str | None = None
    """The kind of body, if it knows less than other bodies of its format: see schemas/witnesses."""

    @property
    def n_parsed(self) -> int:
        return len(self.records) + len(self.rejects)

    @property
    def n_papers(self) -> int:
        """How many papers the body names, also those rejected for one damaged value."""
        return len(self.records) + sum(reject.is_one_value for reject in self.rejects)
