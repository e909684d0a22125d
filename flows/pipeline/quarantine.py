"""Quarantine: rejected records, stored with their raw text and settled later.

A row is never removed. It is open until the record is accepted, after a fix, or a person drops it.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import pyarrow.compute as pc

from flows.pipeline.run import Run
from flows.pipeline.stage import Bodies
from schemas.core import CAPTURES, LISTINGS
from schemas.errors import UsageError
from schemas.ops import QUARANTINE
from tasks.detect_format import locate_landed
from tasks.merge.batch import Existing, is_in
from tasks.parse.capture import Capture
from tasks.parse.model import Raw
from tasks.quality.record_checks import Rejected
from warehouse.ledger import Ledger


class NoSuchRecord(UsageError):
    """Nothing in quarantine has this id."""


def quarantine(
    run: Run, checked: Collection[Capture], rejected: Collection[Rejected], bodies: Bodies
) -> list[dict[str, Any]]:
    """Record rejected records; one that is in quarantine already stays as it is.

    Returns the existing rows of the captures that were `checked` whole, updated: a record that is
    no longer rejected has been loaded and is `replayed`; one that still is may have other reasons
    than before. The ledger gets them when the load is committed.
    """
    settled = _settled(run, checked, rejected)
    rows = [_row(run, item, raw) for item, raw in _with_raw(run, rejected, bodies)]
    run.ledger.record_new(QUARANTINE, rows)
    return settled


def _with_raw(
    run: Run, rejected: Iterable[Rejected], bodies: Bodies
) -> Iterator[tuple[Rejected, Raw]]:
    """Each record with its raw text; a body is read once for all of its records."""
    for sha256, of_body in groupby(rejected, lambda item: item.page.sha256):
        body, body_format = bodies[sha256]
        content = body.content or run.landing.read(body.record)
        for item in of_body:
            yield item, item.raw or locate_landed(body_format, content, item.index)


def _settled(
    run: Run, checked: Collection[Capture], rejected: Iterable[Rejected]
) -> list[dict[str, Any]]:
    bodies = {page.sha256 for capture in checked for page in capture.pages}
    still = {(item.page.sha256, item.index): item for item in rejected}
    return [
        row | _now(run, still.get((row["payload_sha256"], row["record_index"])))
        for row in run.ledger.rows(QUARANTINE, "state NOT IN ('replayed', 'superseded')")
        if row["payload_sha256"] in bodies
    ]


def superseded(run: Run, existing: Existing, issues: Collection[str]) -> list[dict[str, Any]]:
    """The open rows of some issues whose records a later capture of the issue has, accepted:
    closed. A later capture without any rejected record has them all."""
    still_open = run.ledger.rows(QUARANTINE, "state = 'open'")
    rows = [row for row in still_open if row["issue_id"] in issues]
    accepted_at = _accepted_at(existing, {row["issue_id"] for row in rows})
    closed = {"state": "superseded", "settled_at": run.started_at, "settled_by": run.run_id}
    return [row | closed for row in rows if _is_superseded(run, row, accepted_at)]


Accepted = dict[tuple[str, str | None], datetime]
"""The newest capture that has a record of an issue and paper; for None, one without any reject."""


def _accepted_at(existing: Existing, issues: Collection[str]) -> Accepted:
    if not issues:
        return {}
    of_issues = is_in("issue_id", issues)
    is_clean = pc.field("n_quarantined") == 0
    newest: Accepted = {}
    for row in existing.dataset(LISTINGS).to_table(filter=of_issues).to_pylist():
        newest[row["issue_id"], row["paper_id"]] = row["last_seen_at"]
    for row in existing.dataset(CAPTURES).to_table(filter=of_issues & is_clean).to_pylist():
        key = row["issue_id"], None
        newest[key] = max(row["captured_at"], newest.get(key, row["captured_at"]))
    return newest


def _is_superseded(run: Run, row: dict[str, Any], accepted_at: Accepted) -> bool:
    issue_id = row["issue_id"]
    captured = [
        record.captured_at
        for record in run.landing.of_bytes(row["payload_sha256"])
        if record.issue_id == issue_id
    ]
    keys = {(issue_id, None), (issue_id, row["paper_id"])} & accepted_at.keys()
    return bool(captured) and any(accepted_at[key] > max(captured) for key in keys)


def _now(run: Run, item: Rejected | None) -> dict[str, Any]:
    """What changes in a row: its reasons, or that there are none any more."""
    if item is not None:
        return {"rules": "\n".join(item.rules), "reason": item.reason}
    return {"state": "replayed", "settled_at": run.started_at, "settled_by": run.run_id}


def drop(ledger: Ledger, quarantine_id: str, *, why: str, now: datetime) -> None:
    """Close an open row. Raises `NoSuchRecord` when there is none to close."""
    (row,) = open_rows(ledger, [quarantine_id])
    ledger.record(QUARANTINE, [row | {"state": "dropped", "settled_at": now, "why": why}])


def open_rows(ledger: Ledger, ids: Collection[str] = ()) -> list[dict[str, Any]]:
    """The open rows with these ids, or all of them. Raises `NoSuchRecord` for other ids."""
    rows = {row["quarantine_id"]: row for row in ledger.rows(QUARANTINE, "state = 'open'")}
    unknown = ", ".join(sorted(set(ids) - rows.keys()))
    if unknown:
        raise NoSuchRecord(f"nothing open in quarantine is called {unknown}; see `quarantine list`")
    return [rows[name] for name in ids] if ids else list(rows.values())


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
        "paper_id": item.paper_id,
    }
