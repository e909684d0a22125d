"""The publication: `warehouse.duckdb`, one self-contained file that people query all day.

A temporary file is built from one snapshot (on a copy of the published file if most rows are the
same), closed, flushed, and then replaces the published file in one rename. Whoever has the old file
open keeps reading it; new connections get the new one. So a reader never waits for a load, never
delays one, and never sees half of one.
"""

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow.fs import LocalFileSystem

from schemas.ops import PUBLICATION
from warehouse.lake.maintenance import damaged
from warehouse.lake.snapshot import LakeUnreadable, Snapshot
from warehouse.publication.build_state import BuildState
from warehouse.publication.difference import is_mostly_unchanged
from warehouse.publication.layout import Layout
from warehouse.publication.refresh import has_all_rows, refresh
from warehouse.publication.template import create_template
from warehouse.storage.durable_files import log_of, unfinished
from warehouse.storage.paths import database_name

log = logging.getLogger("paperhouse")

MEMORY_LIMITS = (128, 256)
"""MiB that DuckDB may use to build the file of a small and of a large lake; what needs more is
spilled to a folder beside the file."""

SMALL_LAKE = 8 * 2**20
"""A lake with fewer bytes of Parquet gets the layout for small files."""


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
    `build_state` the build starts from a copy of the published file if most rows are the same.
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
            is_whole = not (
                build_state and _build_on_copy(temporary, path, snapshot, tables, build_state)
            )
            if is_whole:
                _build_whole(temporary, snapshot, tables, build_state)
        finally:
            log_of(temporary).unlink(missing_ok=True)
        # a log left by somebody who opened the old file for writing would block opening the new one
        log_of(path).unlink(missing_ok=True)
    if build_state:
        build_state.remember(path, snapshot, is_whole=is_whole)


def _build_on_copy(
    temporary: Path,
    path: Path,
    snapshot: Snapshot,
    ops: Mapping[str, pa.Table],
    build_state: BuildState,
) -> bool:
    """Build on a copy of the published file; False if that is impossible or not worth it."""
    before = build_state.reusable(path)
    if before is None or not is_mostly_unchanged(before, snapshot):
        return False
    try:
        shutil.copyfile(path, temporary)
        if build_state.shown(path) != before.number:
            return False  # somebody changed it during the copy
        with _opened(temporary, layout_of(snapshot)) as connection:
            refresh(connection, before, snapshot, ops)
            is_complete = has_all_rows(connection, snapshot)
    except duckdb.Error as error:
        log.warning("%s is built whole: a copy could not be updated: %s", path, error)
        return False
    return is_complete


def _build_whole(
    temporary: Path, snapshot: Snapshot, ops: Mapping[str, pa.Table], build_state: BuildState | None
) -> None:
    """Build from an empty template."""
    for leftover in (temporary, log_of(temporary)):  # of a copy whose update failed
        leftover.unlink(missing_ok=True)
    layout = layout_of(snapshot)
    if build_state:
        shutil.copyfile(build_state.empty_file(layout), temporary)
    with _opened(temporary, layout) as connection:
        if not build_state:
            create_template(connection, layout.clause)
        with _damage_named(snapshot):
            refresh(connection, Snapshot(0, snapshot.root), snapshot, ops)


@contextmanager
def _damage_named(snapshot: Snapshot) -> Iterator[None]:
    """Where files of a snapshot cannot be read, say which and what helps."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        is_local = isinstance(snapshot.storage, LocalFileSystem)
        faults = list(map(str, damaged(snapshot))) if is_local else []
        if not faults:
            raise
        said = f"{'; '.join(faults)}; `paperhouse replay` rebuilds the tables"
        raise LakeUnreadable(said) from error


@contextmanager
def _opened(path: Path, layout: Layout) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file, open for writing; after the block it is closed, with no log beside it."""
    with duckdb.connect(
        database_name(path),
        config={
            "memory_limit": f"{layout.memory_mib}MiB",
            "threads": 1,
            "default_block_size": layout.block_bytes,  # applies to a new file only
            "force_compression": layout.force_compression,
        },
    ) as connection:
        yield connection
        connection.execute("CHECKPOINT")
    if log_of(path).exists():
        raise RuntimeError(f"{path}: DuckDB left a log beside the file after CHECKPOINT")


def layout_of(snapshot: Snapshot) -> Layout:
    """The layout for the file of a snapshot: memory is twice the size of its Parquet files, within
    `MEMORY_LIMITS`."""
    least, most = MEMORY_LIMITS
    n_bytes = sum(files.n_bytes for files in snapshot.tables.values())
    if n_bytes < SMALL_LAKE:
        return Layout(least, block_bytes=64 * 1024, is_compressed=False)
    return Layout(
        memory_mib=max(least, min(most, 2 * n_bytes // 2**20)),
        block_bytes=256 * 1024,
        is_compressed=True,
    )
