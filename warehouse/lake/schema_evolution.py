"""How the description of a table may change under data that is written already.

A new column is fine: files without it read as NULL, and nothing is rewritten. A column that is
gone or has another type is not: what is written would be misread or lost. The way through is to
rebuild the tables from the landing.
"""

from collections.abc import Iterable

from schemas import LAKE, Table
from schemas.errors import PaperhouseError
from warehouse.lake.snapshot import Snapshot


class SchemaChanged(PaperhouseError):
    """The tables are described otherwise than the data was written."""


def check_described(snapshot: Snapshot, tables: Iterable[Table] = LAKE) -> None:
    """Raise `SchemaChanged` unless every column of a snapshot is still described as it was."""
    described = {table.full_name: table for table in tables}
    faults = [
        fault
        for name, files in sorted(snapshot.tables.items())
        for fault in _faults(name, files.columns, described.get(name))
    ]
    if faults:
        raise SchemaChanged(
            f"snapshot {snapshot.number} was described otherwise: {'; '.join(faults)}; "
            "restore the descriptions, or rebuild the tables from the landing: `paperhouse replay`"
        )


def _faults(name: str, written: dict[str, str], table: Table | None) -> list[str]:
    if table is None:
        return [f"there is no table {name} any more"]
    columns = {column.name: column for column in table.columns}
    faults = []
    for column, kind in written.items():
        if column not in columns:
            faults.append(f"{name}.{column} is gone")
        elif str(columns[column].type) != kind:
            faults.append(f"{name}.{column} is {columns[column].type}, but was written as {kind}")
    new = [column for column in table.columns if column.name not in written]
    faults += [f"{name}.{c.name} is new, so it must be nullable" for c in new if not c.nullable]
    return faults
