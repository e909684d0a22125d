"""Drift: changes in how a digest writes its records, compared with what earlier runs recorded.

A run collects every field of every body (`Sightings`); when it ends, they are compared with the
recorded fields (`drifted`) and added to them (`merged`). Time is that of issues, not of captures:
an old issue loaded late has old fields and says nothing about what the digest does today.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from tasks.parse.model import Conversion, FieldSeen, ParsedBody

Severity = Literal["notice", "alarm"]
Fields = Mapping[FieldSeen, "FieldNote"]

MOST_FIELDS = 1_000
"""Fields recorded of one format: real ones have about a hundred, a hostile one has no end."""
LONGEST_PATH = 200
ENOUGH_RECORDS = 20
"""With fewer records, a field that is in none of them does not count as vanished."""
NEARLY_ALL = 0.95
"""Share of records from which on a field counts as always present."""

FormatKey = tuple[str, str]
"""Source and name of a format."""


class FieldNote(NamedTuple):
    """How often a field was seen and when: the columns of ops.source_fields beside its key."""

    n_seen: int
    n_records: int
    """Records that have it."""
    n_records_read: int
    """Records read of issues from the first that has it on."""
    first_seen_at: datetime
    last_seen_at: datetime
    first_issued_on: date
    last_issued_on: date
    is_loaded: bool

    def and_also(self, other: "FieldNote") -> "FieldNote":
        """Both together. `n_records_read` cannot be computed from the two: it is the other's."""
        return FieldNote(
            self.n_seen + other.n_seen,
            self.n_records + other.n_records,
            other.n_records_read,
            min(self.first_seen_at, other.first_seen_at),
            max(self.last_seen_at, other.last_seen_at),
            min(self.first_issued_on, other.first_issued_on),
            max(self.last_issued_on, other.last_issued_on),
            other.is_loaded,
        )


class Drift(NamedTuple):
    """One finding: `new`, `type`, `vanished`, `converted`, `left out` or `flood`."""

    path: str
    kind: str
    severity: Severity
    detail: str
    n_records: int
    """Records it was found in; for a vanished field, those it is missing in."""


@dataclass
class Sightings:
    """What a run saw of one format of a source."""

    fields: dict[FieldSeen, FieldNote] = field(default_factory=dict)
    n_records: Counter[date] = field(default_factory=Counter)
    """Records read, by the day of their issue."""
    conversions: Counter[Conversion] = field(default_factory=Counter)
    n_left_out: int = 0
    """Fields not recorded because there were too many, or their paths too long."""

    def add(
        self, parsed: ParsedBody, loaded: frozenset[str], captured_at: datetime, day: date
    ) -> None:
        """Add a body: its fields, which of their paths are loaded, and the day of its issue."""
        self.n_records[day] += parsed.n_parsed
        self.conversions.update(parsed.conversions)
        for seen, n_seen in parsed.fields_seen.items():
            n_records = parsed.records_with.get(seen, min(n_seen, parsed.n_parsed))
            note = FieldNote(
                n_seen, n_records, 0, captured_at, captured_at, day, day, seen.path in loaded
            )
            self._add(seen, note)

    def update(self, others: "Sightings") -> None:
        """Add what was seen of the same format elsewhere."""
        self.n_records.update(others.n_records)
        self.conversions.update(others.conversions)
        self.n_left_out += others.n_left_out
        for seen, note in others.fields.items():
            self._add(seen, note)

    def _add(self, seen: FieldSeen, note: FieldNote) -> None:
        if seen in self.fields:
            self.fields[seen] = self.fields[seen].and_also(note)
        elif note.is_loaded or self._has_room(seen):
            self.fields[seen] = note
        else:
            self.n_left_out += 1

    def n_read_since(self, day: date) -> int:
        """Records read of issues of a day and later."""
        return sum(n for issued_on, n in self.n_records.items() if issued_on >= day)

    def _has_room(self, seen: FieldSeen) -> bool:
        return len(self.fields) < MOST_FIELDS and len(seen.path) <= LONGEST_PATH


def merged(recorded: Fields, seen: Sightings) -> dict[FieldSeen, FieldNote]:
    """The recorded fields of a format after a run, including those the run did not see."""
    after = dict(recorded)
    for key, note in seen.fields.items():
        if key in recorded:
            after[key] = recorded[key].and_also(note)
        elif note.is_loaded or len(after) < MOST_FIELDS:
            after[key] = note
    return {
        key: note._replace(
            n_records_read=(recorded[key].n_records_read if key in recorded else 0)
            + seen.n_read_since(note.first_issued_on),
        )
        for key, note in after.items()
    }


def drifted(recorded: Fields, seen: Sightings) -> list[Drift]:
    """How the fields a run saw differ from the recorded ones, alarms first.

    Of a format that is read for the first time nothing is recorded, so nothing about it is new.
    """
    found = [*_conversions(seen), *_flood(seen)]
    if recorded:
        found += [*_new(recorded, seen), *_vanished(recorded, seen)]
    return sorted(found, key=lambda drift: (drift.severity, drift.kind, drift.path))


def shares(fields: Fields) -> dict[str, float]:
    """Share of records that have a path with a value other than null, since it was first seen."""
    n_with: Counter[str] = Counter()
    n_read: Counter[str] = Counter()
    for (path, kind), note in fields.items():
        n_with[path] += note.n_records if kind != "null" else 0
        n_read[path] = max(n_read[path], note.n_records_read)
    return {path: min(1.0, n_with[path] / n) for path, n in n_read.items() if n}


def _conversions(seen: Sightings) -> Iterator[Drift]:
    for (path, found, became), n in seen.conversions.items():
        if became == "nothing":
            yield Drift(path, "left out", "notice", f"unusable {found}", n)
        else:
            yield Drift(path, "converted", "notice", f"{found} taken as {became}", n)


def _flood(seen: Sightings) -> Iterator[Drift]:
    if seen.n_left_out:
        detail = f"{seen.n_left_out:,} fields were not recorded: too many, or too long"
        yield Drift("", "flood", "alarm", detail, seen.n_records.total())


def _new(recorded: Fields, seen: Sightings) -> Iterator[Drift]:
    """New paths, and new types at recorded paths. Null may come and go."""
    types: dict[str, set[str]] = {}
    newest: dict[str, date] = {}
    for (path, kind), note in recorded.items():
        types.setdefault(path, set()).add(kind)
        newest[path] = max(newest.get(path, note.last_issued_on), note.last_issued_on)
    named: set[str] = set()
    for (path, kind), note in seen.fields.items():
        if path not in types:
            if path not in named:
                yield Drift(path, "new", "notice", kind, note.n_records)
            named.add(path)
        elif kind != "null" and kind not in types[path]:
            before = types[path] - {"null"}
            is_todays = note.last_issued_on >= newest[path] and before
            was = " or ".join(sorted(before)) or "null"
            severity: Severity = "alarm" if is_todays else "notice"
            yield Drift(path, "type", severity, f"{kind} where {was} was", note.n_records)


def _vanished(recorded: Fields, seen: Sightings) -> Iterator[Drift]:
    """Loaded paths that nearly all records had, and that none of the (enough) records since has."""
    share = shares(recorded)
    last = _last_issued_on(recorded)
    last_here = _last_issued_on(seen.fields)
    loaded = {path for (path, _), note in recorded.items() if note.is_loaded}
    gone: dict[str, int] = {}
    for path in loaded & last.keys():
        n_without = seen.n_read_since(last[path])
        is_here = path in last_here and last_here[path] >= last[path]
        if not is_here and n_without >= ENOUGH_RECORDS and share.get(path, 0) >= NEARLY_ALL:
            gone[path] = n_without
    for path, n_without in gone.items():
        if gone.keys().isdisjoint(_above(path)):
            detail = f"in {share[path]:.0%} of records until {last[path]}"
            yield Drift(path, "vanished", "alarm", detail, n_without)


def _last_issued_on(fields: Fields) -> dict[str, date]:
    """Day of the newest issue in which a path has a value."""
    last: dict[str, date] = {}
    for (path, kind), note in fields.items():
        if kind != "null":
            last[path] = max(last.get(path, note.last_issued_on), note.last_issued_on)
    return last


def _above(path: str) -> Iterable[str]:
    """The paths of the objects and lists a path is in."""
    while path:
        path = path[:-2] if path.endswith("[]") else path.rpartition(".")[0]
        yield path
