"""Transactions: each builds the next snapshot from the current one.

Changed months are written to a folder of their own, under names no other snapshot uses; unchanged
files are only referenced. `commit` hard-links the referenced files, flushes everything, renames the
folder into place and points `lake/current` to it. Until that rename nothing changes for readers; a
crash before it leaves a folder that `recover` removes.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem

from schemas import LAKE, NO_CHANGE, TABLES, Change, Table
from schemas.errors import PaperhouseError
from schemas.repeated import REPEATED
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
    """Another writer of a shared lake changed first what this transaction depends on."""


@dataclass(eq=False)
class _Writing:
    """Rows on their way to a file of one partition; they are let go when it is written."""

    partition: str | None
    rows: pa.Table | None
    file: Future[DataFile] = field(init=False)


class Transaction:
    """A snapshot under construction. Only the holder of the writer lock may have one.

    Used as a context manager, it is abandoned at the end unless it was committed.
    """

    def __init__(
        self, lake: Lake, *, run_id: str, now: datetime, base: Snapshot | None = None
    ) -> None:
        """Begin with the tables of `base`, which is the current snapshot unless given.

        Raises `SchemaChanged` when they no longer match the described schema.
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
        """All files this transaction wrote, including those it replaced again."""
        self._numbers = count()
        self._writer = ThreadPoolExecutor(1)
        self._unwritten: dict[str, list[_Writing]] = {}
        """What the writer still writes, by table."""

    @property
    def storage(self) -> FileSystem:
        """Where the files are."""
        return self._base.storage

    def dataset(self, table: Table, partitions: set[str] | None = None) -> ds.Dataset:
        """A table in this transaction, or only these partitions of it. Rows that are still being
        written are read from memory."""
        in_memory = []
        for writing in self._unwritten_of(table, partitions):
            rows = writing.rows
            if rows is None:
                self._finish(table, writing)
            else:
                in_memory.append(ds.dataset(rows.select(table.column_names).cast(table.arrow)))
        places = self._finished(table).items()
        paths = [p for file, p in places if partitions is None or file.partition in partitions]
        on_disk = as_dataset(table, paths, self.storage)
        return ds.UnionDataset(table.arrow, [on_disk, *in_memory]) if in_memory else on_disk

    def replace(self, table: Table, partition: str | None, rows: pa.Table, change: Change) -> None:
        """Replace all rows of one partition (None: of an unpartitioned table)."""
        self._finish_writing(table, {partition})
        places = self._finished(table)
        for file in [file for file in places if file.partition == partition]:
            path = places.pop(file)
            if path in self._written:
                self._remove(path)
        self.append(table, partition, rows, change)

    def append(self, table: Table, partition: str | None, rows: pa.Table, change: Change) -> None:
        """Add `rows` to one partition as a new file.

        It is written by another thread; whoever asks for the table's files waits for it.
        """
        self._changes[table.full_name] = self._changes.get(table.full_name, NO_CHANGE) + change
        if rows.num_rows:
            writing = _Writing(partition, rows)
            writing.file = self._writer.submit(self._write_out, table, writing, rows)
            self._unwritten.setdefault(table.full_name, []).append(writing)

    def touched(self, table: Table) -> set[str | None]:
        """The partitions of a table whose files differ from those of the base."""
        began_with = self._base.places(table).keys()
        return {file.partition for file in self.places(table).keys() ^ began_with}

    @property
    def changes(self) -> dict[str, Change]:
        """The changes so far, by table; tables without a change are left out."""
        return {name: change for name, change in self._changes.items() if change}

    def commit(self, changes: Mapping[str, Change] | None = None) -> Snapshot:
        """Make this the current snapshot, durably.

        `changes` replace the recorded ones, which are wrong when the base is not the current
        snapshot. Without anything written or removed, the current snapshot stays and is returned.
        """
        if changes is not None:
            self._changes = dict(changes)
        for table in LAKE:
            self._finish_writing(table)
        is_same = self._base.number == self._current.number
        if is_same and not self.changes and not self._written:
            self.abandon()
            return self._current
        return self._commit()

    def _commit(self) -> Snapshot:
        names = self._base.tables.keys() | self._places.keys()
        tables = {name: self._link_table(name) for name in names}
        snapshot = replace(self._next, tables=tables)
        self._next.root.mkdir(parents=True, exist_ok=True)  # for a snapshot without any rows
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abandon()

    def abandon(self) -> None:
        """Remove everything written; after a commit there is nothing left to remove."""
        self._writer.shutdown(cancel_futures=True)
        shutil.rmtree(self._next.root, ignore_errors=True)

    def places(self, table: Table) -> dict[DataFile, Path]:
        """Each file of a table in this transaction, with its place in the storage."""
        self._finish_writing(table)
        return self._finished(table)

    def _unwritten_of(
        self, table: Table, partitions: Collection[str | None] | None
    ) -> list["_Writing"]:
        """What the writer still writes of a table, or of these partitions of it."""
        unwritten = self._unwritten.get(table.full_name, [])
        return [w for w in unwritten if partitions is None or w.partition in partitions]

    def _finish_writing(
        self, table: Table, partitions: Collection[str | None] | None = None
    ) -> None:
        """Wait until all files of a table, or of these partitions of it, are written. Raises what
        kept one from being written."""
        for writing in self._unwritten_of(table, partitions):
            self._finish(table, writing)

    def _finish(self, table: Table, writing: "_Writing") -> None:
        """Wait until one file is written."""
        file = writing.file.result()
        self._unwritten[table.full_name].remove(writing)
        path = self._next.root / table.full_name / file.path
        self._written.add(path)
        self._finished(table)[file] = path

    def _finished(self, table: Table) -> dict[DataFile, Path]:
        """Each file of a table that is written."""
        if table.full_name not in self._places:
            self._places[table.full_name] = self._base.places(table)
        return self._places[table.full_name]

    def _remove(self, path: Path) -> None:
        path.unlink()

    def _write_out(self, table: Table, writing: "_Writing", rows: pa.Table) -> DataFile:
        """Write one Parquet file, and let go of its rows."""
        try:
            return self._write(table, writing.partition, rows)
        finally:
            writing.rows = None

    def _write(self, table: Table, partition: str | None, rows: pa.Table) -> DataFile:
        """Write one Parquet file; `commit` flushes it."""
        name = f"part-{self._next.number}-{next(self._numbers)}.parquet"
        relative = path_of(table, partition, name)
        path = self._next.root / table.full_name / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        write_parquet(table, rows, path)
        with path.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        return DataFile(relative, partition, rows.num_rows, path.stat().st_size, sha256)

    def _link_table(self, name: str) -> TableFiles:
        """Hard-link the unchanged files of a table into the new folder."""
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


def write_parquet(table: Table, rows: pa.Table, where: Path | pa.NativeFile) -> None:
    """Write rows, in their order, as one Parquet file of the declared schema, with zstd."""
    in_file = rows.select(table.file_arrow.names).cast(table.file_arrow)
    repeated = [name for name in in_file.column_names if name in REPEATED]
    pq.write_table(in_file, where, compression="zstd", compression_level=3, use_dictionary=repeated)


def path_of(table: Table, partition: str | None, name: str) -> str:
    """The path of a file below its table's folder."""
    return f"{table.partition}={partition}/{name}" if partition else name


def recover(lake: Lake) -> None:
    """Remove the leftovers of a crashed writer, and finish a commit that lacked only its last step.

    Only for the holder of the writer lock: then no living process owns anything unfinished. The
    newest complete snapshot is always the current one.
    """
    for folder in (lake.root, lake.snapshots):
        sweep(folder)
    newest = max(lake.numbers(), default=0)
    if newest > lake.current().number:
        point(lake.link, f"snapshots/{newest}")
