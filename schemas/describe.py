"""A table's description as text for a terminal."""

from schemas.rules import CONSEQUENCES
from schemas.table import Table


def describe(table: Table) -> str:
    """Prose, key, partition and every column with type, unit and rules."""
    lines = [table.full_name, f"  {table.prose}", "", f"  key: {', '.join(table.key)}"]
    if table.partition:
        lines.append(f"  partition: {table.partition}")
    lines.append("")
    width = max(len(column.name) for column in table.columns)
    for column in table.columns:
        lines.append(f"  {column.name:<{width}}  {column.duckdb_type}{column.not_null}")
        lines.append(f"  {'':<{width}}  {column.comment}")
        lines += [
            f"  {'':<{width}}  must {rule.sentence()}, else {CONSEQUENCES[rule.severity]}"
            for rule in column.rules
        ]
    return "\n".join(lines)
