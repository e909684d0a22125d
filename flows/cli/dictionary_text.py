"""A table or view of the data dictionary as text for a terminal."""

from datetime import date
from pathlib import Path
from textwrap import indent
from typing import Any

import duckdb
import pyarrow as pa

from schemas.describe import describe
from schemas.errors import UsageError
from schemas.nearest import or_nearest
from warehouse.publication.dictionary import Entry, example_of
from warehouse.query.read_only import reading

_NAMES = """
SELECT schema_name || '.' || table_name AS "table", 'table' AS kind, comment FROM duckdb_tables()
UNION ALL
SELECT schema_name || '.' || view_name, 'view', comment FROM duckdb_views() WHERE NOT internal
ORDER BY ALL
"""
_DATES = (
    *("issued_on", "listed_on", "observed_at", "captured_at", "last_seen_at", "seen_at"),
    *("valid_from", "started_at", "created_at", "loaded_at"),
)
"""Columns that say how new a row is, the one that says most first."""


def list_tables(publication: Path) -> pa.Table:
    """Tables and views of a published file: name, kind, and of tables the rows and the newest day
    in them; what each holds."""
    found = []
    with reading(publication) as connection:
        for name, kind, comment in connection.execute(_NAMES).fetchall():
            n_rows, newest = _counted(connection, name) if kind == "table" else (None, None)
            found.append((name, kind, n_rows, newest, comment))
    names = ("table", "kind", "n_rows", "newest", "comment")
    types = (pa.string(), pa.string(), pa.int64(), pa.date32(), pa.string())
    columns = zip(*found, strict=True)
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})


def _counted(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[int, date | None]:
    """The rows of a table, and the newest day in them; names come from the file's own catalog."""
    schema, _, table = name.partition(".")
    relation = connection.table(f'"{schema}"."{table}"')
    dates = [column for column in _DATES if column in relation.columns]
    newest = f"max({dates[0]})::DATE" if dates else "NULL::DATE"
    row = relation.aggregate(f"count(*), {newest}").fetchone()
    return row or (0, None)


def find(entries: dict[str, Entry], name: str) -> Entry:
    """The entry of a full name, or of a name without schema if only one schema has it.

    Raises `UsageError` with the existing names.
    """
    found = [entry for full, entry in entries.items() if name in (full, full.partition(".")[2])]
    if len(found) != 1:
        near = or_nearest(name, entries, "`paperhouse tables` lists all")
        raise UsageError(f"no table is called {name!r}; {near}")
    return found[0]


def plain(entry: Entry) -> dict[str, Any]:
    """An entry for machines."""
    columns = [
        {"name": f.name, "type": f.type, "meaning": f.meaning, "unit": f.unit} for f in entry.fields
    ]
    return {
        "name": entry.name,
        "kind": entry.kind,
        "comment": entry.prose,
        "columns": columns,
        "made_from": list(entry.reads),
        "goes_into": list(entry.feeds),
        "example": example_of(entry),
    }


def text_of(entry: Entry) -> str:
    """Prose, columns with types, units and rules, lineage, and an example query."""
    text = describe(entry.table) if entry.table else _of_view(entry)
    lineage = [
        f"  made from: {', '.join(entry.reads) or 'publishing itself'}",
        *([f"  goes into: {', '.join(entry.feeds)}"] if entry.feeds else []),
    ]
    return "\n".join([text, "", *lineage, "", "  for example:", indent(example_of(entry), "    ")])


def _of_view(entry: Entry) -> str:
    lines = [entry.name, f"  {entry.prose}", ""]
    width = max(len(field.name) for field in entry.fields)
    for field in entry.fields:
        lines.append(f"  {field.name:<{width}}  {field.type}")
        lines.append(f"  {'':<{width}}  {field.comment}")
    return "\n".join(lines)
