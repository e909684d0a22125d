"""Updates the tables of a publication: loads what differs between its snapshot and another one.

Only files that differ are read (`difference.py`), and only those months of materialized marts are
computed again that depend on them (`touched.py`). So a night costs what it changed, however large
the lake is. A whole build is the same code, starting from an empty file and an empty snapshot.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow.fs import FileSystem, LocalFileSystem

from schemas import LAKE, OPS, Table
from warehouse.lake.snapshot import Snapshot, as_dataset
from warehouse.publication.difference import Difference, difference
from warehouse.publication.marts import View, views
from warehouse.publication.template import create_template, transaction
from warehouse.publication.touched import ISSUE_MONTH, months_by_mart, touched_by_mart

LISTINGS_PER_BATCH = 250_000
"""Months are materialized in batches of so many listings, which bounds the memory; a mart that
needs more for each names a smaller number."""

BYTES_PER_BATCH = 8 * 2**20
"""Bytes of Parquet loaded in one transaction, whose rows DuckDB holds in memory."""

WRITERS = 2
"""So many threads load tables side by side where there is more than a transaction's worth. One of
them loads all of a table, so its rows keep their order."""


_PATTERN = re.compile(r"[*?\[\\]")
"""What makes a path a pattern for DuckDB."""


def refresh(
    connection: duckdb.DuckDBPyConnection,
    before: Snapshot,
    after: Snapshot,
    ops: Mapping[str, pa.Table],
) -> None:
    """Update tables from snapshot `before` to snapshot `after`; replace the operational tables.

    `ops` gives the operational tables by full name; one that is not given is empty.
    """
    changes = {table: difference(table, before, after) for table in LAKE}
    is_empty = before.number == 0
    months = None
    if not is_empty:
        touched = touched_by_mart(connection, changes, ops, after)
        months = months_by_mart(connection, touched)
    with transaction(connection):
        for table, change in changes.items():
            _delete_partitions(connection, table, change.deleted)
    _load(connection, changes, after.storage)
    with transaction(connection):
        for table in OPS:
            if not is_empty:
                connection.execute(f"DELETE FROM {table.full_name}")
            if table.full_name in ops:
                _insert(connection, table, ops[table.full_name])
    if months is not None:
        for name, more in months_by_mart(connection, touched).items():
            months[name] |= more
    materialize(connection, months)


def fill(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Any]) -> None:
    """Write every table, mart and comment into an empty database.

    `rows` gives tables by full name, in any type that DuckDB reads as a table; one that is not
    given is empty.
    """
    create_template(connection)
    with transaction(connection):
        for table in (*LAKE, *OPS):
            if table.full_name in rows:
                _insert(connection, table, rows[table.full_name])
    materialize(connection)


def has_all_rows(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> bool:
    """Whether every table has as many rows as the snapshot's manifest says."""
    for table in LAKE:
        counted = connection.execute(f"SELECT count(*) FROM {table.full_name}").fetchone()
        if counted != (snapshot.table(table).n_rows,):
            return False
    return True


def _load(
    connection: duckdb.DuckDBPyConnection, changes: Mapping[Table, Difference], storage: FileSystem
) -> None:
    """Load the files of every table, several tables at once where there is much to load."""

    def load(batches: list[dict[Table, list[Path]]]) -> None:
        with connection.cursor() as session:
            for batch in batches:
                with transaction(session):
                    for table, paths in batch.items():
                        _insert_files(session, table, paths, storage)

    with ThreadPoolExecutor(WRITERS) as writers:
        for done in [writers.submit(load, portion) for portion in _portions(changes)]:
            done.result()


def _portions(changes: Mapping[Table, Difference]) -> list[list[dict[Table, list[Path]]]]:
    """What one writer loads at a time, in batches: a table, the largest first; or everything, where
    that is little."""
    if sum(change.n_bytes for change in changes.values()) < BYTES_PER_BATCH:
        return [list(_file_batches(changes))]
    largest_first = sorted(changes, key=lambda table: changes[table].n_bytes, reverse=True)
    return [list(_file_batches({table: changes[table]})) for table in largest_first]


def _file_batches(changes: Mapping[Table, Difference]) -> Iterator[dict[Table, list[Path]]]:
    """The files to load by table, in batches of whole partitions of about `BYTES_PER_BATCH`."""
    batch: dict[Table, list[Path]] = {}
    n_bytes = 0
    for table, change in changes.items():
        in_order = sorted(change.loaded, key=lambda file: file.partition or "")
        for _, group in groupby(in_order, key=lambda file: file.partition):
            files = list(group)
            batch.setdefault(table, []).extend(change.loaded[file] for file in files)
            n_bytes += sum(file.n_bytes for file in files)
            if n_bytes >= BYTES_PER_BATCH:
                yield batch
                batch, n_bytes = {}, 0
    if batch:
        yield batch


def _delete_partitions(
    connection: duckdb.DuckDBPyConnection, table: Table, partitions: Collection[str | None]
) -> None:
    if table.partition is None and partitions:
        connection.execute(f"DELETE FROM {table.full_name}")
    elif partitions:
        connection.execute(
            f"DELETE FROM {table.full_name} WHERE list_contains(?, {table.partition})",
            [sorted(filter(None, partitions))],
        )


def materialize(
    connection: duckdb.DuckDBPyConnection, months: Mapping[str, Collection[date]] | None = None
) -> None:
    """Recompute months of the materialized marts, given by the marts' full names, or all months in
    a file that has none."""
    n_listed = listings_by_month(connection)
    # packing the keys of a join into numbers hides from DuckDB which parts of a table it can skip
    connection.execute("SET disabled_optimizers = 'compressed_materialization'")
    for view in filter(lambda view: view.is_materialized, views()):
        wanted = n_listed if months is None else months[view.full_name]
        most = min(view.listings_at_a_time or LISTINGS_PER_BATCH, LISTINGS_PER_BATCH)
        counted = {month: n_listed.get(month, 0) for month in sorted(wanted)}
        batches = _in_batches(counted, most)
        if months is not None and view.listings_at_a_time and len(batches) > 1:
            # it needs the memory that holds rows which are not yet in the file
            connection.execute("CHECKPOINT")
        for batch in batches:
            n_slices = -(-sum(counted[month] for month in batch) // most)
            _recompute(connection, view, batch, n_slices if view.listings_at_a_time else 1)
    connection.execute("RESET disabled_optimizers")


def _recompute(
    connection: duckdb.DuckDBPyConnection, view: View, months: list[date], n_slices: int
) -> None:
    """Recompute some months of a mart, in slices of their papers. Each slice is a transaction:
    DuckDB holds the rows of a transaction in memory."""
    chosen = (
        f"list_contains(getvariable('months'), date_trunc('month', {view.materialized_by})::DATE)"
    )
    connection.execute("SET VARIABLE months = ?::DATE[]", [months])
    connection.execute(f"SET VARIABLE slices = {n_slices}")
    with transaction(connection):
        connection.execute(f"DELETE FROM {view.full_name} WHERE {chosen}")
    for place in range(n_slices):
        connection.execute(f"SET VARIABLE slice = {place}")
        rows = f"SELECT * FROM (\n{view.query}\n) WHERE {chosen}"
        with transaction(connection):
            connection.execute(f"INSERT INTO {view.full_name} {rows}")


def listings_by_month(connection: duckdb.DuckDBPyConnection) -> dict[date, int]:
    """How many listings each month has that has some."""
    return dict(
        connection.execute(
            f"""
            SELECT {ISSUE_MONTH}, count(*)
            FROM core.issues JOIN core.listings USING (issue_id)
            GROUP BY ALL
            """
        ).fetchall()
    )


def _in_batches(n_listed: Mapping[date, int], n_listings: int) -> list[list[date]]:
    """The months in batches of up to so many listings, or of one month with more."""
    batches: list[list[date]] = []
    room = 0
    for month, count in n_listed.items():
        room -= count
        if room < 0 or not batches:
            batches.append([])
            room = n_listings - count
        batches[-1].append(month)
    return batches


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, rows: Any) -> None:
    connection.register("incoming", rows)
    connection.execute(_inserting(table, "*", "incoming"))
    connection.unregister("incoming")


def _insert_files(
    connection: duckdb.DuckDBPyConnection, table: Table, paths: Sequence[Path], storage: FileSystem
) -> None:
    """Load Parquet files. DuckDB reads local ones itself, which needs less memory, unless it would
    take a path for a pattern, which might match other files."""
    names = list(map(str, paths))
    if not isinstance(storage, LocalFileSystem) or any(map(_PATTERN.search, names)):
        _insert(connection, table, as_dataset(table, paths, storage))
        return
    columns = "* EXCLUDE (filename)"
    if table.partition:
        # the partition is the last folder; folders above may have names of the same shape
        pattern = f"/{table.partition}=([^/]+)/[^/]+$"
        columns += f", regexp_extract(filename, '{pattern}', 1) AS {table.partition}"
    reading = "read_parquet(?, filename = true, union_by_name = true, hive_partitioning = false)"
    connection.execute(_inserting(table, columns, reading), [names])


def _inserting(table: Table, columns: str, source: str) -> str:
    """The statement that adds rows in their order, which is that of the key within a file; a column
    that older files lack is NULL."""
    every_column = f"SELECT * FROM {table.full_name} LIMIT 0"
    return (
        f"INSERT INTO {table.full_name} BY NAME "
        f"FROM (({every_column}) UNION ALL BY NAME SELECT {columns} FROM {source})"
    )
