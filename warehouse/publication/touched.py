"""Which months of which materialized mart an update of a publication makes wrong.

A mart depends on the tables that its SQL reads, also through other marts (`marts.dependencies`).
So votes, or looks that found nothing new, do not make a mart anew that knows neither. A table that
changed tells which papers' rows may differ; each row of a mart belongs to the month of an issue
that lists one of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date

import duckdb
import pyarrow as pa

from schemas import Table
from schemas.core import OBSERVATIONS
from schemas.ops import OUTCOMES
from warehouse.lake.snapshot import Snapshot, as_dataset
from warehouse.publication.difference import Difference
from warehouse.publication.marts import dependencies

ISSUE_MONTH = """
date_trunc(
    'month', coalesce(issues.issued_on, make_timestamp(epoch_us(issues.first_seen_at))::DATE)
)::DATE
"""
"""SQL over core.issues: the first day of an issue's month; an issue without a date belongs to the
month of its first capture."""

_LOOKS = "SELECT issue_id, captured_at FROM {} WHERE outcome = 'unchanged'"
"""All that materialized marts read of the operational tables: looks that found nothing new."""


@dataclass(frozen=True)
class Touched:
    """What an update changes of what a mart depends on."""

    issue_months: tuple[str, ...]
    paper_months: tuple[str, ...]
    looked_at: tuple[str, ...]
    """Issues of which the file and the update know different looks."""
    observed: tuple[str, ...]
    """Papers whose votes are deleted or loaded; the months of these rows tell too little, because a
    night adds a file to a month."""


def touched_by_mart(
    connection: duckdb.DuckDBPyConnection,
    changes: Mapping[Table, Difference],
    ops: Mapping[str, pa.Table],
    after: Snapshot,
) -> dict[str, Touched]:
    """What an update is about to change in a file, by the full name of the materialized mart."""
    looked_at = _looked_at(connection, ops.get(OUTCOMES.full_name, OUTCOMES.rows({})))
    observed = _observed(connection, changes[OBSERVATIONS], after)
    return {
        name: Touched(
            _months_of("issue_month", changes, tables),
            _months_of("paper_month", changes, tables),
            looked_at if OUTCOMES.full_name in tables else (),
            observed if OBSERVATIONS.full_name in tables else (),
        )
        for name, tables in dependencies().items()
    }


def months_by_mart(
    connection: duckdb.DuckDBPyConnection, touched: Mapping[str, Touched]
) -> dict[str, set[date]]:
    """Months of all issues now in the file that list a touched paper: one whose own rows change, or
    the rows of an issue that lists it. One of these months is that of its first listing."""
    months = {what: _months(connection, what) for what in set(touched.values())}
    return {name: set(months[what]) for name, what in touched.items()}


def _months(connection: duckdb.DuckDBPyConnection, touched: Touched) -> set[date]:
    changed = {field.name: list(getattr(touched, field.name)) for field in fields(touched)}
    if not any(changed.values()):
        return set()
    rows = connection.execute(
        f"""
        SELECT DISTINCT {ISSUE_MONTH}
        FROM core.issues JOIN core.listings USING (issue_id)
        WHERE paper_id IN (
            SELECT paper_id FROM core.listings
            WHERE list_contains($issue_months, issue_month) OR list_contains($looked_at, issue_id)
            UNION ALL
            SELECT paper_id FROM core.paper_versions
            WHERE list_contains($paper_months, paper_month)
            UNION ALL
            SELECT unnest($observed)
        )
        """,
        changed,
    ).fetchall()
    return {month for (month,) in rows}


def _months_of(
    column: str, changes: Mapping[Table, Difference], tables: Collection[str]
) -> tuple[str, ...]:
    """The partitions by that column that change in one of these tables."""
    found = (
        change.partitions
        for table, change in changes.items()
        if table.partition == column and table.full_name in tables
    )
    return tuple(sorted({name for names in found for name in names if name}))


def _looked_at(connection: duckdb.DuckDBPyConnection, outcomes: pa.Table) -> tuple[str, ...]:
    """The issues of which these outcomes and those in the file tell different looks. The time of a
    capture that is loaded is no look more: reading a file again is not seeing the issue again."""
    connection.register("incoming", outcomes)
    now, before = (_LOOKS.format(name) for name in ("incoming", OUTCOMES.full_name))
    rows = connection.execute(
        f"""
        SELECT DISTINCT issue_id
        FROM (({now} EXCEPT {before}) UNION ALL ({before} EXCEPT {now}))
        ANTI JOIN core.issue_captures USING (issue_id, captured_at)
        """
    ).fetchall()
    connection.unregister("incoming")
    return tuple(sorted(issue_id for (issue_id,) in rows))


def _observed(
    connection: duckdb.DuckDBPyConnection, change: Difference, after: Snapshot
) -> tuple[str, ...]:
    """The papers with votes in rows that an update is about to delete or to load."""
    deleted = connection.execute(
        "SELECT DISTINCT paper_id FROM core.observations WHERE list_contains(?, observed_month)",
        [sorted(filter(None, change.deleted))],
    ).fetchall()
    files = as_dataset(OBSERVATIONS, change.loaded.values(), after.storage)
    loaded = files.to_table(columns=["paper_id"])["paper_id"].unique().to_pylist()
    return tuple(sorted({*loaded, *(paper_id for (paper_id,) in deleted)}))
