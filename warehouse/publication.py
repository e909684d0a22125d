"""The publication: `warehouse.duckdb`, one self-contained file that people query all day.

It is built aside from one snapshot, closed, flushed, and then takes the place of the old file in
one rename. Whoever has the old file open keeps reading it; new connections get the new one. So a
reader never waits for a load, never makes one wait, and never sees half of one.
"""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from schemas import LAKE, OPS, Table
from schemas.errors import PaperhouseError
from schemas.ops import PUBLICATION
from warehouse.files import unfinished
from warehouse.form import empty_file, give_form, transaction
from warehouse.lake import Snapshot
from warehouse.views import views

MEMORY_LIMIT = "512MB"
"""What DuckDB may use while it builds; beyond it, it spills beside the file."""


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
    forms: Path | None = None,
) -> None:
    """Build the file of a snapshot and swap it in.

    `ops` gives the operational tables by full name; one that is not given is empty. `forms` is a
    folder where the empty form of the file may be kept for the next time.
    """
    tables = dict(ops)
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
            _build(temporary, snapshot, tables, forms)
        finally:
            _wal(temporary).unlink(missing_ok=True)
        # the log of somebody who opened the old file for writing would make the new one unopenable
        _wal(path).unlink(missing_ok=True)


def fill(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Any]) -> None:
    """Write every table, mart and comment into an empty database.

    `rows` gives the tables' rows by full name, as anything that DuckDB reads as a table; a table
    that is not given is empty.
    """
    give_form(connection)
    _pour(connection, rows)


def _pour(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Any]) -> None:
    """Write rows into the empty tables, and what the marts that are kept make of them."""
    with transaction(connection):
        for table in (*LAKE, *OPS):
            if table.full_name in rows:
                _insert(connection, table, rows[table.full_name])
    with transaction(connection):
        for view in views():
            if view.is_kept:
                connection.execute(f"INSERT INTO {view.full_name}\n{view.query}")


def _build(path: Path, snapshot: Snapshot, ops: Mapping[str, pa.Table], forms: Path | None) -> None:
    """Write the whole file and close it without a log beside it."""
    rows = {
        table.full_name: snapshot.dataset(table) for table in LAKE if snapshot.table(table).files
    }
    rows |= {name: table for name, table in ops.items() if table.num_rows}
    if forms is not None:
        shutil.copyfile(empty_file(forms), path)
    with duckdb.connect(str(path), config={"memory_limit": MEMORY_LIMIT}) as connection:
        if forms is None:
            give_form(connection)
        _pour(connection, rows)
        connection.execute("CHECKPOINT")
    if _wal(path).exists():
        raise RuntimeError(f"{path}: DuckDB left a log beside the file after CHECKPOINT")


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, rows: Any) -> None:
    connection.register("incoming", rows)
    order = ", ".join(filter(None, [table.partition, *table.key]))
    connection.execute(
        f"INSERT INTO {table.full_name} BY NAME SELECT * FROM incoming ORDER BY {order}"
    )
    connection.unregister("incoming")


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
