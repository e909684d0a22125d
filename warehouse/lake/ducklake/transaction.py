"""The next snapshot of a shared lake while it is being built.

Changed months are written at once, under names nobody else uses, where no reader looks for them.
`commit` waits for its turn, sees whether another writer changed anything this draft rests on, and
tells DuckLake in one transaction which files go and which come. Nothing of the data is sent again.
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
import pyarrow.parquet as pq

from schemas import LAKE, Change, Table
from schemas.errors import PaperhouseError
from warehouse.lake.ducklake.conflict import collision
from warehouse.lake.ducklake.lake import AUTHOR, DuckLake
from warehouse.lake.snapshot import DataFile, Snapshot
from warehouse.lake.transaction import CommitConflict, Transaction, described

Moved = dict[DataFile, Path]


class SharedTransaction(Transaction):
    """A snapshot of a shared lake under construction; others may be at theirs."""

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
        """As for every draft; what is asked for by name is remembered as what this one rests on."""
        if partitions is not None or table.partition is None:
            self._asked.setdefault(table.full_name, set()).update(partitions or {None})
        return super().dataset(table, partitions)

    def commit(self, changes: Mapping[str, Change] | None = None) -> Snapshot:
        """Make the draft the current snapshot, on top of what others committed meanwhile.

        Raises `CommitConflict` when they changed what this draft rests on.
        """
        if changes is not None:
            self._changes = dict(changes)
        if self._is_idle():
            self.abandon()
            return self._current
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
        """Remove everything the draft wrote; after a commit there is nothing left to remove."""
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
        in_file = rows.select(table.file_arrow.names).cast(table.file_arrow)
        pq.write_table(in_file, sink, compression="zstd", compression_level=3)
        content = sink.getvalue()
        sha256 = hashlib.sha256(content).hexdigest()
        relative = _relative(table, partition, sha256)
        with self._catalog.storage.open_output_stream(
            str(self._next.root / table.full_name / relative)
        ) as stream:
            stream.write(content)
        return DataFile(relative, partition, rows.num_rows, content.size, sha256)

    def _describe(self, now: Snapshot) -> None:
        """Make the tables that are missing, and the columns that are new."""
        for table in LAKE:
            name = f"lake.{table.full_name}"
            known = now.tables.get(table.full_name)
            if known is None:
                self._catalog.rows(f"CREATE SCHEMA IF NOT EXISTS lake.{table.schema}")
                columns = ", ".join(f"{c.name} {c.duckdb_type}" for c in table.columns)
                self._catalog.rows(f"CREATE TABLE {name} ({columns})")
                if table.partition:
                    self._catalog.rows(f"ALTER TABLE {name} SET PARTITIONED BY ({table.partition})")
                continue
            for column in table.columns:
                if column.name not in known.columns:
                    self._catalog.rows(
                        f"ALTER TABLE {name} ADD COLUMN {column.name} {column.duckdb_type}"
                    )
                elif known.columns[column.name] != str(column.type):
                    raise Redescribed(
                        f"{table.full_name}.{column.name} is described otherwise than the shared "
                        "lake has it; begin another lake (another database and folder) and run "
                        "`paperhouse replay` there"
                    )

    def _apply(self, table: Table) -> None:
        """Take out the files that are gone, whole partitions at a time, and add those that came."""
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

    def _own(self, table: Table, files: Moved) -> Iterable[Path]:
        """The files as this draft's own: DuckLake removes a file that was once taken out, so what
        comes back from an older snapshot comes back as a copy."""
        for file, path in files.items():
            if path in self._written:
                yield path
                continue
            copy = self._next.root / table.full_name / _relative(table, file.partition, file.sha256)
            self._catalog.storage.copy_file(str(path), str(copy))
            self._written.add(copy)
            yield copy

    def _sign(self) -> None:
        """Record with the snapshot what DuckLake does not keep."""
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
    name = f"{uuid4().hex}-{sha256}.parquet"
    return f"{table.partition}={partition}/{name}" if partition else name
