"""Records the fields a run saw in each format, and finds how they changed.

`mart.source_fields` and `paperhouse drift` read these records."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flows.pipeline.report import FoundDrift
from schemas.ops import DRIFT, SOURCE_FIELDS
from tasks.parse.model import FieldSeen
from tasks.quality.drift import FieldNote, FormatKey, Sightings, drifted, merged
from warehouse.ledger import Ledger


def record_drift(
    ledger: Ledger,
    run_id: str,
    sightings: Mapping[FormatKey, Sightings],
    *,
    is_reprocessing: bool,
) -> list[FoundDrift]:
    """Record the fields a run saw; returns the drift.

    Reprocessing reads bodies that were counted when they were captured. It only adds fields that
    are not on record and updates which are loaded, and returns no drift.
    """
    found: list[FoundDrift] = []
    for key, seen in sorted(sightings.items()):
        existing = _recorded_fields(ledger, key)
        now = merged(existing, seen)
        if is_reprocessing:
            now = {field: _again(existing, seen, field, note) for field, note in now.items()}
        else:
            found += [FoundDrift(*key, **drift._asdict()) for drift in drifted(existing, seen)]
        ledger.record(SOURCE_FIELDS, (_row(key, field, note) for field, note in now.items()))
    ledger.record(
        DRIFT,
        [{"run_id": run_id, "drift_index": n, **asdict(drift)} for n, drift in enumerate(found)],
    )
    return found


def _recorded_fields(ledger: Ledger, key: FormatKey) -> dict[FieldSeen, FieldNote]:
    """The fields of a format that are on record."""
    rows = ledger.rows(SOURCE_FIELDS, "source = ? AND form = ?", key)
    return {FieldSeen(row["path"], row["type"]): _note(row) for row in rows}


def _again(
    existing: Mapping[FieldSeen, FieldNote], seen: Sightings, field: FieldSeen, note: FieldNote
) -> FieldNote:
    """The record of a field after its bodies were reprocessed."""
    if field not in existing:
        return note
    is_loaded = note.is_loaded if field in seen.fields else existing[field].is_loaded
    return existing[field]._replace(is_loaded=is_loaded)


def _row(key: FormatKey, field: FieldSeen, note: FieldNote) -> dict[str, Any]:
    return {"source": key[0], "form": key[1], **field._asdict(), **note._asdict()}


def _note(row: Mapping[str, Any]) -> FieldNote:
    """A field's record from a row; counts that older versions did not keep begin at 0."""
    return FieldNote(
        row["n_seen"],
        row["n_records"] or 0,
        row["n_records_read"] or 0,
        row["first_seen_at"],
        row["last_seen_at"],
        row["first_issued_on"] or row["first_seen_at"].date(),
        row["last_issued_on"] or row["last_seen_at"].date(),
        row["is_loaded"],
    )
