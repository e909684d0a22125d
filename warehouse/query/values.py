"""The values of an answer as text, the same on a terminal, in a file and on a page."""

import json
from datetime import date, datetime
from typing import Any

import pyarrow as pa


def is_number(kind: pa.DataType) -> bool:
    """Whether values of a type are lined up on the right."""
    return any(
        is_kind(kind)
        for is_kind in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    )


def text_of(value: Any) -> str:
    """One value in words; NULL as nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=text_of)
    return str(value)
