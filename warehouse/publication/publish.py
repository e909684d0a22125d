"""The publication: `warehouse.duckdb`, one self-contained file that people query all day.

It is built aside from one snapshot, on a copy of the file that stands where little differs from it,
closed, flushed, and then takes the place of that file in one rename. Whoever has the old file open
keeps reading it; new connections get the new one. So a reader never waits for a load, never makes
one wait, and never sees half of one.
"""

import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.errors import PaperhouseError
from schemas.ops import PUBLICATION
from warehouse.lake.snapshot import Snapshot
from warehouse.publication.build_state import BuildState
from warehouse.publication.refresh import agrees, is_small, refresh
from warehouse.publication.template import create_template
from warehouse.storage.durable_files import log_of, unfinished

log = logging.getLogger("paperhouse")

MEMORY_LIMITS = (128, 256)
"""MiB that DuckDB may use while it builds, for a small lake and for a large one; beyond that it
spills beside the file."""

MOST_THREADS = 4
"""Each thread holds the rows it writes: 32 of them ran out of the larger limit, 8 did not."""

SMALL_LAKE = 8 * 2**20
"""Bytes of Parquet up to which the file of a lake is laid out as a small one."""


@dataclass(frozen=True)
class Layout:
    """How a file is built. Every column of every table begins a block of its own and is compressed
    by itself, however few rows there are, and threads wait for each other: a small file takes a
    third of the time with small blocks, columns as they are and one thread. A large one takes twice
    as long with these."""

    memory_mib: int
    threads: int
    block_bytes: int
    compression: str
    """As DuckDB calls it; it finds the best for each column when this is `auto`."""


class PublicationUnreadable(PaperhouseError):
    """There is a published file, but it cannot be opened."""


def published_snapshot(path: Path) -> int | None:
    """Number of the snapshot a published file shows; None when there is no file.

    Raises `PublicationUnreadable` when it is damaged or somebody has it open for writing.
    """
    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            row = connection.execute("SELECT snapshot FROM ops.publication").fetchone()
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    return None if row is None else int(row[0])


def unreadable(path: Path, error: duckdb.Error) -> PublicationUnreadable:
    """What to say of a published file that the database does not open."""
    return PublicationUnreadable(
        f"{path} cannot be opened: {' '.join(str(error).split())}; open it read-only elsewhere, "
        "or load again to replace it"
    )


def publish(
    path: Path,
    snapshot: Snapshot,
    ops: Mapping[str, pa.Table],
    *,
    now: datetime,
    version: str,
    build_state: BuildState | None = None,
) -> None:
    """Build the file of a snapshot and swap it in.

    `ops` gives the operational tables by full name; one that is not given is empty. With a
    `build_state` the file begins as a copy of the one that stands, when little differs from it.
    """
    tables = {name: table for name, table in ops.items() if table.num_rows}
    tables[PUBLICATION.full_name] = PUBLICATION.rows(
        {
            "snapshot": [snapshot.number],
            "run_id": [snapshot.run_id],
            "created_at": [snapshot.created_at or now],
            "published_at": [now],
            "version": [version],
        }
    )
    with unfinished(path) as temporary:
        try:
            is_whole = not (build_state and _go_on(temporary, path, snapshot, tables, build_state))
            if is_whole:
                _build_whole(temporary, snapshot, tables, build_state)
        finally:
            log_of(temporary).unlink(missing_ok=True)
        # the log of somebody who opened the old file for writing would make the new one unopenable
        log_of(path).unlink(missing_ok=True)
    if build_state:
        build_state.remember(path, snapshot, is_whole=is_whole)


def _go_on(
    temporary: Path,
    path: Path,
    snapshot: Snapshot,
    ops: Mapping[str, pa.Table],
    build_state: BuildState,
) -> bool:
    """Build on a copy of the file that stands; False when that cannot be, or is not worth it."""
    before = build_state.standing(path)
    if before is None or not is_small(before, snapshot):
        return False
    try:
        shutil.copyfile(path, temporary)
        if build_state.shown(path) != before.number:
            return False  # somebody wrote while it was copied
        with _opened(temporary, layout_of(snapshot)) as connection:
            refresh(connection, before, snapshot, ops)
            is_right = agrees(connection, snapshot)
    except duckdb.Error as error:
        log.warning("%s is built whole: a copy of the last cannot be changed: %s", path, error)
        return False
    return is_right


def _build_whole(
    temporary: Path, snapshot: Snapshot, ops: Mapping[str, pa.Table], build_state: BuildState | None
) -> None:
    """Build on an empty form."""
    for left in (temporary, log_of(temporary)):  # of a copy that could not be changed
        left.unlink(missing_ok=True)
    layout = layout_of(snapshot)
    if build_state:
        shutil.copyfile(build_state.empty_file(layout.block_bytes), temporary)
    with _opened(temporary, layout) as connection:
        if not build_state:
            create_template(connection)
        refresh(connection, Snapshot(0, snapshot.root), snapshot, ops)


@contextmanager
def _opened(path: Path, layout: Layout) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file to be written; after the block it is closed, without a log beside it."""
    with duckdb.connect(
        str(path),
        config={
            "memory_limit": f"{layout.memory_mib}MiB",
            "threads": layout.threads,
            "default_block_size": layout.block_bytes,  # of a file that is not there yet
            "force_compression": layout.compression,
        },
    ) as connection:
        yield connection
        connection.execute("CHECKPOINT")
    if log_of(path).exists():
        raise RuntimeError(f"{path}: DuckDB left a log beside the file after CHECKPOINT")


def layout_of(snapshot: Snapshot) -> Layout:
    """The layout for the file of a snapshot. DuckDB may use twice the size of its Parquet files to
    build it, within `MEMORY_LIMITS`."""
    least, most = MEMORY_LIMITS
    n_bytes = sum(files.n_bytes for files in snapshot.tables.values())
    if n_bytes < SMALL_LAKE:
        return Layout(least, threads=1, block_bytes=64 * 1024, compression="uncompressed")
    return Layout(
        memory_mib=max(least, min(most, 2 * n_bytes // 2**20)),
        threads=min(MOST_THREADS, os.cpu_count() or 1),
        block_bytes=256 * 1024,
        compression="auto",
    )
