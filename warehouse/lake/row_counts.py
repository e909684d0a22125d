"""Counts rows by partition as readers see them, and compares them with a snapshot's manifest.

Checksums prove that a file is the one that was written. These counts prove that it is read: that no
row is missing, that each is seen in the partition it belongs to, and that no load lost rows of
earlier ones.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import duckdb

from schemas import CORE, LAKE, Table
from schemas.core import ISSUES, NO_ID_MONTH, OBSERVATIONS, PAPER_VERSIONS
from warehouse.lake.snapshot import Snapshot

_DIGITS = "regexp_extract(paper_id, '[^/]+$')"
_CENTURY = f"CASE WHEN {_DIGITS}[1:2] >= '91' THEN '19' ELSE '20' END"
_ARXIV_MONTH = f"{_CENTURY} || {_DIGITS}[1:2] || '-' || {_DIGITS}[3:4]"
_BELONGS = {
    ISSUES: "coalesce(strftime(issued_on, '%Y-%m'), issue_month)",
    PAPER_VERSIONS: f"if(paper_id LIKE 'title:%', '{NO_ID_MONTH}', {_ARXIV_MONTH})",
    OBSERVATIONS: "strftime(observed_at AT TIME ZONE 'UTC', '%Y-%m')",
}
"""The partition of a row by its own values, for one table of each kind of partition."""


class Miscount(NamedTuple):
    """A partition of a table (None of one without partitions), and what is wrong with its rows."""

    table: Table
    partition: str | None
    what: str

    def __str__(self) -> str:
        of = f" of {self.partition}" if self.partition else ""
        return f"{self.table.full_name}{of}: {self.what}"


def miscounts(snapshot: Snapshot) -> Iterator[Miscount]:
    """What is wrong with the rows that readers of the lake see."""
    with duckdb.connect() as connection:
        for table in LAKE:
            connection.register("rows_read", snapshot.dataset(table))
            yield from _miscounts(connection, table, snapshot, "rows_read")
            connection.unregister("rows_read")


def miscounts_in(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> Iterator[Miscount]:
    """What is wrong with the rows of a published file that shows a snapshot."""
    for table in LAKE:
        yield from _miscounts(connection, table, snapshot, table.full_name)


def lost_rows(history: Iterable[Snapshot], rebuilt: int) -> Iterator[Miscount]:
    """Core tables that have other numbers of rows than the snapshot before and the recorded changes
    make: a load did not see existing rows, so it replaced them. Snapshots up to `rebuilt`, when all
    tables were last rebuilt, do not count any more.
    """
    for before, after in pairwise(history):
        if after.number != before.number + 1 or after.number <= rebuilt:
            continue
        for table in CORE:
            change = after.table(table).change
            expected = before.table(table).n_rows + change.added - change.removed
            n_rows = after.table(table).n_rows
            if n_rows != expected:
                what = (
                    f"snapshot {after.number} has {n_rows:,} rows, where snapshot {before.number} "
                    f"and the changes since make {expected:,}"
                )
                yield Miscount(table, None, what)


def _miscounts(
    connection: duckdb.DuckDBPyConnection, table: Table, snapshot: Snapshot, source: str
) -> Iterator[Miscount]:
    recorded: Counter[str | None] = Counter()
    for file in snapshot.table(table).files:
        recorded[file.partition] += file.n_rows
    column = table.partition or "NULL"
    counted = f"SELECT {column}, count(*) FROM {source} GROUP BY ALL"
    found: Counter[str | None] = Counter(dict(connection.execute(counted).fetchall()))
    for partition in sorted((recorded - found) + (found - recorded), key=str):
        what = f"readers find {found[partition]:,} rows, not {recorded[partition]:,}"
        yield Miscount(table, partition, what)
    if table in _BELONGS:
        for partition, n_rows in connection.execute(
            f"SELECT {column}, count(*) FROM {source} "
            f"WHERE {column} IS DISTINCT FROM {_BELONGS[table]} GROUP BY ALL ORDER BY ALL"
        ).fetchall():
            yield Miscount(table, partition, f"{n_rows:,} rows belong to other months")
