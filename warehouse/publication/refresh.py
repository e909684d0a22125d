"""Rows into the tables of a publication: what differs between the snapshot it shows and another.

A table's files are told apart by the manifests alone. A partition that lost a file is emptied and
poured anew; a file that only came to be is added. So a night costs what it changed, whatever is
there already; and an empty file, which shows a snapshot of nothing, is filled by the same code.
"""

import glob
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow.fs import FileSystem, LocalFileSystem

from schemas import LAKE, OPS, Table
from schemas.ops import OUTCOMES
from warehouse.lake.snapshot import DataFile, Snapshot, as_dataset
from warehouse.publication.marts import views
from warehouse.publication.template import create_template, transaction

LOOKS = "SELECT issue_id, captured_at FROM {} WHERE outcome = 'unchanged'"
"""All that kept marts read of the operational tables: the looks that found an issue as it was."""

PORTION = 250_000
"""Listings whose months are worked out at a time, so that it takes no more memory when there are
more."""

PORTION_BYTES = 16 * 2**20
"""Bytes of Parquet poured at a time: they are sorted in memory."""


@dataclass(frozen=True)
class Difference:
    """What of a table is not as it was: partitions to empty, files to pour."""

    emptied: frozenset[str | None]
    refreshed: Mapping[DataFile, Path]

    @property
    def n_rows(self) -> int:
        return sum(file.n_rows for file in self.refreshed)

    @property
    def partitions(self) -> frozenset[str | None]:
        return self.emptied | {file.partition for file in self.refreshed}


def difference(table: Table, before: Snapshot, after: Snapshot) -> Difference:
    """How to make a table of one snapshot that of another."""
    old, new = set(before.table(table).files), after.places(table)
    emptied = frozenset(file.partition for file in old - new.keys())
    refreshed = {f: p for f, p in new.items() if f.partition in emptied or f not in old}
    return Difference(emptied, refreshed)


def is_small(before: Snapshot, after: Snapshot) -> bool:
    """Whether fewer than half of a snapshot's rows would have to be poured on top of another's."""
    n_refreshed = sum(difference(table, before, after).n_rows for table in LAKE)
    return 2 * n_refreshed < sum(after.table(table).n_rows for table in LAKE)


def refresh(
    connection: duckdb.DuckDBPyConnection,
    before: Snapshot,
    after: Snapshot,
    ops: Mapping[str, pa.Table],
) -> None:
    """Make the tables that show one snapshot show another, and replace the operational tables.

    `ops` gives the rows of those by full name; one that is not given is empty.
    """
    changes = {table: difference(table, before, after) for table in LAKE}
    is_empty = before.number == 0
    months = None
    if not is_empty:
        touched = _touched(connection, changes, ops)
        months = _months(connection, touched)
    with transaction(connection):
        for table, change in changes.items():
            _empty(connection, table, change.emptied)
    for portion in _refreshed_together(changes):
        with transaction(connection):
            for table, paths in portion.items():
                _insert_files(connection, table, paths, after.storage)
    with transaction(connection):
        for table in OPS:
            if not is_empty:
                connection.execute(f"DELETE FROM {table.full_name}")
            if table.full_name in ops:
                _insert(connection, table, ops[table.full_name])
    if months is not None:
        months |= _months(connection, touched)
    materialize(connection, months)


def fill(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Any]) -> None:
    """Write every table, mart and comment into an empty database.

    `rows` gives the tables' rows by full name, as anything that DuckDB reads as a table; a table
    that is not given is empty.
    """
    create_template(connection)
    with transaction(connection):
        for table in (*LAKE, *OPS):
            if table.full_name in rows:
                _insert(connection, table, rows[table.full_name])
    materialize(connection)


def agrees(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> bool:
    """Whether every table has as many rows as the snapshot's manifest says."""
    for table in LAKE:
        counted = connection.execute(f"SELECT count(*) FROM {table.full_name}").fetchone()
        if counted != (snapshot.table(table).n_rows,):
            return False
    return True


def _refreshed_together(changes: Mapping[Table, Difference]) -> Iterator[dict[Table, list[Path]]]:
    """The files to pour by table, whole partitions, so many at a time as have `PORTION_BYTES`."""
    portion: dict[Table, list[Path]] = {}
    n_bytes = 0
    for table, change in changes.items():
        in_order = sorted(change.refreshed, key=lambda file: file.partition or "")
        for _, group in groupby(in_order, key=lambda file: file.partition):
            files = list(group)
            portion.setdefault(table, []).extend(change.refreshed[file] for file in files)
            n_bytes += sum(file.n_bytes for file in files)
            if n_bytes >= PORTION_BYTES:
                yield portion
                portion, n_bytes = {}, 0
    if portion:
        yield portion


def _empty(
    connection: duckdb.DuckDBPyConnection, table: Table, partitions: Collection[str | None]
) -> None:
    if table.partition is None and partitions:
        connection.execute(f"DELETE FROM {table.full_name}")
    elif partitions:
        connection.execute(
            f"DELETE FROM {table.full_name} WHERE list_contains(?, {table.partition})",
            [sorted(filter(None, partitions))],
        )


@dataclass(frozen=True)
class _Touched:
    """Where anything differs that kept marts read."""

    issue_months: list[str]
    paper_months: list[str]
    looked_at: list[str]
    """Issues looked at in what comes and not in what the file shows, or the other way round."""


def _touched(
    connection: duckdb.DuckDBPyConnection,
    changes: Mapping[Table, Difference],
    ops: Mapping[str, pa.Table],
) -> _Touched:
    """What is about to change in a file."""

    def months(column: str) -> list[str]:
        found = (c.partitions for table, c in changes.items() if table.partition == column)
        return sorted({name for names in found for name in names if name})

    connection.register("incoming", ops.get(OUTCOMES.full_name, OUTCOMES.rows({})))
    now, before = LOOKS.format("incoming"), LOOKS.format(OUTCOMES.full_name)
    differ = f"({now} EXCEPT {before}) UNION ALL ({before} EXCEPT {now})"
    looked_at = connection.execute(f"SELECT DISTINCT issue_id FROM ({differ})").fetchall()
    connection.unregister("incoming")
    issues = [issue_id for (issue_id,) in looked_at]
    return _Touched(months("issue_month"), months("paper_month"), issues)


def _months(connection: duckdb.DuckDBPyConnection, touched: _Touched) -> set[date]:
    """Months of all issues, as they stand now, that list a paper of which anything differs: what is
    said of it or of one of its issues. It is first listed in one of them."""
    rows = connection.execute(
        """
        SELECT DISTINCT date_trunc('month', issued_on)::DATE
        FROM core.issues JOIN core.listings USING (issue_id)
        WHERE issued_on IS NOT NULL AND paper_id IN (
            SELECT paper_id FROM core.listings
            WHERE list_contains($issue_months, issue_month) OR list_contains($looked_at, issue_id)
            UNION ALL
            SELECT paper_id FROM core.paper_versions
            WHERE list_contains($paper_months, paper_month)
        )
        """,
        vars(touched),
    ).fetchall()
    return {month for (month,) in rows}


def materialize(
    connection: duckdb.DuckDBPyConnection, months: Collection[date] | None = None
) -> None:
    """Work out these months of the kept marts anew, or all of them in a file that has none yet."""
    portions = _portions(connection, months)
    for view in filter(lambda view: view.is_materialized, views()):
        month = f"date_trunc('month', {view.materialized_by})::DATE"
        chosen = f"list_contains(getvariable('months'), {month})"
        with transaction(connection):
            for portion in portions:
                connection.execute("SET VARIABLE months = ?::DATE[]", [portion])
                connection.execute(f"DELETE FROM {view.full_name} WHERE {chosen}")
                connection.execute(
                    f"INSERT INTO {view.full_name} SELECT * FROM (\n{view.query}\n) WHERE {chosen}"
                )


def _portions(
    connection: duckdb.DuckDBPyConnection, months: Collection[date] | None
) -> list[list[date]]:
    """Months, or all in which anything is listed, so many at a time as have `PORTION` listings."""
    counted = connection.execute(
        """
        SELECT date_trunc('month', issued_on)::DATE, count(*)
        FROM core.issues JOIN core.listings USING (issue_id)
        WHERE issued_on IS NOT NULL GROUP BY ALL
        """
    ).fetchall()
    n_listed = dict(counted)
    portions: list[list[date]] = []
    room = 0
    for month in sorted(n_listed if months is None else months):
        room -= n_listed.get(month, 0)
        if room < 0 or not portions:
            portions.append([])
            room = PORTION - n_listed.get(month, 0)
        portions[-1].append(month)
    return portions


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, rows: Any) -> None:
    connection.register("incoming", rows)
    connection.execute(_inserting(table, "*", "incoming"))
    connection.unregister("incoming")


def _insert_files(
    connection: duckdb.DuckDBPyConnection, table: Table, paths: Sequence[Path], storage: FileSystem
) -> None:
    """Pour Parquet files. Those on this machine the database reads by itself, in less memory."""
    if not isinstance(storage, LocalFileSystem):
        _insert(connection, table, as_dataset(table, paths, storage))
        return
    # the database takes a name for a pattern, and a home may be called anything
    names = [glob.escape(str(path)) for path in paths]
    columns = "* EXCLUDE (filename)"
    if table.partition:
        # from the end of the path alone: what stands before it is not ours
        pattern = f"/{table.partition}=([^/]+)/[^/]+$"
        columns += f", regexp_extract(filename, '{pattern}', 1) AS {table.partition}"
    reading = "read_parquet(?, filename = true, union_by_name = true, hive_partitioning = false)"
    connection.execute(_inserting(table, columns, reading), [names])


def _inserting(table: Table, columns: str, source: str) -> str:
    order = ", ".join(filter(None, [table.partition, *table.key]))
    return f"INSERT INTO {table.full_name} BY NAME SELECT {columns} FROM {source} ORDER BY {order}"
