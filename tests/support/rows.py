"""Rows for storage tests: whatever a table requires is filled in, the rest stays NULL."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from schemas import Change, Column, Table
from schemas.core import LISTINGS
from schemas.table import FLAG, TEXT, TIME
from warehouse.lake.snapshot import Lake, Snapshot
from warehouse.lake.transaction import Transaction

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)

RowsOfPartition = tuple[Table, str | None, pa.Table]
"""A table, its partition (None when it has none), and rows of it."""


def rows_of(table: Table, n_rows: int, **columns: list[Any]) -> pa.Table:
    """Rows with the given columns; required ones that are not given get a plain value."""
    required = {
        column.name: [_plain(column, place) for place in range(n_rows)]
        for column in table.columns
        if not column.nullable
    }
    return table.rows({**required, **columns})


def listings(month: str, *papers: str, **columns: list[Any]) -> pa.Table:
    """Listings of one month, one row per paper."""
    return rows_of(
        LISTINGS,
        len(papers),
        issue_id=["huggingface:daily:2026-11-20"] * len(papers),
        paper_id=list(papers),
        issue_month=[month] * len(papers),
        **columns,
    )


def november(*papers: str) -> RowsOfPartition:
    """The listings of November, one row per paper."""
    return LISTINGS, "2026-11", listings("2026-11", *papers)


def commit(lake: Lake, *months: pa.Table, run_id: str = "run") -> Snapshot:
    """Commit listings, each table being all there is of its month."""
    transaction = Transaction(lake, run_id=run_id, now=NOW)
    for rows in months:
        month = rows["issue_month"][0].as_py()
        transaction.replace(LISTINGS, month, rows, Change(added=rows.num_rows))
    return transaction.commit()


def _plain(column: Column, place: int) -> Any:
    if column.type == TEXT:
        return f"{column.name} {place}"
    if column.type == TIME:
        return NOW
    return False if column.type == FLAG else place
