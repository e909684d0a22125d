"""Rows of a query as a table, CSV, JSON, Parquet or a workbook."""

import csv
import json
import re
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
from warehouse.query.values import INTERVALS, is_number, text_of, tuples_of, written_by_duckdb

_UNSEEN = (
    r"""(?:[^\S\t\r\n]|["'`\u2018-\u201f\xab\xbb\uff02\uff07\x00-\x08\x0e-\x1f\x7f-\x9f"""
    r"""\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff])*+"""
)
"""Blanks, quotes and signs that do not show, which a spreadsheet may drop."""
_SIGN = r"[=+\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]"
"""How a formula begins, also in full and small width."""
_FORMULA = re.compile(rf"{_UNSEEN}(?:{_SIGN}|[\t\r\n])")
_NEXT_CELL = re.compile(rf"([;\t\r\n]{_UNSEEN})(?={_SIGN})")
"""Where a new cell begins for a spreadsheet that takes `;` or tabs, not commas, for separators."""


def write_rows(
    rows: pa.Table, output: str, file: Path | None, *, is_for_spreadsheets: bool = False
) -> None:
    """Write rows in an output format, to a file or to standard output.

    CSV is exact, unless it is for spreadsheets: then cells that these would run are changed.
    """
    if output == "parquet" and file is not None:
        # opened here, because Arrow takes a name like `s3:x` for an address
        with file.open("wb") as binary:
            # Arrow cannot write an interval as Parquet
            pq.write_table(written_by_duckdb(rows, INTERVALS), binary)
        return
    if output == "xlsx" and file is not None:
        from flows.cli.spreadsheet import write_workbook

        write_workbook(rows, file)
        return
    opened = file.open("w", encoding="utf-8", newline="") if file else nullcontext(sys.stdout)
    with opened as target:
        put_rows(rows, output, target, is_for_spreadsheets=is_for_spreadsheets)


def put_rows(
    rows: pa.Table,
    output: str,
    target: TextIO,
    width: int | None = None,
    *,
    is_for_spreadsheets: bool = False,
) -> None:
    """Write rows as CSV, JSON or a table of at most `width` columns of the terminal."""
    if output == "csv":
        cell = _safe_cell if is_for_spreadsheets else _exact_cell
        kinds = [field.type for field in rows.schema]
        writer = csv.writer(_Lines(target))
        writer.writerow([cell(name, pa.string()) for name in rows.column_names])
        for row in tuples_of(rows):
            writer.writerow(list(map(cell, row, kinds)))
    elif output == "json":
        plain = [
            {name: _plain(value) for name, value in zip(rows.column_names, row, strict=True)}
            for row in tuples_of(rows)
        ]
        json.dump(plain, target, indent=1, ensure_ascii=False, default=text_of)
        target.write("\n")
    else:
        print_table(rows, target, width)


class _Lines:
    """Ends the lines of a CSV writer with `\\n`. The writer itself ends them with `\\r\\n`, because
    it puts a text into quotes only if that has a character of the line's end."""

    def __init__(self, target: TextIO) -> None:
        self._target = target

    def write(self, line: str) -> None:
        self._target.write(line.removesuffix("\r\n") + "\n")


def _exact_cell(value: Any, _: pa.DataType) -> str:
    return text_of(value)


def _safe_cell(value: Any, kind: pa.DataType) -> str:
    """The text of a value, with an apostrophe before what a spreadsheet might run: before the text,
    and inside it before a sign that follows `;`, a tab or the end of a line."""
    text = text_of(value)
    if is_number(kind):
        return text
    marked = _NEXT_CELL.sub(r"\1'", text)
    return f"'{marked}" if _FORMULA.match(text) else marked


def print_table(rows: pa.Table, target: TextIO | None = None, width: int | None = None) -> None:
    """Print a table: numbers aligned right, NULL as nothing.

    Text from digests is never interpreted as markup or terminal control.
    """
    table = Table(box=None, header_style="bold", pad_edge=False)
    for field in rows.schema:
        table.add_column(Text(field.name), justify="right" if is_number(field.type) else "left")
    for row in tuples_of(rows):
        table.add_row(*(Text(printable(text_of(value))) for value in row))
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
