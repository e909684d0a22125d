"""The ledger: what every run did, recorded as it happens, so a run that fails or crashes is on
record too.

SQLite in WAL mode: readers never wait. Its tables are described in `schemas/ops.py`; times are
ISO 8601 text in UTC. The publication has a copy of them.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas import LEDGER, Table
from schemas.errors import PaperhouseError
from schemas.ops import RUNS
from schemas.table import DATE, FLAG, TIME

_READ: Mapping[pa.DataType, Callable[[Any], Any]] = {
    TIME: datetime.fromisoformat,
    DATE: date.fromisoformat,
    FLAG: bool,
}
"""How values of a type are read that SQLite stores as another."""

_PLAIN = frozenset({str, int, float, bool, type(None)})
"""Types that SQLite stores as they are."""


class LedgerUnreadable(PaperhouseError):
    """There is a ledger, but it cannot be read."""


@contextmanager
def open_ledger(path: Path) -> Iterator["Ledger"]:
    """The ledger, for reading only; an empty one in memory if there is no file yet.

    Raises `LedgerUnreadable` when the file is damaged or no ledger.
    """
    ledger = Ledger(path, is_for_reading=True) if path.exists() else Ledger(Path(":memory:"))
    try:
        yield ledger
    finally:
        ledger.close()


class Ledger:
    """The ledger of one home. Rows go in as mappings of column name to value."""

    def __init__(self, path: Path, *, is_for_reading: bool = False) -> None:
        """Open a ledger; unless `is_for_reading`, create it or add columns described since."""
        if is_for_reading:
            self._connection = _open_to_read(path)
            self._connection.row_factory = sqlite3.Row
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            raise  # the disk, not the file
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise _unreadable(path, error) from error
        self._connection.execute("PRAGMA synchronous=FULL")
        with self._transaction():
            for table in LEDGER:
                self._connection.execute(table.sqlite_definition())
                self._add_new_columns(table)

    def close(self) -> None:
        self._connection.close()

    def open_run(self, *, run_id: str, command: str, now: datetime, version: str) -> None:
        """Record that a run began. Runs left open by a crash are closed as `crashed` first."""
        with self._transaction():
            self._connection.execute(
                "UPDATE runs SET outcome = 'crashed', ended_at = ?, "
                "error = 'the process ended without closing the run' WHERE outcome = 'running'",
                [_time(now)],
            )
            began = {"run_id": run_id, "command": command, "started_at": now, "version": version}
            self._insert(RUNS, {**began, "outcome": "running"})

    def forget_run(self, run_id: str) -> None:
        """Remove the record of a run that was asked for what cannot be done, and did nothing."""
        self._connection.execute("DELETE FROM runs WHERE run_id = ?", [run_id])

    def close_run(
        self,
        run_id: str,
        *,
        now: datetime,
        outcome: str,
        exit_code: int,
        snapshot: int | None = None,
        error: str | None = None,
    ) -> None:
        """Record how a run ended."""
        self._connection.execute(
            "UPDATE runs SET ended_at = ?, outcome = ?, exit_code = ?, snapshot = ?, error = ? "
            "WHERE run_id = ?",
            [_time(now), outcome, exit_code, snapshot, error, run_id],
        )

    def record(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows; one with an existing key replaces it, so recording twice is harmless."""
        with self._transaction():
            for row in rows:
                self._insert(table, row)

    def record_new(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows; an existing row with the same key stays as it is."""
        with self._transaction():
            for row in rows:
                self._insert(table, row, "OR IGNORE")

    def rows(
        self, table: Table, where: str = "true", parameters: Iterable[Any] = ()
    ) -> list[dict[str, Any]]:
        """Rows of a ledger table in key order, typed as described."""
        columns = self._columns(table, where, parameters)
        names = table.column_names
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def newest(self, table: Table, per: str, where: str = "true") -> list[dict[str, Any]]:
        """For each value of the column `per`, the matching row that was added last."""
        last = f"SELECT max(rowid) FROM {table.name} WHERE {where} GROUP BY {per}"
        return self.rows(table, f"rowid IN ({last})")

    def of_captures(
        self, table: Table, captures: Iterable[tuple[str, datetime]]
    ) -> list[dict[str, Any]]:
        """The rows about some captures, each given by issue and time, in key order."""
        wanted = json.dumps([f"{issue_id} {_time(at)}" for issue_id, at in captures])
        is_wanted = "issue_id || ' ' || captured_at IN (SELECT value FROM json_each(?))"
        return self.rows(table, is_wanted, [wanted])

    def newest_snapshot_of(self, command: str) -> int:
        """Number of the newest snapshot that a command committed; 0 if there is none."""
        rows = self.rows(RUNS, "command = ?", [command])
        return max((row["snapshot"] or 0 for row in rows), default=0)

    def arrow(self, table: Table) -> pa.Table:
        """A whole ledger table as Arrow, in the described schema."""
        columns = zip(self._columns(table), table.arrow, strict=True)
        arrays = [pa.array(values, field.type) for values, field in columns]
        return pa.Table.from_arrays(arrays, schema=table.arrow)

    def _columns(
        self, table: Table, where: str = "true", parameters: Iterable[Any] = ()
    ) -> list[list[Any]]:
        """Rows of a table in key order, typed as described, by column. A column that the file does
        not have yet is NULL in all."""
        query = f"SELECT * FROM {table.name} WHERE {where} ORDER BY {', '.join(table.key)}"
        cursor = self._connection.execute(query, tuple(parameters))
        there = [name for name, *_ in cursor.description]
        found = cursor.fetchall()
        values = dict(zip(there, zip(*found, strict=True), strict=True)) if found else {}
        none = (None,) * len(found)
        return [_read(column.type, values.get(column.name, none)) for column in table.columns]

    def _add_new_columns(self, table: Table) -> None:
        """Add columns described since the file was created; old rows have NULL there."""
        found = self._connection.execute(f"PRAGMA table_info({table.name})").fetchall()
        present = {row["name"] for row in found}
        for column in table.columns:
            if column.name not in present:
                definition = column.sqlite_definition()
                self._connection.execute(f"ALTER TABLE {table.name} ADD COLUMN {definition}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _insert(self, table: Table, row: Mapping[str, Any], conflict: str = "OR REPLACE") -> None:
        names, marks = ", ".join(table.column_names), ", ".join("?" * len(table.columns))
        self._connection.execute(
            f"INSERT {conflict} INTO {table.name} ({names}) VALUES ({marks})", _values(table, row)
        )


def _open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. If SQLite cannot even create the log's index beside the file,
    as on a read-only disk, nobody can be writing, and the file is read without it."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=30)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        connection.close()
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise _unreadable(path, error) from error
    return connection


def _unreadable(path: Path, error: sqlite3.DatabaseError) -> LedgerUnreadable:
    return LedgerUnreadable(
        f"{path} cannot be read: {error}; bring it back from a copy, or move it away: "
        "the next run begins a new one"
    )


def _values(table: Table, row: Mapping[str, Any]) -> list[Any]:
    unknown = row.keys() - set(table.column_names)
    if unknown:
        raise KeyError(f"{table.full_name} has no column {', '.join(sorted(unknown))}")
    return [_stored(row.get(name)) for name in table.column_names]


def _stored(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value)
    return value


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _read(kind: pa.DataType, stored: Iterable[Any]) -> list[Any]:
    """The values of a column as its type has them."""
    read = _READ.get(kind)
    if read is None:
        return list(stored)
    return [None if value is None else read(value) for value in stored]
