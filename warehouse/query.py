"""Reading the publication: a connection that sees what is in the file and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.errors import PaperhouseError, UsageError
from warehouse.publication import unreadable

CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""A connection that neither installs nor loads anything by itself."""


class NothingPublished(PaperhouseError):
    """There is no published file yet."""


class BadQuery(UsageError):
    """The database refused the query; the text says why."""


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection, without access to other files or the network, times shown in UTC.

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
        opened = duckdb.connect(str(path), read_only=True, config=CLOSED)
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    with opened as connection:
        close_off(connection)
        yield connection


def close_off(connection: duckdb.DuckDBPyConnection) -> None:
    """Show times in UTC, and forbid other files, the network and any change of that."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def query(path: Path, sql: str) -> pa.Table:
    """The rows of one query; columns of the same name are numbered.

    Raises `BadQuery` with the database's own explanation, and for anything but one query: on a
    read-only connection `COPY … TO` can still write the log beside the file.
    """
    with reading(path) as connection:
        try:
            if not _is_one_query(connection.extract_statements(sql)):
                raise BadQuery("the published file can only be queried: write one SELECT statement")
            rows = connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise BadQuery(str(error)) from error
    return rows.rename_columns(_distinct(rows.column_names))


def _is_one_query(statements: list[duckdb.Statement]) -> bool:
    """Whether this is one SELECT; DuckDB reads PIVOT as a CREATE (of a temporary type) and one."""
    kinds = [statement.type for statement in statements]
    others = [kind for kind in kinds if kind != duckdb.StatementType.CREATE]
    return others == [duckdb.StatementType.SELECT] and kinds[-1] == others[0]


def _distinct(names: list[str]) -> list[str]:
    """The names, each one that came before followed by the first free number."""
    distinct: list[str] = []
    for name in names:
        numbered = (f"{name}_{number}" for number in count(1))
        distinct.append(next(n for n in chain([name], numbered) if n not in distinct))
    return distinct
