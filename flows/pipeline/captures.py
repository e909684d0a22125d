"""Landed captures: what extract and intake hand to load."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from flows.pipeline.staged_chunk import StagedChunk
from tasks.parse.capture import CaptureId, payload_sha256
from tasks.parse.model import IssueRef, ParsedBody
from warehouse.storage.landing import CaptureRecord, Landing


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
    staged: StagedChunk | None = field(default=None, repr=False, compare=False)
    """The chunk it was staged in, where that was done ahead."""

    @property
    def id(self) -> CaptureId:
        return str(self.issue), self.captured_at, self.sha256

    def without_bytes(self) -> Self:
        """The capture with nothing in memory of its bodies, which are in the landing."""
        return replace(self, bodies=tuple(map(LandedBody, self.records)))

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
) -> dict[CaptureId, LandedCapture]:
    """The landed captures of some issues (None: of all), by their ids, oldest first.

    Files that a person loads at one moment may hold several bodies of an issue: each is a capture.
    """
    found: dict[tuple[str, datetime], list[CaptureRecord]] = {}
    for record in landing.capture_records():
        if record.issue_id and (issues is None or record.issue_id in issues):
            found.setdefault((record.issue_id, record.captured_at), []).append(record)
    captures = [
        LandedCapture(IssueRef.parse(issue_id), captured_at, tuple(map(LandedBody, pages)))
        for (issue_id, captured_at), records in found.items()
        for pages in _split_into_captures(records)
    ]
    captures.sort(key=lambda capture: (capture.captured_at, capture.id))
    return {capture.id: capture for capture in captures}


def _split_into_captures(records: Iterable[CaptureRecord]) -> list[list[CaptureRecord]]:
    """The records of each capture, in page order, of all records of an issue and moment.

    Part 0 begins a capture. A later part belongs to one that was fetched from the same address and
    has no such part yet.
    """
    found: list[list[CaptureRecord]] = []
    for record in sorted(records, key=lambda record: record.part):
        begun = (
            pages
            for pages in found
            if pages[-1].part < record.part and _address(pages[0]) == _address(record)
        )
        pages = next(begun, None)
        if pages is None:
            found.append([record])
        else:
            pages.append(record)
    return found


def _address(record: CaptureRecord) -> str:
    """The origin of a body without the query, which differs from page to page."""
    return record.origin.partition("?")[0]
