"""A capture: the parsed body, or pages, of an issue as it was at one moment."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate, chain

from tasks.parse.model import IssueRef, ParsedBody, Record

CaptureId = tuple[str, datetime, str]
"""Issue, capture time and SHA-256: what names one capture."""


@dataclass(frozen=True)
class Page:
    """One parsed body of a capture."""

    sha256: str
    parser_version: str
    parsed: ParsedBody
    witness: str = "text"
    """The kind of body it is: with the source, whose word its records are."""


@dataclass(frozen=True)
class Capture:
    """An issue as captured at one moment, in one body or several pages."""

    issue: IssueRef
    captured_at: datetime
    pages: tuple[Page, ...]
    url: str | None = None

    @property
    def sha256(self) -> str:
        return payload_sha256([page.sha256 for page in self.pages])

    @property
    def id(self) -> CaptureId:
        return str(self.issue), self.captured_at, self.sha256

    @cached_property
    def issue_month(self) -> str:
        """The month in which the time named by the issue's key begins; that of the capture if the
        key names no time."""
        day = self.issue.begins_on or self.captured_at.astimezone(UTC).date()
        return f"{day:%Y-%m}"

    @property
    def records(self) -> Iterator[Record]:
        """The records of all pages, in order."""
        return chain.from_iterable(page.parsed.records for page in self.pages)

    @property
    def n_parsed(self) -> int:
        return sum(page.parsed.n_parsed for page in self.pages)

    @property
    def n_before(self) -> list[int]:
        """For each page, the records on the pages before it."""
        return list(accumulate((page.parsed.n_parsed for page in self.pages[:-1]), initial=0))

    @property
    def n_declared(self) -> int | None:
        counts = [n for page in self.pages if (n := page.parsed.n_declared) is not None]
        return sum(counts) if counts else None

    @property
    def query(self) -> str | None:
        return next((page.parsed.query for page in self.pages if page.parsed.query), None)


def payload_sha256(pages: list[str]) -> str:
    """Identifies the bytes of a capture: the body's SHA-256, or that of the list of its pages'."""
    if len(pages) == 1:
        return pages[0]
    return hashlib.sha256("\n".join(pages).encode()).hexdigest()
