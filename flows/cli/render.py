"""Rows of a query as a table, CSV, JSON or Parquet."""

import csv
import json
import sys
from contextlib import nullcontext
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tasks.parse.text import printable
from warehouse.query.values import is_number, text_of


def write_rows(rows: pa.Table, output: str, file: Path | None) -> None:
    """Write rows in an output format, to a file or to standard output."""
    if output == "parquet":
        pq.write_table(rows, file)
        return
    opened = file.open("w", encoding="utf-8", newline="") if file else nullcontext(sys.stdout)
    with opened as target:
        put_rows(rows, output, target)


def put_rows(rows: pa.Table, output: str, target: TextIO, width: int | None = None) -> None:
    """Write rows as CSV, JSON or a table of at most `width` columns of the terminal."""
    if output == "csv":
        writer = csv.writer(target)
        writer.writerow(rows.column_names)
        writer.writerows([text_of(value) for value in row.values()] for row in rows.to_pylist())
    elif output == "json":
        plain = _plain(rows.to_pylist())
        json.dump(plain, target, indent=1, ensure_ascii=False, default=text_of)
        target.write("\n")
    else:
        print_table(rows, target, width)


def print_table(rows: pa.Table, target: TextIO | None = None, width: int | None = None) -> None:
    """Print a table: numbers aligned right, NULL as nothing.

    Text from digests is never interpreted as markup or terminal control.
    """
    table = Table(box=None, header_style="bold", pad_edge=False)
    for field in rows.schema:
        table.add_column(Text(field.name), justify="right" if is_number(field.type) else "left")
    for row in rows.to_pylist():
        table.add_row(*(Text(printable(text_of(value))) for value in row.values()))
    console = Console(file=target or sys.stdout)
    if width or not console.is_terminal:
        console.width = width or 200
    console.print(table)


def _plain(value: Any) -> Any:
    """A value for JSON: decimals (from sums) become numbers, NaN and infinities become null."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return None if isinstance(value, float) and not isfinite(value) else value
