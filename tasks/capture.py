"""A capture: one taking of an issue, parsed; and the guards that keep a worse one out."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from tasks.model import IssueRef, ParsedBody


@dataclass(frozen=True)
class Page:
    """One parsed body of a capture."""

    sha256: str
    parser_version: str
    parsed: ParsedBody


@dataclass(frozen=True)
class Capture:
    """An issue as it was taken at one time, in one body or several pages."""

    issue: IssueRef
    captured_at: datetime
    pages: tuple[Page, ...]
    url: str | None = None

    @property
    def sha256(self) -> str:
        return payload_sha256([page.sha256 for page in self.pages])

    @property
    def issue_month(self) -> str:
        """Month in which what the issue's key names begins, or of the capture when it names no
        time."""
        day = self.issue.begins_on or self.captured_at.astimezone(UTC).date()
        return f"{day:%Y-%m}"

    @property
    def n_parsed(self) -> int:
        return sum(page.parsed.n_parsed for page in self.pages)

    @property
    def n_declared(self) -> int | None:
        counts = [page.parsed.n_declared for page in self.pages]
        return (
            sum(n for n in counts if n is not None) if any(n is not None for n in counts) else None
        )

    @property
    def query(self) -> str | None:
        return next((page.parsed.query for page in self.pages if page.parsed.query), None)


def payload_sha256(pages: list[str]) -> str:
    """What names the bytes of a capture: the body's SHA-256, or that of the list of its pages'."""
    if len(pages) == 1:
        return pages[0]
    return hashlib.sha256("\n".join(pages).encode()).hexdigest()


def why_held(capture: Capture, n_known: int) -> str | None:
    """Why a capture must not be loaded, or None when it may.

    `n_known` is the most records any loaded capture of the issue had. A page that shows another
    date than the one asked for has snapped back to an older issue; a capture with less than half
    of what is known is a half-published or damaged one.
    """
    for page in capture.pages:
        shown_on = page.parsed.shown_on
        if shown_on and capture.issue.issued_on and shown_on != capture.issue.issued_on:
            return f"the page shows {shown_on}, not {capture.issue.issued_on}"
    if 2 * capture.n_parsed < n_known:
        return f"it has {capture.n_parsed} records where {n_known} are known, less than half"
    return None
