"""The values of an answer as text, the same on a terminal, in a file and on a page."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from schemas.errors import UsageError

_ROWS_AT_ONCE = 10_000


class NoSuchDate(UsageError):
    """A date or time that Python does not have; the text says what to write instead."""


def tuples_of(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows as Python's values, some thousands at a time. Raises `NoSuchDate`."""
    for batch in rows.to_batches(max_chunksize=_ROWS_AT_ONCE):
        try:
            columns = [column.to_pylist() for column in batch.columns]
        except OverflowError as error:
            raise NoSuchDate(
                "a date or time of the rows is not between the years 1 and 9999; cast its column "
                "to VARCHAR, or write the rows as .parquet"
            ) from error
        yield from zip(*columns, strict=True)


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
