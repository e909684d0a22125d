"""The values of an answer as text, the same on a terminal, in a file and on a page."""

import json
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa
from duckdb.sqltypes import VARCHAR, DuckDBPyType

from schemas.errors import UsageError

_ROWS_AT_ONCE = 10_000
INTERVALS = frozenset({"interval"})
_CODE = INTERVALS | {"blob"}
"""DuckDB's types whose values Python writes as code."""


class NoSuchDate(UsageError):
    """A date or time that Python does not have; the text says what to write instead."""


def tuples_of(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows as Python's values, some thousands at a time. Raises `NoSuchDate`.

    Intervals and bytes, also inside lists, are the text that DuckDB's own CAST makes of them.
    """
    for batch in written_by_duckdb(rows).to_batches(max_chunksize=_ROWS_AT_ONCE):
        try:
            columns = [column.to_pylist() for column in batch.columns]
        except OverflowError as error:
            raise NoSuchDate(
                "a date or time of the rows is not between the years 1 and 9999; cast its column "
                "to VARCHAR, or write the rows as .parquet"
            ) from error
        yield from zip(*columns, strict=True)


def written_by_duckdb(rows: pa.Table, kinds: Collection[str] = _CODE) -> pa.Table:
    """The rows, with the text that DuckDB makes of them in place of values of some of its types."""
    for number, field in enumerate(rows.schema):
        if not any(is_kind(field.type) for is_kind in _MAY_BE_CODE):
            continue
        with duckdb.connect() as connection:
            found = connection.from_arrow(pa.table({"value": rows.column(number)}))
            kind = found.types[0]
            if (text := _with_text(kind, kinds)) != kind:
                value = duckdb.ColumnExpression("value").cast(text).alias("value")
                column = found.select(value).to_arrow_table()["value"]
                rows = rows.set_column(number, field.name, column)
    return rows


_MAY_BE_CODE = (pa.types.is_nested, pa.types.is_interval, pa.types.is_binary)


def _with_text(kind: DuckDBPyType, kinds: Collection[str]) -> DuckDBPyType:
    """A type of DuckDB with text in place of some types."""
    if kind.id in kinds:
        return VARCHAR
    if kind.id not in ("list", "array", "map", "struct"):
        return kind
    inside = {
        name: _with_text(child, kinds)
        for name, child in kind.children
        if isinstance(child, DuckDBPyType)  # the other one is the length of an array
    }
    if kind.id == "struct":
        return duckdb.struct_type(inside)
    if kind.id == "map":
        return duckdb.map_type(*inside.values())
    return duckdb.list_type(*inside.values())


def is_number(kind: pa.DataType) -> bool:
    """Whether values of a type are aligned right."""
    return any(
        is_kind(kind)
        for is_kind in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    )


def text_of(value: Any) -> str:
    """One value as text; NULL as an empty one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=text_of)
    return str(value)
