"""The connection to a shared lake: DuckDB with DuckLake, the catalog attached as `lake`.

A second connection to the same PostgreSQL, `gate`, is for what DuckLake does not guarantee: its
conflict check knows tables, not months, and lets two writers insert the same new month. So each
commit holds an advisory lock, which PostgreSQL releases when its holder dies, and first checks what
others committed. The lock is held during the commit only, never during a load.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb

from schemas.errors import PaperhouseError
from warehouse.lake.ducklake.address import Access, LakeUnreachable, redacted
from warehouse.storage.duckdb_extensions import (
    CLOSED,
    NoExtension,
    extension_file,
    load_extension,
    quoted,
)
from warehouse.storage.home import SharedLake

_EXTENSIONS = ("httpfs", "postgres_scanner", "ducklake")
_LOCK = 7_250_022
META = "__ducklake_metadata_lake"
"""The name under which DuckLake attaches its own tables."""


class NotInstalled(PaperhouseError):
    """What a shared lake needs is not installed."""


class Catalog:
    """One open connection to a shared lake. Its errors contain no secrets."""

    def __init__(self, address: SharedLake, environment: Mapping[str, str] = os.environ) -> None:
        """Open the lake, and create it if there is none yet.

        Raises `NotInstalled`, and `LakeUnreachable` when catalog or storage do not answer.
        """
        self.address = address
        self._environment = environment
        access = Access.from_environment(environment)
        self.storage = access.file_system()
        self._connection = duckdb.connect(config=CLOSED)
        try:
            for name in _EXTENSIONS:
                load_extension(self._connection, extension_file(name))
        except NoExtension as error:
            raise NotInstalled(
                f"{error}; a shared lake needs the extra: `pip install 'paperhouse[ducklake]'`"
            ) from error
        with self._explained():
            self._connection.execute("SET TimeZone = 'UTC'")
            self._connection.execute(access.secret_statement())
            self._connection.execute(f"ATTACH {quoted(address.catalog)} AS gate (TYPE postgres)")
            self._attach()

    def rows(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """The rows of a statement's result."""
        with self._explained():
            return self._connection.execute(statement, parameters).fetchall()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the commit lock for a block."""
        gate = self._connection.cursor()
        with self._explained():
            gate.execute("BEGIN")
            gate.execute(
                f"FROM postgres_query('gate', 'SELECT 1 FROM pg_advisory_xact_lock({_LOCK})')"
            )
        try:
            yield
        finally:
            gate.close()  # ends its transaction, which releases the lock

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything in the block or nothing."""
        self.rows("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self.rows("COMMIT")

    def _attach(self) -> None:
        """Attach the lake; if there is none, create it under the commit lock."""
        options = f"DATA_PATH {quoted(self.address.data)}, DATA_INLINING_ROW_LIMIT 0"
        attach = f"ATTACH {quoted('ducklake:postgres:' + self.address.catalog)} AS lake ({options})"
        is_there = "FROM postgres_query('gate', 'SELECT to_regclass(''ducklake_snapshot'')::text')"
        if self.rows(is_there) != [(None,)]:
            self._connection.execute(attach)
            return
        with self.turn():
            self._connection.execute(attach)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            # not `from error`: its text and its statement may contain secrets
            raise LakeUnreachable(
                f"the shared lake at {self.address.data} does not work: "
                f"{redacted(error, self._environment)}; look at PAPERHOUSE_LAKE, "
                "PAPERHOUSE_LAKE_DATA, and the variables PG… and AWS_…"
            ) from None
