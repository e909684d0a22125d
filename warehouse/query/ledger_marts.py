"""The ledger as it stands now, as a database with marts.

A run that loads nothing publishes nothing, and yet it may have noted much: when a digest changes so
that its issues are held, the published file is silent about it until the next load. What must not
wait is asked here, with the SQL of the marts.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import duckdb

from schemas import Table
from warehouse.ledger import Ledger
from warehouse.publication.marts import create_view, views
from warehouse.query.read_only import CLOSED, close_off


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
