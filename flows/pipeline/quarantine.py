"""Records that were not loaded: put on record with what stood in the bytes, and settled later.

A row stays for good. It is open until the record is accepted, after a fix, or somebody drops it.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from flows.pipeline.run import Run
from schemas.errors import UsageError
from schemas.ops import QUARANTINE
from tasks.parse.capture import Capture
from tasks.parse.model import Raw
from tasks.quality.record_checks import Rejected
from tasks.sources import Format
from warehouse.ledger import Ledger
from warehouse.storage.landing import CaptureRecord

Bodies = dict[str, tuple[CaptureRecord, Format]]
"""Bodies in hand by SHA-256, each with the form that reads it."""


class NoSuchRecord(UsageError):
    """Nothing in quarantine has this id."""


def quarantine(run: Run, rejected: Iterable[Rejected], bodies: Bodies) -> None:
    """Put rejected records on record; one that is there already stays as it is."""
    rows = [_row(run, item, raw) for item, raw in _with_raw(run, rejected, bodies)]
    run.ledger.record_new(QUARANTINE, rows)


def _with_raw(
    run: Run, rejected: Iterable[Rejected], bodies: Bodies
) -> Iterator[tuple[Rejected, Raw]]:
    """Each record with what stood in the bytes; a body is read once for all of its records."""
    for sha256, of_body in groupby(rejected, lambda item: item.page.sha256):
        capture_record, body_format = bodies[sha256]
        content = run.landing.read(capture_record)
        for item in of_body:
            yield item, item.raw or body_format.locate(content, item.index)


def settle(run: Run, told: Collection[Capture], rejected: Collection[Rejected]) -> None:
    """Bring what is on record of captures that are told now up to date.

    A record that is no longer rejected has been loaded and is `replayed`; one that still is may be
    so for other reasons than before. The ledger is told when the run has committed what it loaded.
    """
    bodies = {page.sha256 for capture in told for page in capture.pages}
    on_record = [
        row
        for row in run.ledger.rows(QUARANTINE, "state <> 'replayed'")
        if row["payload_sha256"] in bodies
    ]
    still = {(item.page.sha256, item.index): item for item in rejected}
    run.settled += [
        row | _now(run, still.get((row["payload_sha256"], row["record_index"])))
        for row in on_record
    ]


def _now(run: Run, item: Rejected | None) -> dict[str, Any]:
    """What has changed about a row: its reasons, or that there are none any more."""
    if item is not None:
        return {"rules": "\n".join(item.rules), "reason": item.reason}
    return {"state": "replayed", "settled_at": run.started_at, "settled_by": run.run_id}


def drop(ledger: Ledger, quarantine_id: str, *, why: str, now: datetime) -> None:
    """Close an open row by hand. Raises `NoSuchRecord` when there is none to close."""
    rows = ledger.rows(QUARANTINE, "quarantine_id = ? AND state = 'open'", (quarantine_id,))
    if not rows:
        raise NoSuchRecord(
            f"nothing open in quarantine is called {quarantine_id!r}; see `quarantine list`"
        )
    ledger.record(
        QUARANTINE, [row | {"state": "dropped", "settled_at": now, "why": why} for row in rows]
    )


def _row(run: Run, item: Rejected, raw: Raw) -> dict[str, Any]:
    name = f"{item.page.sha256}:{item.index}"
    return {
        "quarantine_id": hashlib.sha256(name.encode()).hexdigest()[:16],
        "run_id": run.run_id,
        "issue_id": str(item.capture.issue),
        "payload_sha256": item.page.sha256,
        "record_index": item.index,
        "span_start": raw.span.start,
        "span_end": raw.span.end,
        "rules": "\n".join(item.rules),
        "reason": item.reason,
        "raw": raw.text,
        "quarantined_at": run.started_at,
        "state": "open",
    }
