"""A table or view of the data dictionary as text for a terminal."""

from pathlib import Path
from textwrap import indent

import pyarrow as pa

from schemas.describe import describe
from schemas.errors import UsageError
from warehouse.publication.dictionary import Entry, example_of
from warehouse.query.read_only import query

_TABLES = """
SELECT schema_name || '.' || table_name AS "table", estimated_size AS n_rows, comment
FROM duckdb_tables()
UNION ALL
SELECT schema_name || '.' || view_name, NULL, comment FROM duckdb_views()
WHERE NOT internal
ORDER BY ALL
"""


def list_tables(publication: Path) -> pa.Table:
    """Tables and views of a published file: name, rows of a table, comment."""
    return query(publication, _TABLES)


def find(entries: dict[str, Entry], name: str) -> Entry:
    """The entry of a full name, or of a name without schema if only one schema has it.

    Raises `UsageError` with the existing names.
    """
    found = [entry for full, entry in entries.items() if name in (full, full.partition(".")[2])]
    if len(found) != 1:
        raise UsageError(f"no table is called {name!r}; there are: {', '.join(sorted(entries))}")
    return found[0]


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
