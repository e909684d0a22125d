"""Maintenance of the lake: compact, expire, verify.

Nothing here changes a row. Only the holder of the writer lock may call `compact` and `expire`.
"""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from schemas import LAKE, NO_CHANGE, TABLES, Table
from warehouse.lake.row_counts import miscounts
from warehouse.lake.snapshot import DataFile, Lake, Snapshot
from warehouse.lake.transaction import Transaction
from warehouse.storage.durable_files import UNFINISHED, fsync_folder

Watch = Callable[[Sequence[Any]], Iterable[Any]]
"""Gives the items of a long work one by one, and may show how many have gone by."""


@dataclass(frozen=True)
class Damage:
    """A file of the lake that is not what its manifest says."""

    snapshot: int
    path: Path
    what: str

    def __str__(self) -> str:
        return f"snapshot {self.snapshot}: {self.path}: {self.what}"


def compact(transaction: Transaction, *, max_files: int, watch: Watch = iter) -> int:
    """Merge the files of each partition that has more than `max_files`; returns how many it had."""
    found: list[tuple[Table, str | None]] = []
    for table in LAKE:
        counts = Counter(file.partition for file in transaction.places(table))
        many = sorted((p for p, n in counts.items() if n > max_files), key=str)
        found += [(table, partition) for partition in many]
    for table, partition in watch(found):
        places = None if partition is None else {partition}
        rows = transaction.dataset(table, places).to_table()
        transaction.replace(table, partition, table.in_order(rows), NO_CHANGE)
    return len(found)


def expire(lake: Lake, *, keep_count: int, keep_days: int, now: datetime) -> list[int]:
    """Remove snapshots that are neither among the newest `keep_count` nor younger than the days.

    The current one always stays. A folder is renamed to a temporary name before it is removed, so a
    crash leaves something for the next run to remove and never half a snapshot.
    """
    protected = set(lake.numbers()[-max(keep_count, 1) :]) | {lake.current().number}
    limit = now - timedelta(days=keep_days)
    expired: list[int] = []
    for snapshot in lake.history():
        is_young = snapshot.created_at is not None and snapshot.created_at >= limit
        if snapshot.number in protected or is_young:
            continue
        hidden = snapshot.root.with_name(f"{UNFINISHED}expired-{snapshot.number}")
        snapshot.root.rename(hidden)
        fsync_folder(lake.snapshots)
        shutil.rmtree(hidden)
        expired.append(snapshot.number)
    return expired


def verify(lake: Lake, watch: Watch = iter) -> Iterator[Damage]:
    """Compare every file of every snapshot with its recorded rows and checksum.

    A file that several snapshots share is read once.
    """
    yield from _damages(
        watch([place for snapshot in lake.history() for place in _places(snapshot)])
    )


def damaged(snapshot: Snapshot) -> Iterator[Damage]:
    """The files of a snapshot on this disk that are not what its manifest says."""
    yield from _damages(_places(snapshot))


_Place = tuple[int, DataFile, Path]
"""A file as a snapshot, by number, records it, and where it lies."""


def _places(snapshot: Snapshot) -> Iterator[_Place]:
    for name in snapshot.tables:
        for file, path in snapshot.places(TABLES[name]).items():
            yield snapshot.number, file, path


def _damages(places: Iterable[_Place]) -> Iterator[Damage]:
    """Compare files with what is recorded of them; each is read once."""
    seen: dict[tuple[int, int], str | None] = {}
    for number, file, path in places:
        try:
            status = path.stat()
        except FileNotFoundError:
            yield Damage(number, path, "it is gone")
            continue
        inode = (status.st_dev, status.st_ino)
        if inode not in seen:
            seen[inode] = _what_is_wrong(file, path)
        what = seen[inode]
        if what:
            yield Damage(number, path, what)


def miscounted(snapshot: Snapshot) -> Iterator[Damage]:
    """The tables and partitions of a snapshot in which readers find other rows than were written,
    or rows that belong elsewhere: an older version left them, reading a folder above the home."""
    for table, partition, what in miscounts(snapshot):
        yield Damage(snapshot.number, snapshot.root / table.full_name / (partition or ""), what)


def bytes_below(folder: Path) -> int:
    """Size of all files below a folder; what is hard-linked more than once counts once."""
    sizes: dict[tuple[int, int], int] = {}
    for root, _, files in os.walk(folder):
        for name in files:
            status = (Path(root) / name).lstat()
            sizes[status.st_dev, status.st_ino] = status.st_size
    return sum(sizes.values())


def _what_is_wrong(file: DataFile, path: Path) -> str | None:
    with path.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    if sha256 != file.sha256:
        return "its bytes are not those that were written"
    n_rows = pq.read_metadata(path).num_rows
    return None if n_rows == file.n_rows else f"it has {n_rows:,} rows, not {file.n_rows:,}"
