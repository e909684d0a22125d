"""The next snapshot while it is being built.

A draft starts as the current snapshot. Months that change are written anew at once, aside, under
names no other snapshot uses; everything else stays a reference. `commit` hard-links the referenced
files, flushes all of it, renames the folder into place and flips `lake/current`. Until that rename
nothing a reader can find has changed; a crash before it leaves a folder that `recover` removes.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem

from schemas import NO_CHANGE, TABLES, Change, Table
from schemas.errors import PaperhouseError
from warehouse.lake.schema_evolution import check_described
from warehouse.lake.snapshot import DataFile, Lake, Snapshot, TableFiles, as_dataset, to_manifest
from warehouse.storage.durable_files import (
    UNFINISHED,
    flush,
    fsync_file,
    fsync_folder,
    point,
    sweep,
)


class CommitConflict(PaperhouseError):
    """Another writer of a shared lake committed first what this transaction rests on."""


class Transaction:
    """A snapshot under construction. Only the holder of the writer lock may have one.

    As a context it ends abandoned unless it was committed.
    """

    def __init__(
        self, lake: Lake, *, run_id: str, now: datetime, base: Snapshot | None = None
    ) -> None:
        """Begin with the tables of `base`, which is the current snapshot unless given.

        Raises `SchemaChanged` when they are described otherwise now.
        """
        self._lake = lake
        number = max([*lake.numbers(), lake.current().number]) + 1
        folder = lake.snapshots / f"{UNFINISHED}{number}"
        self._begin(lake.current(), base, Snapshot(number, folder, run_id, now))

    def _begin(self, current: Snapshot, base: Snapshot | None, following: Snapshot) -> None:
        self._current = current
        self._base = base or current
        check_described(self._base)
        self._next = following
        self._places: dict[str, dict[DataFile, Path]] = {}
        self._changes: dict[str, Change] = {}
        self._written: set[Path] = set()
        """What this draft wrote itself, be it in the draft still or not."""

    @property
    def storage(self) -> FileSystem:
        """Where the files are."""
        return self._base.storage

    def dataset(self, table: Table, partitions: set[str] | None = None) -> ds.Dataset:
        """A table as it stands in the draft; `partitions` keeps to those."""
        places = self.places(table)
        return as_dataset(
            table,
            [
                path
                for file, path in places.items()
                if partitions is None or file.partition in partitions
            ],
            self.storage,
        )

    def replace(self, table: Table, partition: str | None, rows: pa.Table, change: Change) -> None:
        """Let `rows` be all there is of one partition (None: of an unpartitioned table)."""
        places = self.places(table)
        for file in [file for file in places if file.partition == partition]:
            self._forget(table, file)
        self.append(table, partition, rows, change)

    def append(self, table: Table, partition: str | None, rows: pa.Table, change: Change) -> None:
        """Add `rows` to one partition as a file of their own."""
        self._changes[table.full_name] = self._changes.get(table.full_name, NO_CHANGE) + change
        if rows.num_rows:
            file = self._write(table, partition, rows)
            path = self._next.root / table.full_name / file.path
            self._written.add(path)
            self.places(table)[file] = path

    def touched(self, table: Table) -> set[str | None]:
        """The partitions of a table whose files are not those the draft began with."""
        began_with = self._base.places(table).keys()
        return {file.partition for file in self.places(table).keys() ^ began_with}

    @property
    def changes(self) -> dict[str, Change]:
        """What the draft changes so far, by table; tables without a change are left out."""
        return {name: change for name, change in self._changes.items() if change}

    def commit(self, changes: Mapping[str, Change] | None = None) -> Snapshot:
        """Make the draft the current snapshot, durably.

        `changes` are what the snapshot is to say it changed, when the draft cannot know because it
        did not begin with the current one. Without anything written or removed, the current
        snapshot stays and is returned.
        """
        if changes is not None:
            self._changes = dict(changes)
        if self._is_idle():
            self.abandon()
            return self._current
        names = self._base.tables.keys() | self._places.keys()
        tables = {name: self._link_table(name) for name in names}
        snapshot = replace(self._next, tables=tables)
        manifest = self._next.root / "snapshot.json"
        manifest.write_text(json.dumps(to_manifest(snapshot), indent=1) + "\n", encoding="utf-8")
        fsync_file(manifest)
        flush(filter(Path.exists, self._written))
        flush(Path(folder) for folder, _, _ in os.walk(self._next.root))
        final = self._lake.snapshots / str(snapshot.number)
        self._next.root.rename(final)
        fsync_folder(self._lake.snapshots)
        point(self._lake.link, f"snapshots/{snapshot.number}")
        return replace(snapshot, root=final)

    def _is_idle(self) -> bool:
        """Whether there is nothing to commit."""
        is_same = self._base.number == self._current.number
        return is_same and not self.changes and not self._written

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abandon()

    def abandon(self) -> None:
        """Remove everything the draft wrote; after a commit there is nothing left to remove."""
        shutil.rmtree(self._next.root, ignore_errors=True)

    def places(self, table: Table) -> dict[DataFile, Path]:
        """Each file of a table with its place in the storage, as the draft stands."""
        if table.full_name not in self._places:
            self._places[table.full_name] = self._base.places(table)
        return self._places[table.full_name]

    def _forget(self, table: Table, file: DataFile) -> None:
        path = self.places(table).pop(file)
        if path in self._written:
            self._remove(path)

    def _remove(self, path: Path) -> None:
        path.unlink()

    def _write(self, table: Table, partition: str | None, rows: pa.Table) -> DataFile:
        """One Parquet file: zstd, the declared schema, rows in their order; `commit` flushes it."""
        name = f"part-{self._next.number}-{len(self._written)}.parquet"
        relative = f"{table.partition}={partition}/{name}" if partition else name
        path = self._next.root / table.full_name / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        in_file = rows.select(table.file_arrow.names).cast(table.file_arrow)
        pq.write_table(in_file, path, compression="zstd", compression_level=3)
        with path.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        return DataFile(relative, partition, rows.num_rows, path.stat().st_size, sha256)

    def _link_table(self, name: str) -> TableFiles:
        """Hard-link the unchanged files of a table into the draft's folder."""
        places = self._places.get(name)
        if places is None:
            folder = self._base.root / name
            places = {file: folder / file.path for file in self._base.tables[name].files}
        for file, path in places.items():
            target = self._next.root / name / file.path
            if path != target:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.hardlink_to(path)
        files = tuple(sorted(places, key=lambda file: file.path))
        return TableFiles(files, self._changes.get(name, NO_CHANGE), described(TABLES[name]))


def described(table: Table) -> dict[str, str]:
    """Name and Arrow type of each column, as a snapshot records them."""
    return {column.name: str(column.type) for column in table.columns}


def recover(lake: Lake) -> None:
    """Remove what a crashed writer left, and finish a commit that lacked only its last step.

    Called with the writer lock held, so nothing unfinished can belong to anyone alive. The newest
    whole snapshot is always the current one.
    """
    for folder in (lake.root, lake.snapshots):
        sweep(folder)
    newest = max(lake.numbers(), default=0)
    if newest > lake.current().number:
        point(lake.link, f"snapshots/{newest}")
