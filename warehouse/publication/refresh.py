"""Updates the tables of a publication: loads what differs between its snapshot and another one.

The manifests alone tell which Parquet files differ. If a partition lost a file, it is deleted and
reloaded; a file that is only new is added. So a night costs what it changed, however large the lake
is. A whole build is the same code, starting from an empty file and an empty snapshot.
"""

import re
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
from schemas.core import OBSERVATIONS
from schemas.ops import OUTCOMES
from warehouse.lake.snapshot import DataFile, Snapshot, as_dataset
from warehouse.publication.marts import View, views
from warehouse.publication.template import create_template, transaction

UNCHANGED_CAPTURES = "SELECT issue_id, captured_at FROM {} WHERE outcome = 'unchanged'"
"""All that materialized marts read of the operational tables: captures that changed nothing."""

ISSUE_MONTH = """
date_trunc(
    'month', coalesce(issues.issued_on, make_timestamp(epoch_us(issues.first_seen_at))::DATE)
)::DATE
"""
"""SQL over core.issues: the first day of an issue's month; an issue without a date belongs to the
month of its first capture."""

LISTINGS_PER_BATCH = 250_000
"""Months are materialized in batches of so many listings, which bounds the memory; a mart that
needs more for each names a smaller number."""

BYTES_PER_BATCH = 16 * 2**20
"""Bytes of Parquet loaded in one transaction, whose rows DuckDB holds in memory."""


_PATTERN = re.compile(r"[*?\[\\]")
"""What makes a path a pattern for DuckDB."""


@dataclass(frozen=True)
class Difference:
    """How to update a table: first delete the rows of these partitions, then load these files."""

    deleted: frozenset[str | None]
    loaded: Mapping[DataFile, Path]

    @property
    def n_rows(self) -> int:
        return sum(file.n_rows for file in self.loaded)

    @property
    def partitions(self) -> frozenset[str | None]:
        return self.deleted | {file.partition for file in self.loaded}


def difference(table: Table, before: Snapshot, after: Snapshot) -> Difference:
    """How to turn a table of one snapshot into that of another."""
    old, new = set(before.table(table).files), after.places(table)
    deleted = frozenset(file.partition for file in old - new.keys())
    loaded = {f: p for f, p in new.items() if f.partition in deleted or f not in old}
    return Difference(deleted, loaded)


def is_mostly_unchanged(before: Snapshot, after: Snapshot) -> bool:
    """Whether an update from one snapshot to another loads fewer than half of the rows."""
    n_loaded = sum(difference(table, before, after).n_rows for table in LAKE)
    return 2 * n_loaded < sum(after.table(table).n_rows for table in LAKE)


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
        observed = _observed(connection, changes[OBSERVATIONS], after)
        touched = _touched(connection, changes, ops, observed)
        months = _months(connection, touched)
    with transaction(connection):
        for table, change in changes.items():
            _delete_partitions(connection, table, change.deleted)
    for batch in _file_batches(changes):
        with transaction(connection):
            for table, paths in batch.items():
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


@dataclass(frozen=True)
class _Touched:
    """What an update changes of what materialized marts read."""

    issue_months: list[str]
    paper_months: list[str]
    rechecked: list[str]
    """Issues whose unchanged captures differ between the update and the file."""
    observed: list[str]
    """Papers whose votes are deleted or loaded; the months of these rows tell too little, because a
    night adds a file to a month."""


def _touched(
    connection: duckdb.DuckDBPyConnection,
    changes: Mapping[Table, Difference],
    ops: Mapping[str, pa.Table],
    observed: list[str],
) -> _Touched:
    """What an update is about to change in a file."""

    def months(column: str) -> list[str]:
        found = (c.partitions for table, c in changes.items() if table.partition == column)
        return sorted({name for names in found for name in names if name})

    connection.register("incoming", ops.get(OUTCOMES.full_name, OUTCOMES.rows({})))
    now, before = (UNCHANGED_CAPTURES.format(name) for name in ("incoming", OUTCOMES.full_name))
    differ = f"({now} EXCEPT {before}) UNION ALL ({before} EXCEPT {now})"
    rechecked = connection.execute(f"SELECT DISTINCT issue_id FROM ({differ})").fetchall()
    connection.unregister("incoming")
    issues = [issue_id for (issue_id,) in rechecked]
    return _Touched(months("issue_month"), months("paper_month"), issues, observed)


def _observed(
    connection: duckdb.DuckDBPyConnection, change: Difference, after: Snapshot
) -> list[str]:
    """The papers with votes in rows that an update is about to delete or to load."""
    deleted = connection.execute(
        "SELECT DISTINCT paper_id FROM core.observations WHERE list_contains(?, observed_month)",
        [sorted(filter(None, change.deleted))],
    ).fetchall()
    files = as_dataset(OBSERVATIONS, change.loaded.values(), after.storage)
    loaded = files.to_table(columns=["paper_id"])["paper_id"].unique().to_pylist()
    return sorted({*loaded, *(paper_id for (paper_id,) in deleted)})


def _months(connection: duckdb.DuckDBPyConnection, touched: _Touched) -> set[date]:
    """Months of all issues now in the file that list a touched paper: one whose own rows change, or
    the rows of an issue that lists it. One of these months is that of its first listing."""
    rows = connection.execute(
        f"""
        SELECT DISTINCT {ISSUE_MONTH}
        FROM core.issues JOIN core.listings USING (issue_id)
        WHERE paper_id IN (
            SELECT paper_id FROM core.listings
            WHERE list_contains($issue_months, issue_month) OR list_contains($rechecked, issue_id)
            UNION ALL
            SELECT paper_id FROM core.paper_versions
            WHERE list_contains($paper_months, paper_month)
            UNION ALL
            SELECT unnest($observed)
        )
        """,
        vars(touched),
    ).fetchall()
    return {month for (month,) in rows}


def materialize(
    connection: duckdb.DuckDBPyConnection, months: Collection[date] | None = None
) -> None:
    """Recompute these months of the materialized marts, or all months in a file that has none."""
    n_listed = _listings_by_month(connection, months)
    # packing the keys of a join into numbers hides from DuckDB which parts of a table it can skip
    connection.execute("SET disabled_optimizers = 'compressed_materialization'")
    for view in filter(lambda view: view.is_materialized, views()):
        most = min(view.listings_at_a_time or LISTINGS_PER_BATCH, LISTINGS_PER_BATCH)
        for batch in _in_batches(n_listed, most):
            n_slices = -(-sum(n_listed[month] for month in batch) // most)
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


def _listings_by_month(
    connection: duckdb.DuckDBPyConnection, months: Collection[date] | None
) -> dict[date, int]:
    """How many listings these months have, or all that have some; in order."""
    counted = connection.execute(
        f"""
        SELECT {ISSUE_MONTH}, count(*)
        FROM core.issues JOIN core.listings USING (issue_id)
        GROUP BY ALL
        """
    ).fetchall()
    n_listed = dict(counted)
    return {
        month: n_listed.get(month, 0) for month in sorted(n_listed if months is None else months)
    }


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
