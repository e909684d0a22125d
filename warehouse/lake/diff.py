"""Differences between two states of the lake, and the snapshot of a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa
from pyarrow.fs import FileSystem

from schemas import LAKE, Change, Table
from schemas.errors import UsageError
from warehouse.lake.schema_evolution import check_described
from warehouse.lake.snapshot import DataFile, Snapshot, as_dataset

_OF_THE_RUN = ("run_id", "loaded_at")
"""Columns that say who wrote a row and when: two rows that differ in these alone are the same."""


class State(Protocol):
    """Anything that has the files of every table: a snapshot or a transaction."""

    @property
    def storage(self) -> FileSystem: ...

    def places(self, table: Table) -> Mapping[DataFile, Path]: ...


class Past(Protocol):
    """Any lake whose older snapshots can be read."""

    def snapshot(self, number: int) -> Snapshot: ...
    def history(self) -> Iterator[Snapshot]: ...


def diff(before: State, after: State) -> dict[str, Change]:
    """How many rows were added, changed and removed, by table; equal tables are left out.

    Files that both states have are not read, so the cost is that of what changed.
    """
    changes: dict[str, Change] = {}
    for table in LAKE:
        with _compared(table, before, after) as connection:
            counts = connection.execute(
                "SELECT count(*) FILTER (what = 'added'), count(*) FILTER (what = 'changed'), "
                "count(*) FILTER (what = 'removed') FROM differing"
            ).fetchone()
        change = Change(*(counts or ()))
        if change:
            changes[table.full_name] = change
    return changes


def differing(table: Table, before: State, after: State) -> pa.Table:
    """The keys of the rows of one table that differ, each with `added`, `changed` or `removed`."""
    with _compared(table, before, after) as connection:
        return connection.execute("FROM differing ORDER BY ALL").to_arrow_table()


def snapshot_at(lake: Past, at: str) -> Snapshot:
    """The snapshot with a number, or the newest one not younger than a date or time (UTC).

    A date means its end. Raises `UsageError` when `at` is neither or no snapshot is that old, and
    `SchemaChanged` when the snapshot cannot be read with the present schema.
    """
    snapshot = lake.snapshot(int(at)) if at.isdecimal() else _newest_by(lake, _moment(at), at)
    check_described(snapshot)
    return snapshot


def _newest_by(lake: Past, moment: datetime, at: str) -> Snapshot:
    found = [s for s in lake.history() if s.created_at is not None and s.created_at <= moment]
    if not found:
        oldest = next(lake.history(), None)
        first = f"{oldest.number} of {oldest.created_at}" if oldest else "none"
        raise UsageError(f"no snapshot is as old as {at}; the oldest is {first}")
    return found[-1]


def _moment(text: str) -> datetime:
    try:
        if len(text) == len("2026-11-20"):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is neither a snapshot's number nor a date or time like 2026-11-20T06:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@contextmanager
def _compared(table: Table, before: State, after: State) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a table `differing`: the keys of rows that differ between the states."""
    old, new = before.places(table), after.places(table)
    common = {file.sha256 for file in old} & {file.sha256 for file in new}
    key = ", ".join(table.key)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, state, places in (("old_rows", before, old), ("new_rows", after, new)):
            paths = [path for file, path in places.items() if file.sha256 not in common]
            connection.register(name, as_dataset(table, paths, state.storage))
        compared = ", ".join(name for name in table.column_names if name not in _OF_THE_RUN)
        rows = f"SELECT {key}, r AS whole, true AS is_there FROM (SELECT {compared} FROM {{}}) AS r"
        connection.execute(
            f"""
            CREATE TEMP TABLE differing AS
            SELECT CASE WHEN was.is_there IS NULL THEN 'added'
                        WHEN now.is_there IS NULL THEN 'removed' ELSE 'changed' END AS what, {key}
            FROM ({rows.format("new_rows")}) AS now FULL JOIN ({rows.format("old_rows")}) AS was
            USING ({key})
            WHERE now.whole IS DISTINCT FROM was.whole
            """
        )
        yield connection
