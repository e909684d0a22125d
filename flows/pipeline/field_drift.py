"""The drift ledger: what a run saw of each form's fields goes on record, and what is new about it
is found."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from flows.pipeline.report import FoundDrift, shown
from schemas.errors import UsageError
from schemas.ops import DRIFT, SOURCE_FIELDS
from tasks.parse.model import FieldSeen
from tasks.quality.drift import FieldNote, FormatKey, Sightings, drifted, merged, shares
from tasks.sources import sources
from warehouse.ledger import Ledger, open_ledger
from warehouse.storage.home import Home

_ALARMS_SHOWN = 20


def record_drift(
    ledger: Ledger,
    run_id: str,
    sightings: Mapping[FormatKey, Sightings],
    *,
    is_reprocessing: bool,
) -> list[FoundDrift]:
    """Put what a run saw on record; gives what has drifted.

    A retelling reads bodies that were counted when they came: it adds fields that are not on
    record and what is loaded now, and finds nothing.
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
    """What is on record of a form's fields."""
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


@dataclass(frozen=True)
class FieldOnRecord:
    """One path of a form, whatever its types."""

    source: str
    form: str
    path: str
    types: tuple[str, ...]
    share: float | None
    """Of the records read since it was first seen; None when only its values were counted then."""
    first_issued_on: str
    last_issued_on: str
    is_loaded: bool


@dataclass(frozen=True)
class DriftLedger:
    """Every path on record, and what the last runs found."""

    fields: tuple[FieldOnRecord, ...]
    drift: tuple[dict[str, Any], ...]
    """Rows of ops.drift, newest run first."""

    def as_json(self) -> dict[str, Any]:
        return {"fields": [asdict(field) for field in self.fields], "drift": list(self.drift)}

    def table(self, source: str, body_format: str) -> pa.Table:
        """The fields of one form for people."""
        rows = [
            field for field in self.fields if (field.source, field.form) == (source, body_format)
        ]
        return pa.table(
            {
                "field": [shown(row.path) for row in rows],
                "types": [", ".join(row.types) for row in rows],
                "records": ["" if row.share is None else f"{row.share:.1%}" for row in rows],
                "first": [row.first_issued_on for row in rows],
                "last": [row.last_issued_on for row in rows],
                "loaded": ["yes" if row.is_loaded else "" for row in rows],
            }
        )

    def alarm_lines(self) -> list[str]:
        """The alarms, newest first."""
        alarms = [row for row in self.drift if row["severity"] == "alarm"]
        lines = [
            f"{row['run_id']}  {row['source']} {row['form']}: {shown(row['path'])}: "
            f"{row['kind']}: {row['detail']}, {row['n_records']:,} records"
            for row in alarms[:_ALARMS_SHOWN]
        ]
        if len(alarms) > _ALARMS_SHOWN:
            lines.append(f"and {len(alarms) - _ALARMS_SHOWN:,} more in ops.drift")
        return lines


def read_drift(home: Home, *, n_runs: int, source: str | None = None) -> DriftLedger:
    """The fields of every form, or of one source's; and what the last runs that found drift found.

    Raises `UsageError` for a source that does not exist.
    """
    if source is not None and source not in sources():
        raise UsageError(f"no source is called {source!r}; there are: {', '.join(sources())}")
    with open_ledger(home.ledger) as ledger:
        where, given = ("source = ?", [source]) if source else ("true", [])
        keys = {(row["source"], row["form"]) for row in ledger.rows(SOURCE_FIELDS, where, given)}
        fields = [
            field for key in sorted(keys) for field in _on_record(key, known_fields(ledger, key))
        ]
        rows = ledger.rows(DRIFT, where, given)
    runs = sorted({row["run_id"] for row in rows}, reverse=True)[:n_runs]
    late = [row for run_id in runs for row in rows if row["run_id"] == run_id]
    return DriftLedger(tuple(fields), tuple(late))


def _on_record(key: FormatKey, fields: Mapping[FieldSeen, FieldNote]) -> Iterable[FieldOnRecord]:
    share = shares(fields)
    for path in sorted({field.path for field in fields}):
        notes = {field.type: note for field, note in fields.items() if field.path == path}
        yield FieldOnRecord(
            *key,
            path,
            tuple(sorted(notes)),
            round(share[path], 4) if path in share else None,
            str(min(note.first_issued_on for note in notes.values())),
            str(max(note.last_issued_on for note in notes.values())),
            any(note.is_loaded for note in notes.values()),
        )
