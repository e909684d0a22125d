"""What a body from a file is, and when it was captured; nothing is stored here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tasks.detect_format import Detected, detect_format
from tasks.errors import BadBody
from tasks.parse.model import IssueRef
from warehouse.storage.landing import RawBody

_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True)
class Given:
    """What the caller says of the bodies: their issue, their capture time, and when the run began.

    By default a body says itself which issue it is; it was captured when its bytes say they were
    made, else now.
    """

    started_at: datetime
    issue: IssueRef | None = None
    captured_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """The capture time of what says nothing about it."""
        return self.captured_at or self.started_at


class IssueBody(NamedTuple):
    """A body of an issue. `is_dated` if the caller gave its capture time: it is then a capture of
    its own."""

    detected: Detected
    raw_body: RawBody
    is_dated: bool

    @property
    def sha256(self) -> str:
        return self.raw_body.sha256


def issue_body(content: bytes, origin: str, given: Given, sha256: str = "") -> IssueBody:
    """The body of an issue, whose checksum the caller may know. Raises `BadBody` or `UnknownIssue`
    for other bytes."""
    found = detect_format(content, origin, given.issue)
    made_at = _made_at(found, given.started_at)
    at = given.captured_at or min(made_at or given.started_at, given.started_at)
    named = found.source.name, found.format.name, str(found.issue)
    raw_body = RawBody(*named, at, content, origin, known_sha256=sha256)
    return IssueBody(found, raw_body, given.captured_at is not None)


def _made_at(found: Detected, now: datetime) -> datetime | None:
    """When a body says it was made. Raises `BadBody` for a time in the future."""
    made_at = found.made_at
    if made_at and made_at > now + _CLOCKS_DIFFER:
        raise BadBody("a body of today or before", f"one dated {made_at:%Y-%m-%d %H:%M} UTC")
    return made_at
