"""The drift ledger: what a run saw of each format's fields goes on record, and what is new about it
is found. `mart.source_fields` and `paperhouse drift` read it."""

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
    """Put what a run saw on record; gives what has drifted.

    Reprocessing reads bodies that were counted when they were captured: it adds fields that are not
    on record and what is loaded now, and finds nothing.
    """
    found: list[FoundDrift] = []
    for key, seen in sorted(sightings.items()):
        known = known_fields(ledger, key)
        now = merged(known, seen)
        if is_reprocessing:
            now = {field: _again(known, seen, field, note) for field, note in now.items()}
        else:
            found += [FoundDrift(*key, **drift._asdict()) for drift in drifted(known, seen)]
        ledger.record(SOURCE_FIELDS, (_row(key, field, note) for field, note in now.items()))
    ledger.record(
        DRIFT,
        [{"run_id": run_id, "drift_index": n, **asdict(drift)} for n, drift in enumerate(found)],
    )
    return found


def known_fields(ledger: Ledger, key: FormatKey) -> dict[FieldSeen, FieldNote]:
    """What is on record of a format's fields."""
    rows = ledger.rows(SOURCE_FIELDS, "source = ? AND form = ?", key)
    return {FieldSeen(row["path"], row["type"]): _note(row) for row in rows}


def _again(
    known: Mapping[FieldSeen, FieldNote], seen: Sightings, field: FieldSeen, note: FieldNote
) -> FieldNote:
    if field not in known:
        return note
    is_loaded = note.is_loaded if field in seen.fields else known[field].is_loaded
    return FieldNote(**{**vars(known[field]), "is_loaded": is_loaded})


def _row(key: FormatKey, field: FieldSeen, note: FieldNote) -> dict[str, Any]:
    return {"source": key[0], "form": key[1], **field._asdict(), **vars(note)}


def _note(row: Mapping[str, Any]) -> FieldNote:
    """A row of the ledger; what older versions did not record counts from now on."""
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
