"""The stage of a chunk of captures as one function, which any process can run.

It needs nothing but its arguments, which name bodies by their place in the landing. It parses them,
makes rows of their records, measures each capture, counts fields and derives what the papers say of
themselves. The rows come back as Arrow, the records as outlines: whoever merges them need not parse
a body again. What it does is independent of which captures are staged together.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pyarrow as pa

from flows.pipeline.captures import LandedCapture
from flows.pipeline.garbage import collected_by_hand
from flows.pipeline.stage import stage
from flows.pipeline.staged_chunk import ArrowTables, StagedChunk
from schemas.core import PAPER_VERSIONS
from tasks.derive import READS, derived_tables
from tasks.merge.resolve import every_record
from tasks.merge.to_arrow import Stamp, sightings
from tasks.parse.capture import Capture, CaptureId, Page
from tasks.parse.model import Outline, Record
from tasks.quality.drift import FormatKey, Sightings
from tasks.quality.profile import measure
from warehouse.storage.landing import Landing


def stage_chunk(
    landed: Sequence[LandedCapture], landing: Landing, stamp: Stamp, is_deriving: bool = False
) -> StagedChunk:
    """Stage captures; `stamp` is that of the run.

    Facts are derived from each text of a paper where `is_deriving`: for captures of which most
    papers are new. Else they are derived when it is known which text of a paper is the current one.
    """
    with collected_by_hand() as collect:
        chunk = _stage(landed, landing, stamp, is_deriving)
        collect()
    return chunk


def _stage(
    landed: Sequence[LandedCapture], landing: Landing, stamp: Stamp, is_deriving: bool
) -> StagedChunk:
    began = time.process_time()
    fields: dict[FormatKey, Sightings] = {}
    staged = stage(landed, landing, fields)
    candidates = every_record(staged.captures)
    rows = sightings(candidates, stamp)
    return StagedChunk(
        {capture.id: _outlined(capture) for capture in staged.captures},
        {(o.issue_id, o.captured_at, str(o.payload_sha256)): o for o in staged.broken},
        {capture.id: measure(capture) for capture in staged.captures},
        _firsts(staged.captures),
        ArrowTables({table.full_name: of_table for table, of_table in rows.items()}),
        ArrowTables(derived_tables(_once(rows[PAPER_VERSIONS])) if is_deriving else {}),
        fields,
        time.process_time() - began,
    )


def _firsts(captures: Sequence[Capture]) -> dict[CaptureId, tuple[int, ...]]:
    n_before = 0
    firsts: dict[CaptureId, tuple[int, ...]] = {}
    for capture in captures:
        places = []
        for page in capture.pages:
            places.append(n_before)
            n_before += len(page.parsed.records)
        firsts[capture.id] = tuple(places)
    return firsts


def _once(versions: pa.Table) -> pa.Table:
    """What is read of papers, each text of a paper once."""
    seen: set[str] = set()
    is_first = []
    for content in versions["content_sha256"].to_pylist():
        is_first.append(content not in seen)
        seen.add(content)
    return versions.select(list(READS)).filter(pa.array(is_first, pa.bool_()))


def _outlined(capture: Capture) -> Capture:
    """A capture with what telling papers and days needs of its records. They have no other values:
    whoever reads one of those gets an `AttributeError`, never a wrong NULL."""
    return replace(capture, pages=tuple(map(_outlined_page, capture.pages)))


def _outlined_page(page: Page) -> Page:
    outlines = cast("tuple[Record, ...]", tuple(map(Outline.of, page.parsed.records)))
    parsed = replace(page.parsed, records=outlines, fields_seen={}, records_with={}, conversions={})
    return replace(page, parsed=parsed)
