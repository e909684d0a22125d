"""Landed captures: what extract and intake hand to load."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tasks.parse.capture import CaptureId, payload_sha256
from tasks.parse.model import IssueRef, ParsedBody
from warehouse.storage.landing import CaptureRecord, Landing

if TYPE_CHECKING:
    from flows.pipeline.stage_chunk import StagedChunk


@dataclass(frozen=True)
class LandedBody:
    """A body in the landing, with its bytes and its parsed records where this run has them already:
    so it is read from the disk and parsed at most once."""

    record: CaptureRecord
    content: bytes | None = field(default=None, repr=False, compare=False)
    parsed: ParsedBody | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class LandedCapture:
    """One capture of an issue, its bodies in page order."""

    issue: IssueRef
    captured_at: datetime
    bodies: tuple[LandedBody, ...]
    staged: "StagedChunk | None" = field(default=None, repr=False, compare=False)
    """The chunk it was staged in, where that was done ahead."""

    @property
    def id(self) -> CaptureId:
        return str(self.issue), self.captured_at, self.sha256

    @property
    def records(self) -> tuple[CaptureRecord, ...]:
        return tuple(body.record for body in self.bodies)

    @property
    def url(self) -> str | None:
        """Where the first body was fetched; None for a local file."""
        origin = self.bodies[0].record.origin
        return origin if origin.startswith(("https://", "http://")) else None

    @property
    def sha256(self) -> str:
        return payload_sha256([record.sha256 for record in self.records])


def landed_captures(
    landing: Landing, issues: Collection[str] | None = None
) -> dict[tuple[str, datetime], LandedCapture]:
    """The landed captures of some issues (None: of all), by issue and time, oldest first."""
    pages: defaultdict[tuple[str, datetime], list[CaptureRecord]] = defaultdict(list)
    for record in landing.capture_records():
        if record.issue_id and (issues is None or record.issue_id in issues):
            pages[record.issue_id, record.captured_at].append(record)
    return {
        (issue_id, captured_at): LandedCapture(
            IssueRef.parse(issue_id),
            captured_at,
            tuple(map(LandedBody, sorted(pages[issue_id, captured_at], key=lambda r: r.part))),
        )
        for issue_id, captured_at in sorted(pages, key=lambda key: (key[1], key[0]))
    }
