"""Lands and stages a chunk of files as one function, which any process can run.

The bodies go into one pack, which is durable before it is parsed. A file that is no digest is not
taken: the process that holds the writer lock lands it and says what is wrong with it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from flows.pipeline.captures import LandedBody, LandedCapture
from flows.pipeline.issue_body import Given, IssueBody, issue_body
from flows.pipeline.stage_chunk import stage_chunk
from flows.pipeline.staged_chunk import StagedChunk
from tasks.errors import BadBody, UnknownIssue
from tasks.merge.to_arrow import Stamp
from warehouse.storage.landing import Landing, store_packed


class File(NamedTuple):
    """A file to land: where it is, and the name that is recorded."""

    path: Path
    origin: str


@dataclass(frozen=True)
class LandedChunk:
    """Captures that are landed and staged, and the files that were not taken."""

    captures: tuple[LandedCapture, ...]
    staged: StagedChunk
    refused: frozenset[Path]


def land_chunk(files: Sequence[File], given: Given, landing: Landing, stamp: Stamp) -> LandedChunk:
    """Land files, whose bytes are not in the landing yet, in a pack, and stage them."""
    began = time.process_time()
    bodies: list[IssueBody] = []
    refused: set[Path] = set()
    for file in files:
        try:
            bodies.append(issue_body(file.path.read_bytes(), file.origin, given))
        except (OSError, BadBody, UnknownIssue):
            refused.add(file.path)
    records = store_packed(landing.root, [body.raw_body for body in bodies])
    landed = []
    for body, record in zip(bodies, records, strict=True):
        of_run = LandedBody(record, body.raw_body.content, body.detected.parsed)
        landed.append(LandedCapture(body.detected.issue, record.captured_at, (of_run,)))
    took = time.process_time() - began
    staged = stage_chunk(landed, landing, stamp, is_deriving=True)
    staged = replace(staged, seconds=staged.seconds + took)
    bare = tuple(capture.without_bytes() for capture in landed)
    return LandedChunk(bare, staged, frozenset(refused))
