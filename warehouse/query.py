"""Reading the publication: a connection that sees what is in the file and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.errors import PaperhouseError, UsageError


class NothingPublished(PaperhouseError):
    """There is no published file yet."""


class BadQuery(UsageError):
    """The database refused the query; the text says why."""


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection, without access to other files or the network, times shown in UTC.

    Read-only is not a sandbox: whoever must not read other files needs an operating-system user
    that cannot. Raises `NothingPublished` when nothing was ever loaded.
    """
    if not path.exists():
        raise NothingPublished(
            f"nothing is published at {path} yet; load something first: "
            "`paperhouse run`, or `paperhouse ingest FILE`"
        )
    config: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with duckdb.connect(str(path), read_only=True, config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET lock_configuration = true")
        yield connection


def query(path: Path, sql: str) -> pa.Table:
    """The rows of one query. Raises `BadQuery` with the database's own explanation."""
    with reading(path) as connection:
        try:
            relation = connection.sql(sql)
        except duckdb.Error as error:
            raise BadQuery(str(error)) from error
        if relation is None:
            raise BadQuery("the statement returns no rows; the published file can only be queried")
        try:
            return relation.to_arrow_table()
        except duckdb.Error as error:
            raise BadQuery(str(error)) from error
