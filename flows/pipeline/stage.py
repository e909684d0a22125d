"""Parses landed bodies: from bytes to captures, and the fields seen in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC

from flows.pipeline.captures import LandedBody, LandedCapture
from flows.pipeline.report import IssueOutcome
from flows.pipeline.staged_chunk import StagedChunk
from tasks.detect_format import parse_landed
from tasks.errors import BadBody
from tasks.merge.premade import Premade
from tasks.parse.capture import Capture, Page
from tasks.parse.model import ParsedBody
from tasks.quality.drift import FormatKey, Sightings
from tasks.quality.profile import Profile
from tasks.sources import Format, source_of
from warehouse.storage.landing import Landing

Bodies = dict[str, tuple[LandedBody, Format]]
"""Bodies by SHA-256, each with its format."""


@dataclass
class Staged:
    """The result of staging some captures."""

    captures: list[Capture] = field(default_factory=list)
    broken: list[IssueOutcome] = field(default_factory=list)
    """The outcomes of captures that are no issue."""
    bodies: Bodies = field(default_factory=dict)
    profiles: dict[int, Profile] = field(default_factory=dict)
    """The measures of captures that were staged ahead, by `id()`."""
    premade: dict[int, Premade] = field(default_factory=dict)
    """The rows of the pages of those, by `id()`."""
    chunks: list[StagedChunk] = field(default_factory=list)
    """The chunks in which those were staged, in their order."""


def stage(
    landed: Iterable[LandedCapture],
    landing: Landing,
    sightings: dict[FormatKey, Sightings] | None = None,
) -> Staged:
    """Parse captures, and add the fields of their bodies to `sightings`.

    A body that was parsed before it was landed is not parsed again; one whose bytes are in memory
    is not read again; a capture that was staged ahead is taken as it is."""
    staged = Staged()
    for capture in landed:
        if capture.staged:
            _take(staged, capture, capture.staged)
            continue
        try:
            staged.captures.append(_parse(staged, capture, landing, sightings))
        except BadBody as error:
            issue_id, at, sha256 = str(capture.issue), capture.captured_at, capture.sha256
            staged.broken.append(IssueOutcome(issue_id, at, "broken", sha256, reason=str(error)))
    return staged


def _take(staged: Staged, landed: LandedCapture, chunk: StagedChunk) -> None:
    """Take a capture from the chunk in which it was staged."""
    if not staged.chunks or staged.chunks[-1] is not chunk:
        staged.chunks.append(chunk)
    if landed.id in chunk.broken:
        staged.broken.append(chunk.broken[landed.id])
        return
    capture = chunk.captures[landed.id]
    staged.captures.append(capture)
    source = source_of(landed.issue)
    for body in landed.bodies:
        staged.bodies[body.record.sha256] = (body, source.format(body.record.format))
    staged.profiles[id(capture)] = chunk.profiles[landed.id]
    for page, first in zip(capture.pages, chunk.firsts[landed.id], strict=True):
        staged.premade[id(page)] = Premade(chunk.rows_by_table, first)


def _parse(
    staged: Staged,
    landed: LandedCapture,
    landing: Landing,
    sightings: dict[FormatKey, Sightings] | None,
) -> Capture:
    """Parse one capture. Raises `BadBody` when a body of it is no issue."""
    source = source_of(landed.issue)
    pages: list[Page] = []
    for body in landed.bodies:
        body_format = source.format(body.record.format)
        parsed = body.parsed or parse_landed(body_format, body.content or landing.read(body.record))
        staged.bodies[body.record.sha256] = (body, body_format)
        if sightings is not None:
            _note_fields(sightings, landed, body_format, parsed)
        query = parsed.query or source.query_of(landed.issue)
        sha256, version = body.record.sha256, body_format.parser_version
        parsed = replace(parsed, query=query)
        pages.append(Page(sha256, version, parsed, parsed.witness or body_format.witness))
    return Capture(landed.issue, landed.captured_at, tuple(pages), landed.url)


def _note_fields(
    sightings: dict[FormatKey, Sightings],
    landed: LandedCapture,
    body_format: Format,
    parsed: ParsedBody,
) -> None:
    """Add the fields of a body to those seen of its format."""
    seen = sightings.setdefault((landed.issue.source, body_format.name), Sightings())
    loaded = body_format.loaded_paths(found.path for found in parsed.fields_seen)
    day = landed.issue.issued_on or landed.captured_at.astimezone(UTC).date()
    seen.add(parsed, loaded, landed.captured_at, day)
