"""A shared lake for readers, and its maintenance, as `snapshot.py` is for the local lake.

A DuckLake snapshot that paperhouse wrote is a snapshot here, with DuckLake's number. The catalog
says which files it has; they are read directly from the object storage. What DuckLake does not
store is in the snapshot's commit message (run, changes) and in file names (checksums).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas import Change
from warehouse.lake.ducklake.address import LakeUnreachable
from warehouse.lake.ducklake.catalog import META, Catalog
from warehouse.lake.maintenance import Damage, Watch
from warehouse.lake.snapshot import DataFile, NoSuchSnapshot, Snapshot, TableFiles
from warehouse.storage.home import SharedLake

AUTHOR = "paperhouse"
_OURS = f"""
SELECT snapshot_id, commit_extra_info
FROM {META}.ducklake_snapshot JOIN {META}.ducklake_snapshot_changes USING (snapshot_id)
WHERE author = '{AUTHOR}' ORDER BY snapshot_id
"""
_FILES = f"""
SELECT s.schema_name || '.' || t.table_name, f.path, f.record_count, f.file_size_bytes,
    f.begin_snapshot, f.end_snapshot
FROM {META}.ducklake_data_file AS f
JOIN {META}.ducklake_table AS t ON t.table_id = f.table_id AND t.end_snapshot IS NULL
JOIN {META}.ducklake_schema AS s ON s.schema_id = t.schema_id AND s.end_snapshot IS NULL
ORDER BY f.path
"""
_FOREIGN = f"SELECT count(*) FROM {META}.ducklake_delete_file"
_GRACE = "INTERVAL 1 DAY"
"""Unused files are removed so much later, because a reader or writer may still use them."""


class DuckLake:
    """The snapshots of a shared lake."""

    def __init__(self, address: SharedLake) -> None:
        self.address = address

    @cached_property
    def catalog(self) -> Catalog:
        """The connection, opened when it is first needed."""
        return Catalog(self.address)

    @property
    def root(self) -> Path:
        """Bucket and folder of the files."""
        return Path(self.address.folder)

    def empty(self) -> Snapshot:
        """The state before anything was loaded."""
        return Snapshot(0, self.root, storage=self.catalog.storage)

    def current(self) -> Snapshot:
        """The newest snapshot; the empty number 0 when nothing was ever loaded."""
        found = self._infos()
        return next(self._snapshots(dict([list(found.items())[-1]]))) if found else self.empty()

    def snapshot(self, number: int) -> Snapshot:
        """One snapshot by number. Raises `NoSuchSnapshot` and names those that exist."""
        found = self._infos()
        if number not in found:
            raise NoSuchSnapshot(number, found)
        return next(self._snapshots({number: found[number]}))

    def numbers(self) -> list[int]:
        """Numbers of the snapshots, oldest first."""
        return list(self._infos())

    def history(self) -> Iterator[Snapshot]:
        """The snapshots, oldest first."""
        return self._snapshots(self._infos())

    def expire(self, *, keep_count: int, keep_days: int, now: datetime) -> list[int]:
        """Remove snapshots that are neither among the newest `keep_count` nor younger than the
        days, files that no snapshot has used for a day, and leftovers of crashes."""
        limit = now - timedelta(days=keep_days)
        with self.catalog.turn():
            infos = self._infos()
            newest = set(list(infos)[-max(keep_count, 1) :])
            old = {number: _created_at(info) for number, info in infos.items()}
            expired = [n for n, created_at in old.items() if n not in newest and created_at < limit]
            if expired:
                listed = ", ".join(map(str, expired))
                self.catalog.rows(f"CALL ducklake_expire_snapshots('lake', versions => [{listed}])")
        for clean in ("ducklake_cleanup_old_files", "ducklake_delete_orphaned_files"):
            self.catalog.rows(f"CALL {clean}('lake', older_than => now() - {_GRACE})")
        return expired

    def verify(self, watch: Watch = iter) -> Iterator[Damage]:
        """Compare every file of every snapshot with its recorded rows and checksum."""
        places: dict[Path, tuple[int, DataFile]] = {}
        for snapshot in self.history():
            for name, table in snapshot.tables.items():
                for file in table.files:
                    places.setdefault(snapshot.root / name / file.path, (snapshot.number, file))
        for path, (number, file) in watch(list(places.items())):
            what = self._what_is_wrong(file, path)
            if what:
                yield Damage(number, path, what)

    def _what_is_wrong(self, file: DataFile, path: Path) -> str | None:
        try:
            with self.catalog.storage.open_input_stream(str(path)) as stream:
                content = stream.read()
        except FileNotFoundError:
            return "it is gone"
        if hashlib.sha256(content).hexdigest() != file.sha256:
            return "its bytes are not those that were written"
        n_rows = pq.read_metadata(pa.BufferReader(content)).num_rows
        return None if n_rows == file.n_rows else f"it has {n_rows:,} rows, not {file.n_rows:,}"

    def _infos(self) -> dict[int, dict[str, Any]]:
        """What paperhouse recorded with each of its snapshots, oldest first."""
        return {number: json.loads(info) for number, info in self.catalog.rows(_OURS)}

    def _snapshots(self, infos: dict[int, dict[str, Any]]) -> Iterator[Snapshot]:
        rows = self.catalog.rows(_FILES)
        if self.catalog.rows(_FOREIGN) != [(0,)]:
            raise LakeUnreachable(
                "rows of the shared lake were deleted with another tool, which paperhouse would "
                "read as if they were there; restore the catalog, or begin another lake and replay"
            )
        for number, info in infos.items():
            files: dict[str, list[DataFile]] = {name: [] for name in info["columns"]}
            for name, path, n_rows, n_bytes, begin, end in rows:
                if begin <= number and (end is None or end > number):
                    files[name].append(self._data_file(name, path, n_rows, n_bytes))
            tables = {
                name: TableFiles(
                    tuple(found), Change(**info["changes"].get(name, {})), info["columns"][name]
                )
                for name, found in files.items()
            }
            created_at = _created_at(info)
            yield Snapshot(
                number, self.root, info["run_id"], created_at, tables, self.catalog.storage
            )

    def _data_file(self, name: str, path: str, n_rows: int, n_bytes: int) -> DataFile:
        relative = path.removeprefix(f"{self.address.data}/{name}/")
        folder, _, file = relative.rpartition("/")
        partition = folder.partition("=")[2] or None
        sha256 = file.removesuffix(".parquet").rpartition("-")[2]
        return DataFile(relative, partition, n_rows, n_bytes, sha256)


def _created_at(info: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(info["created_at"])
