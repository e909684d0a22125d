"""The data dictionary: every table and view, its columns, what it reads and what it feeds.

It is read from a database, so it cannot describe anything that does not exist: from the published
file for the documentation site, from an empty template where nothing is published yet.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import duckdb

from schemas import TABLES, Table
from schemas.lineage import origins
from warehouse.publication.marts import views
from warehouse.publication.questions import questions
from warehouse.publication.refresh import fill

_COLUMNS = """
SELECT
    columns.schema_name || '.' || columns.table_name,
    columns.column_name,
    replace(columns.data_type, 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ'),
    columns.comment
FROM duckdb_columns() AS columns
WHERE NOT columns.internal AND columns.database_name = current_database()
ORDER BY columns.schema_name, columns.table_name, columns.column_index
"""
_OBJECTS = """
SELECT schema_name || '.' || table_name AS name, 'table', comment, NULL FROM duckdb_tables()
WHERE NOT internal AND database_name = current_database()
UNION ALL
SELECT schema_name || '.' || view_name, 'view', comment, sql FROM duckdb_views()
WHERE NOT internal AND database_name = current_database()
ORDER BY name
"""
_WITH_UNIT = re.compile(r"(.*) Unit: (.+)\.")


@dataclass(frozen=True)
class Field:
    """One column. `nullable` is None where nothing is declared, as for a view."""

    name: str
    type: str
    comment: str
    nullable: bool | None

    @property
    def meaning(self) -> str:
        """The comment without its unit."""
        found = _WITH_UNIT.fullmatch(self.comment)
        return found[1] if found else self.comment

    @property
    def unit(self) -> str | None:
        """What a number counts or measures."""
        found = _WITH_UNIT.fullmatch(self.comment)
        return found[2] if found else None


@dataclass(frozen=True)
class Entry:
    """One table or view.

    `reads` names what it is computed from: full names, or `landing` and `ledger`; `feeds` names
    what is computed from it. `table` is its description if it is a table of the lake or ledger.
    """

    name: str
    kind: str
    prose: str
    fields: tuple[Field, ...]
    reads: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    table: Table | None = None

    @property
    def room(self) -> str:
        """`core`, `derived`, `ops` or `mart`."""
        return self.name.partition(".")[0]

    @property
    def example(self) -> str:
        """A query for some of its rows, without those that an author asked not to be shown."""
        if self.table is None:
            return f"FROM {self.name}\nLIMIT 5"
        shown = dict.fromkeys((*self.table.key, *(field.name for field in self.fields)))
        columns = ", ".join(list(shown)[:6])
        # another source's list names an author whom only the current one knows to be hidden
        hiding = "WHERE is_current IS NOT FALSE AND is_hidden IS NOT TRUE\n"
        hiding = hiding if "is_hidden" in shown else ""
        order = ", ".join(self.table.key)
        return f"SELECT {columns}\nFROM {self.name}\n{hiding}ORDER BY {order}\nLIMIT 5"


def described() -> dict[str, Entry]:
    """The dictionary of all that this version publishes, by full name. Needs no published file."""
    with duckdb.connect() as connection:
        fill(connection, {})
        return read_dictionary(connection)


def read_dictionary(connection: duckdb.DuckDBPyConnection) -> dict[str, Entry]:
    """The dictionary of a database, by full name. A missing comment is an empty text."""
    columns = connection.execute(_COLUMNS).fetchall()
    # DuckDB knows the SQL of a view only; that of a materialized mart is in its file
    mart_queries = {view.full_name: view.query for view in views()}
    entries: dict[str, Entry] = {}
    for name, kind, prose, sql in connection.execute(_OBJECTS).fetchall():
        table = TABLES.get(name)
        nullable = {column.name: column.nullable for column in table.columns} if table else {}
        fields = tuple(
            Field(column, type_, comment or "", nullable.get(column))
            for of, column, type_, comment in columns
            if of == name
        )
        select = mart_queries.get(name) or (sql or "").partition(" AS ")[2]
        reads = origins(table) if table else tables_read(select)
        entries[name] = Entry(name, kind, prose or "", fields, reads, table=table)
    return {
        name: replace(entry, feeds=tuple(n for n, other in entries.items() if name in other.reads))
        for name, entry in entries.items()
    }


def tables_read(select: str) -> tuple[str, ...]:
    """The tables and views that a query names with their schema, sorted. DuckDB parses it."""
    with _parser(os.getpid()).cursor() as connection:
        ((tree,),) = connection.execute("SELECT json_serialize_sql($1)", [select]).fetchall()
    return tuple(sorted(set(_tables_in(json.loads(tree)))))


@cache
def _parser(_: int) -> duckdb.DuckDBPyConnection:
    """A database of a process, given by its id, that only parses: one for all queries, because
    creating it takes longer than parsing."""
    return duckdb.connect()


def example_of(entry: Entry) -> str:
    """The query of the first documented question that reads a table or view, else `example`."""
    queries = (question.query for question in questions())
    return next((query for query in queries if entry.name in tables_read(query)), entry.example)


def _tables_in(tree: Any) -> Iterator[str]:
    """Names in a parsed query; a name without a schema is defined by the query itself (WITH)."""
    if isinstance(tree, dict):
        if tree.get("type") == "BASE_TABLE" and tree["schema_name"]:
            yield f"{tree['schema_name']}.{tree['table_name']}"
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _tables_in(branch)
