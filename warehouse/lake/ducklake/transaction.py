"""Transactions of a shared lake: each builds the next snapshot while others may build theirs.

Changed months are written at once, under unique names that no reader knows yet. `commit` waits for
the commit lock, checks whether another writer changed anything this transaction depends on, and
registers removed and added files with DuckLake in one transaction. No data is sent again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.dataset as ds

from schemas import LAKE, Table
from schemas.errors import PaperhouseError
from warehouse.lake.ducklake.conflict import collision
from warehouse.lake.ducklake.lake import AUTHOR, DuckLake
from warehouse.lake.snapshot import DataFile, Snapshot
from warehouse.lake.transaction import (
    CommitConflict,
    Transaction,
    described,
    path_of,
    write_parquet,
)


class SharedTransaction(Transaction):
    """A snapshot of a shared lake under construction; other writers may be building theirs."""

    def __init__(
        self, lake: DuckLake, *, run_id: str, now: datetime, base: Snapshot | None = None
    ) -> None:
        """Begin with the tables of `base`, which is the current snapshot unless given."""
        self._shared = lake
        self._now = now
        self._catalog = lake.catalog
        self._asked: dict[str, set[str | None]] = {}
        current = lake.current()
        following = Snapshot(0, lake.root, run_id, now, storage=lake.catalog.storage)
        self._begin(current, base, following)

    def dataset(self, table: Table, partitions: set[str] | None = None) -> ds.Dataset:
        """As for every transaction; the partitions read by name are remembered for `collision`."""
        if partitions is not None or table.partition is None:
            self._asked.setdefault(table.full_name, set()).update(partitions or {None})
        return super().dataset(table, partitions)

    def _commit(self) -> Snapshot:
        """Commit after what others committed meanwhile.

        Raises `CommitConflict` when they changed what this transaction depends on.
        """
        with self._catalog.turn():
            now = self._shared.current()
            if now.number != self._current.number:
                if self._base.number != self._current.number:
                    raise CommitConflict("another writer committed; run again")
                if what := collision(self, self._asked, self._current, now):
                    raise CommitConflict(f"another writer changed {what}; run again")
            with self._catalog.transaction():
                self._describe(now)
                for table in LAKE:
                    self._apply(table)
                self._sign()
            self._written.clear()
            return self._shared.current()

    def abandon(self) -> None:
        """Remove everything written; after a commit there is nothing left to remove."""
        self._writer.shutdown(cancel_futures=True)
        for name, unwritten in self._unwritten.items():
            files = [writing.file for writing in unwritten]
            done = [file for file in files if not (file.cancelled() or file.exception())]
            self._written.update(self._next.root / name / file.result().path for file in done)
        self._unwritten.clear()
        for path in tuple(self._written):
            self._remove(path)
        self._written.clear()

    def _remove(self, path: Path) -> None:
        if path in self._written:
            self._catalog.storage.delete_file(str(path))
            self._written.discard(path)

    def _write(self, table: Table, partition: str | None, rows: pa.Table) -> DataFile:
        """One Parquet file, as the local lake writes it, under a name with its checksum."""
        sink = pa.BufferOutputStream()
        write_parquet(table, rows, sink)
        content = sink.getvalue()
        sha256 = hashlib.sha256(content).hexdigest()
        relative = _relative(table, partition, sha256)
        with self._catalog.storage.open_output_stream(
            str(self._next.root / table.full_name / relative)
        ) as stream:
            stream.write(content)
        return DataFile(relative, partition, rows.num_rows, content.size, sha256)

    def _describe(self, now: Snapshot) -> None:
        """Create missing tables and new columns in the catalog."""
        for table in LAKE:
            name = f"lake.{table.full_name}"
            existing = now.tables.get(table.full_name)
            if existing is None:
                self._catalog.rows(f"CREATE SCHEMA IF NOT EXISTS lake.{table.schema}")
                columns = ", ".join(f"{c.name} {c.duckdb_type}" for c in table.columns)
                self._catalog.rows(f"CREATE TABLE {name} ({columns})")
                if table.partition:
                    self._catalog.rows(f"ALTER TABLE {name} SET PARTITIONED BY ({table.partition})")
                continue
            for column in table.columns:
                if column.name not in existing.columns:
                    self._catalog.rows(
                        f"ALTER TABLE {name} ADD COLUMN {column.name} {column.duckdb_type}"
                    )
                elif existing.columns[column.name] != str(column.type):
                    raise Redescribed(
                        f"{table.full_name}.{column.name} has another type than in the shared "
                        "lake; begin another lake (another database and folder) and run "
                        "`paperhouse replay` there"
                    )

    def _apply(self, table: Table) -> None:
        """Remove files from the catalog, whole partitions at a time, and add new ones."""
        places, began = self.places(table), self._current.places(table)
        emptied = {file.partition for file in began.keys() - places.keys()}
        for partition in emptied:
            where = f"WHERE {table.partition} = ?" if table.partition else ""
            given = [partition] if table.partition else None
            self._catalog.rows(f"DELETE FROM lake.{table.full_name} {where}", given)
        new = {f: p for f, p in places.items() if f not in began or f.partition in emptied}
        for path in self._own(table, new):
            self._catalog.rows(
                f"CALL ducklake_add_data_files('lake', '{table.name}', ?, "
                f"schema => '{table.schema}', hive_partitioning => {table.partition is not None}, "
                "allow_missing => true)",
                [f"s3://{path}"],
            )

    def _own(self, table: Table, files: Mapping[DataFile, Path]) -> Iterable[Path]:
        """Paths of these files; those of an older snapshot are copied first, because DuckLake
        deletes a file that was removed once, even if it is added again."""
        for file, path in files.items():
            if path in self._written:
                yield path
                continue
            copy = self._next.root / table.full_name / _relative(table, file.partition, file.sha256)
            self._catalog.storage.copy_file(str(path), str(copy))
            self._written.add(copy)
            yield copy

    def _sign(self) -> None:
        """Record with the snapshot what DuckLake does not store itself."""
        info = {
            "run_id": self._next.run_id,
            "created_at": self._now.isoformat(),
            "changes": {name: asdict(change) for name, change in self.changes.items()},
            "columns": {table.full_name: described(table) for table in LAKE},
        }
        self._catalog.rows(
            f"CALL lake.set_commit_message('{AUTHOR}', ?, extra_info => ?)",
            [self._next.run_id, json.dumps(info)],
        )


class Redescribed(PaperhouseError):
    """A column has another type than the shared lake has for it."""


def _relative(table: Table, partition: str | None, sha256: str) -> str:
    return path_of(table, partition, f"{uuid4().hex}-{sha256}.parquet")
