"""The lake: Parquet in immutable snapshots.

A snapshot is a folder `lake/snapshots/<n>/<schema>.<table>/<partition>/<file>.parquet` with a
manifest `snapshot.json`. Its files are never modified, so readers never see it change; any engine
reads a table's folder as a hive-partitioned dataset. `lake/current` is a link to the newest one.
`warehouse/lake/transaction.py` builds the next.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyarrow.fs import FileSystem, LocalFileSystem

from schemas import NO_CHANGE, Change, Table
from schemas.errors import PaperhouseError, UsageError

FORMAT = 1
"""Version of the manifest's format."""

DISK = LocalFileSystem()


class NoSuchSnapshot(UsageError):
    """The requested snapshot does not exist (any more)."""

    def __init__(self, number: int, existing: Iterable[int]) -> None:
        kept = ", ".join(map(str, existing)) or "none"
        super().__init__(f"there is no snapshot {number}; kept are: {kept}")


class LakeUnreadable(PaperhouseError):
    """A snapshot's manifest or one of its files is damaged."""


class NewerLake(PaperhouseError):
    """A newer version of paperhouse wrote the lake."""


@dataclass(frozen=True)
class DataFile:
    """One Parquet file as its manifest records it; `path` is relative to the table's folder."""

    path: str
    partition: str | None
    n_rows: int
    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class TableFiles:
    """A table's files in one snapshot, and what that snapshot changed in it."""

    files: tuple[DataFile, ...] = ()
    change: Change = NO_CHANGE
    columns: dict[str, str] = field(default_factory=dict)
    """Name and Arrow type of each column as the table was described when this was written."""

    @property
    def n_rows(self) -> int:
        return sum(file.n_rows for file in self.files)

    @property
    def n_bytes(self) -> int:
        return sum(file.n_bytes for file in self.files)


@dataclass(frozen=True)
class Snapshot:
    """One state of all tables. Number 0 is the empty lake and has no folder."""

    number: int
    root: Path
    run_id: str = ""
    created_at: datetime | None = None
    tables: dict[str, TableFiles] = field(default_factory=dict)
    storage: FileSystem = field(default_factory=LocalFileSystem, repr=False)
    """Where `root` is."""

    def table(self, table: Table) -> TableFiles:
        return self.tables.get(table.full_name, TableFiles())

    def places(self, table: Table) -> dict[DataFile, Path]:
        """Each file of a table with its place in the storage."""
        folder = self.root / table.full_name
        return {file: folder / file.path for file in self.table(table).files}

    def dataset(self, table: Table) -> ds.Dataset:
        """A table as an Arrow dataset of its declared schema."""
        return as_dataset(table, self.places(table).values(), self.storage)


def as_dataset(table: Table, paths: Iterable[Path], storage: FileSystem = DISK) -> ds.Dataset:
    """Parquet files of a table as a dataset of the table's declared schema.

    A column that an older file does not have reads as NULL. Without files the dataset is empty. The
    partition of a file is the name of its own folder: the folders above, which a person named, may
    look like partitions too.
    """
    parquet = ds.ParquetFileFormat()
    fragments = [
        parquet.make_fragment(str(path), storage, partition_expression=_partition(table, path))
        for path in paths
    ]
    if not fragments:
        return ds.dataset(table.empty())
    return ds.FileSystemDataset(fragments, table.arrow, parquet, storage)


def _partition(table: Table, path: Path) -> pc.Expression | None:
    """What is true of every row of a file: the partition that its folder is named after."""
    if table.partition is None:
        return None
    name, _, value = path.parent.name.partition("=")
    if name != table.partition:
        raise ValueError(f"{path}: its folder is not named {table.partition}=…")
    return pc.field(name) == unquote(value)


class Lake:
    """The snapshots of one home, for readers."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.snapshots = root / "snapshots"
        self.link = root / "current"

    def empty(self) -> Snapshot:
        """The state before anything was loaded."""
        return Snapshot(0, self.snapshots / "0")

    def current(self) -> Snapshot:
        """The newest snapshot; the empty number 0 when nothing was ever loaded."""
        if not self.link.is_symlink():
            return self.empty()
        return self.snapshot(int(self.link.readlink().name))

    def snapshot(self, number: int) -> Snapshot:
        """One snapshot by number. Raises `NoSuchSnapshot`, which names those that exist,
        `LakeUnreadable` and `NewerLake`."""
        folder = self.snapshots / str(number)
        try:
            return _from_manifest(read_manifest(folder), folder)
        except FileNotFoundError as error:
            raise NoSuchSnapshot(number, self.numbers()) from error
        except (ValueError, KeyError, TypeError) as error:
            raise LakeUnreadable(
                f"{folder / 'snapshot.json'} is damaged; move {self.root} away, and `paperhouse "
                "replay` rebuilds the tables from the landing"
            ) from error

    def numbers(self) -> list[int]:
        """Numbers of the snapshots, oldest first."""
        if not self.snapshots.is_dir():
            return []
        return sorted(int(p.name) for p in self.snapshots.iterdir() if p.name.isdecimal())

    def history(self) -> Iterator[Snapshot]:
        """The snapshots, oldest first."""
        return (self.snapshot(number) for number in self.numbers())


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a snapshot. Raises `NewerLake` when a newer version wrote it, `OSError` and
    `ValueError` when it cannot be read."""
    manifest: dict[str, Any] = json.loads((folder / "snapshot.json").read_bytes())
    if manifest["format"] > FORMAT:
        raise NewerLake(
            f"{folder.resolve().parents[2]} was written by a newer version of paperhouse; "
            "install that version or a newer one (`pip install --upgrade paperhouse`)"
        )
    return manifest


def to_manifest(snapshot: Snapshot) -> dict[str, Any]:
    """The manifest of a snapshot, for JSON."""
    return {
        "format": FORMAT,
        "snapshot": snapshot.number,
        "run_id": snapshot.run_id,
        "created_at": snapshot.created_at.isoformat() if snapshot.created_at else None,
        "tables": {name: asdict(files) for name, files in sorted(snapshot.tables.items())},
    }


def _from_manifest(manifest: dict[str, Any], folder: Path) -> Snapshot:
    tables = {
        name: TableFiles(
            tuple(DataFile(**file) for file in described["files"]),
            Change(**described["change"]),
            described["columns"],
        )
        for name, described in manifest["tables"].items()
    }
    return Snapshot(
        manifest["snapshot"],
        folder,
        manifest["run_id"],
        datetime.fromisoformat(manifest["created_at"]),
        tables,
    )
