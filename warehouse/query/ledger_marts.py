"""Marts of the ledger as it is now, not as of the last publication.

A run that loads nothing publishes nothing. When a digest changes so that its issues are held, the
published file does not show it before the next load; these marts show it at once.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import duckdb

from schemas import Table
from warehouse.ledger import Ledger
from warehouse.publication.marts import create_view, views
from warehouse.query.read_only import close_off
from warehouse.storage.duckdb_extensions import CLOSED


@contextmanager
def reading_ledger(
    ledger: Ledger, tables: Collection[Table], marts: Collection[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Some tables of the ledger, and marts that read nothing else, under their published names."""
    with duckdb.connect(":memory:", config=CLOSED) as connection:
        connection.execute("CREATE SCHEMA ops; CREATE SCHEMA mart")
        for table in tables:
            connection.execute(table.duckdb_definition())
            connection.register("incoming", ledger.arrow(table))
            connection.execute(f"INSERT INTO {table.full_name} BY NAME FROM incoming")
            connection.unregister("incoming")
        for view in views():
            if view.name in marts:
                create_view(connection, view)
        close_off(connection)
        yield connection
