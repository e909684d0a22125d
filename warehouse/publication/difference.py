"""Which Parquet files make the tables of one snapshot those of another.

The manifests alone tell. If a partition lost a file, it is deleted and reloaded; a file that is
only new is added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas import LAKE, Table
from warehouse.lake.snapshot import DataFile, Snapshot


@dataclass(frozen=True)
class Difference:
    """How to update a table: first delete the rows of these partitions, then load these files."""

    deleted: frozenset[str | None]
    loaded: Mapping[DataFile, Path]

    @property
    def n_rows(self) -> int:
        return sum(file.n_rows for file in self.loaded)

    @property
    def n_bytes(self) -> int:
        return sum(file.n_bytes for file in self.loaded)

    @property
    def partitions(self) -> frozenset[str | None]:
        return self.deleted | {file.partition for file in self.loaded}


def difference(table: Table, before: Snapshot, after: Snapshot) -> Difference:
    """How to turn a table of one snapshot into that of another."""
    old, new = set(before.table(table).files), after.places(table)
    deleted = frozenset(file.partition for file in old - new.keys())
    loaded = {f: p for f, p in new.items() if f.partition in deleted or f not in old}
    return Difference(deleted, loaded)


def is_mostly_unchanged(before: Snapshot, after: Snapshot) -> bool:
    """Whether an update from one snapshot to another loads fewer than half of the rows."""
    n_loaded = sum(difference(table, before, after).n_rows for table in LAKE)
    return 2 * n_loaded < sum(after.table(table).n_rows for table in LAKE)
