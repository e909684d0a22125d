"""Schema evolution: how the description of a table may change after data was written.

A new column is allowed: it reads as NULL in older files, and nothing is rewritten. A removed column
or another type is not: existing data would be lost or misread. In that case the tables must be
rebuilt from the landing.
"""

from collections.abc import Iterable

from schemas import LAKE, Table
from schemas.errors import PaperhouseError
from warehouse.lake.snapshot import Snapshot


class SchemaChanged(PaperhouseError):
    """The described schema does not match the data that was written."""


def check_described(snapshot: Snapshot, tables: Iterable[Table] = LAKE) -> None:
    """Raise `SchemaChanged` unless the description still has every column of a snapshot."""
    described = {table.full_name: table for table in tables}
    faults = [
        fault
        for name, files in sorted(snapshot.tables.items())
        for fault in _faults(name, files.columns, described.get(name))
    ]
    if faults:
        raise SchemaChanged(
            f"snapshot {snapshot.number} has another schema: {'; '.join(faults)}; "
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
