"""Rows of a query in the formats of `--format`."""

import csv
import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.text import Text

from flows.cli.layout import record_lines, table_lines
from tasks.parse.text import printable
from warehouse.query.formulas import without_formula
from warehouse.query.values import INTERVALS, is_number, text_of, tuples_of, written_by_duckdb

_MARKS = re.compile(r"[\\|`*_\[\]]")
"""What Markdown would take for its own."""


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


def show_rows(rows: pa.Table, as_json: bool) -> None:
    """Print the rows of a listing: a table, or JSON."""
    put_rows(rows, "json" if as_json else "table", sys.stdout)


def put_rows(
    rows: pa.Table,
    output: str,
    target: TextIO,
    width: int | None = None,
    *,
    is_for_spreadsheets: bool = False,
) -> None:
    """Write rows as text in an output format; tables and records for terminals of `width` columns,
    by default that of the terminal, without limit where there is none."""
    if output in ("csv", "tsv"):
        _put_csv(rows, target, "," if output == "csv" else "\t", is_for_spreadsheets)
    elif output == "json":
        json.dump(list(_plain_rows(rows)), target, indent=1, ensure_ascii=False, default=text_of)
        target.write("\n")
    elif output == "jsonl":
        for row in _plain_rows(rows):
            print(json.dumps(row, ensure_ascii=False, default=text_of), file=target)
    elif output == "markdown":
        _put_markdown(rows, target)
    elif output == "record":
        _put_records(rows, target, width or _columns(target))
    else:
        print_table(rows, target, width)


def _put_csv(rows: pa.Table, target: TextIO, separator: str, is_for_spreadsheets: bool) -> None:
    cell = _safe_cell if is_for_spreadsheets else _exact_cell
    kinds = [field.type for field in rows.schema]
    writer = csv.writer(_Lines(target), delimiter=separator)
    writer.writerow([cell(name, pa.string()) for name in rows.column_names])
    for row in tuples_of(rows):
        writer.writerow(list(map(cell, row, kinds)))


def _plain_rows(rows: pa.Table) -> Iterator[dict[str, Any]]:
    for row in tuples_of(rows):
        yield {name: _plain(value) for name, value in zip(rows.column_names, row, strict=True)}


def _put_markdown(rows: pa.Table, target: TextIO) -> None:
    """A table of GitHub's Markdown; what a text has of its signs, or of HTML, is escaped."""
    sides = ["---:" if is_number(field.type) else ":---" for field in rows.schema]
    texts = ([text_of(value) for value in row] for row in tuples_of(rows))
    for cells in (map(_markdown, rows.column_names), sides, *(map(_markdown, t) for t in texts)):
        print(f"| {' | '.join(cells)} |", file=target)


def _markdown(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", printable(text)).replace("<", "&lt;")


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
    text = text_of(value)
    return text if is_number(kind) else without_formula(text)


def print_table(rows: pa.Table, target: TextIO | None = None, width: int | None = None) -> None:
    """Print a table; on a terminal that is too narrow for it, a record for each row.

    Where nobody looks, as in a pipe, each row is one line however long it is.
    """
    file = target or sys.stdout
    columns = width or _columns(file)
    lines = table_lines(rows, columns)
    if lines is None:
        _put_records(rows, file, columns)
        return
    heading, *rest = lines
    Console(file=file).print(Text(heading, "bold"), soft_wrap=True, crop=False)
    file.writelines(f"{line}\n" for line in rest)


def _put_records(rows: pa.Table, target: TextIO, columns: int | None) -> None:
    target.writelines(f"{line}\n" for line in record_lines(rows, columns or 80))


def _columns(target: TextIO) -> int | None:
    """The width of the terminal that a target is, None for another target."""
    return shutil.get_terminal_size().columns if target.isatty() else None


def _plain(value: Any) -> Any:
    """A value for JSON: decimals (from sums) become numbers, NaN and infinities become null."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return None if isinstance(value, float) and not isfinite(value) else value
