"""Reading the publication: a connection that sees what is in the file and nothing else.

A query is limited in time, memory and rows, and can be stopped. It runs in a thread of its own,
because a Ctrl-C that reaches DuckDB directly leaves it unable to close.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from schemas.errors import PaperhouseError, UsageError
from warehouse.publication.published import unreadable
from warehouse.storage.duckdb_extensions import CLOSED, quoted
from warehouse.storage.paths import database_name

_PLAN = ["explain_key", "explain_value"]
"""The columns in which DuckDB says how a query is run."""
_EXPLAIN = re.compile(r"\s*+explain\b\s*+(?:analyze\b)?", re.IGNORECASE)


class NothingPublished(PaperhouseError):
    """There is no published file yet."""


class BadQuery(UsageError):
    """The database refused the query; the text says why."""


class QueryStopped(PaperhouseError):
    """The query reached a limit. The text names the option that raises it."""


@dataclass(frozen=True)
class Limits:
    """What one query may use; None is no limit.

    `memory` is written as for DuckDB, `2GB`; beyond it, queries spill to a temporary folder where
    possible. At most `rows` rows are read; the rest of a longer result is not computed.
    """

    seconds: float | None = None
    memory: str = "2GB"
    rows: int | None = None


NO_LIMITS = Limits()


@contextmanager
def reading(path: Path, memory: str = NO_LIMITS.memory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection without access to other files or the network; it shows times in UTC.

    Read-only is not a sandbox: whoever must not read other files needs an operating-system user
    that cannot. Raises `NothingPublished` when nothing was ever loaded and `PublicationUnreadable`
    when the file cannot be opened.
    """
    if not path.exists():
        raise NothingPublished(
            f"nothing is published at {path} yet; load something first: "
            "`paperhouse run`, or `paperhouse ingest FILE`"
        )
    try:
        opened = duckdb.connect(database_name(path), read_only=True, config=CLOSED)
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    with TemporaryDirectory(prefix="paperhouse-") as scratch, opened as connection:
        _limit(connection, memory, scratch)
        close_off(connection)
        yield connection


def close_off(connection: duckdb.DuckDBPyConnection) -> None:
    """Show times in UTC, and forbid other files, the network and any change of that."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def query(path: Path, sql: str, limits: Limits = NO_LIMITS) -> pa.Table:
    """The rows of one query; columns of the same name are numbered.

    Raises `BadQuery` with the database's own explanation, and for anything but one query: on a
    read-only connection `COPY … TO` can still write the log beside the file. Raises `QueryStopped`
    at a limit of time or memory. Ctrl-C stops the query, too.
    """
    with reading(path, limits.memory) as connection:
        try:
            if not _is_one_query(connection, sql):
                raise BadQuery("the published file can only be queried: write one SELECT statement")
            rows = _stoppable(connection, lambda: _rows(connection, sql, limits), limits.seconds)
        except duckdb.OutOfMemoryException as error:
            raise QueryStopped(
                f"the query needs more than {limits.memory} of memory; ask for less at once, or "
                "give it more with --memory-limit"
            ) from error
        except duckdb.Error as error:
            raise BadQuery(str(error)) from error
    if rows.column_names == _PLAN:
        return pa.table({"plan": "\n".join(rows["explain_value"].to_pylist()).splitlines()})
    return rows.rename_columns(_distinct(rows.column_names))


def _limit(connection: duckdb.DuckDBPyConnection, memory: str, scratch: str) -> None:
    """Limit the memory; DuckDB spills to a folder of this process, not beside the file."""
    try:
        connection.execute(f"SET memory_limit = {quoted(memory)}")
    except duckdb.Error as error:
        raise UsageError(
            f"{memory!r} is no amount of memory; write a number and a unit, as in 2GB"
        ) from error
    connection.execute(f"SET temp_directory = {quoted(scratch)}")


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, limits: Limits) -> pa.Table:
    found = connection.sql(sql)
    return (found if limits.rows is None else found.limit(limits.rows)).to_arrow_table()


def _stoppable(
    connection: duckdb.DuckDBPyConnection, work: Callable[[], pa.Table], seconds: float | None
) -> pa.Table:
    """Do the work in a thread; at the time limit, or on Ctrl-C, make DuckDB stop it."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(work)
        try:
            return running.result(seconds)
        except TimeoutError as error:
            _stop(connection, running)
            raise QueryStopped(
                f"the query was stopped after {seconds:g} s; give it longer with --timeout"
            ) from error
        except KeyboardInterrupt:
            _stop(connection, running)
            raise


def _stop(connection: duckdb.DuckDBPyConnection, running: "Future[pa.Table]") -> None:
    """Interrupt until it ends: DuckDB ignores an interrupt before the query has begun."""
    while not running.done():
        connection.interrupt()
        wait([running], 0.05)


def _is_one_query(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Whether this is one SELECT, or asks how one is run; DuckDB takes SHOW, DESCRIBE, SUMMARIZE
    for SELECTs. It turns PIVOT into a CREATE of a temporary type and that."""
    explained = _EXPLAIN.match(sql)
    kinds = [
        s.type for s in connection.extract_statements(sql[explained.end() if explained else 0 :])
    ]
    others = [kind for kind in kinds if kind != duckdb.StatementType.CREATE]
    return others == [duckdb.StatementType.SELECT] and kinds[-1] == others[0]


def _distinct(names: list[str]) -> list[str]:
    """The names; a repeated one gets the first free number."""
    distinct: list[str] = []
    for name in names:
        numbered = (f"{name}_{number}" for number in count(1))
        distinct.append(next(n for n in chain([name], numbered) if n not in distinct))
    return distinct
