"""Rows as a workbook for people's spreadsheets, with typed cells.

A spreadsheet takes a text in CSV that begins with `=` and the like for a formula, and a digest
decides what its titles begin with. In a workbook each cell has a type, so text is text.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from schemas.errors import UsageError
from warehouse.query.values import text_of, tuples_of

MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 1_048_576, 16_384, 32_767
"""The limits of a sheet, with its head, and of a cell in UTF-16 units."""
_EXACT = 2**53
"""Spreadsheets compute with floating-point numbers: larger whole numbers are written as text."""
_FIRST_DAY = date(1900, 3, 1)
"""Sheets count an extra day in February 1900; older dates are written as text."""
_TYPED = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class TooLarge(UsageError):
    """The rows do not fit into a sheet; the text says what does."""


def write_workbook(rows: pa.Table, file: Path) -> None:
    """Write rows as the only sheet of an `.xlsx` file, a head first. A file that is there stays as
    it was if the rows do not fit.

    Text is text and never a formula or a link, also ids that look like numbers. Numbers, dates,
    times (UTC) and flags are typed; lists are JSON text; NULL is an empty cell. Raises `TooLarge`.
    """
    if rows.num_rows >= MOST_ROWS or rows.num_columns > MOST_COLUMNS:
        raise TooLarge(
            f"{rows.num_rows:,} rows of {rows.num_columns:,} columns do not fit into a sheet of "
            f"{MOST_ROWS:,} rows with its head and {MOST_COLUMNS:,} columns; "
            "select fewer, or use .csv or .parquet"
        )
    with TemporaryFile() as packed:
        workbook = xlsxwriter.Workbook(packed, {**_TYPED, "constant_memory": True})
        put = _Cells(
            workbook.add_worksheet("rows"),
            workbook.add_format({"num_format": "yyyy-mm-dd"}),
            workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        )
        try:
            _write(rows, put, workbook.add_format({"bold": True}))
        finally:
            workbook.close()
        packed.seek(0)
        with file.open("wb") as target:
            shutil.copyfileobj(packed, target)


def _write(rows: pa.Table, put: "_Cells", bold: Format) -> None:
    for column, name in enumerate(rows.column_names):
        put.sheet.write_string(0, column, name, bold)
    put.sheet.freeze_panes(1, 0)
    for number, row in enumerate(tuples_of(rows), start=1):
        for column, value in enumerate(row):
            put(number, column, value)


class _Cells:
    """Writes values into the cells of a sheet, each by its type."""

    def __init__(self, sheet: Worksheet, day: Format, moment: Format) -> None:
        self.sheet = sheet
        self._day, self._moment = day, moment

    def __call__(self, row: int, column: int, value: Any) -> None:
        if value is None:
            return
        for kind, write in self._writers:
            if isinstance(value, kind):
                if write(self, row, column, value):
                    return
                break
        text = text_of(value)
        if len(text.encode("utf-16-le", errors="surrogatepass")) // 2 > MOST_CHARACTERS:
            raise TooLarge(
                f"row {row:,} has a text of {len(text):,} characters, and a cell holds "
                f"{MOST_CHARACTERS:,}; shorten it in the query, or use .csv or .parquet"
            )
        self.sheet.write_string(row, column, text)

    def _flag(self, row: int, column: int, value: bool) -> bool:
        self.sheet.write_boolean(row, column, value)
        return True

    def _number(self, row: int, column: int, value: float | Decimal) -> bool:
        is_exact = isfinite(value) and (isinstance(value, float) or abs(value) <= _EXACT)
        if is_exact:
            self.sheet.write_number(row, column, float(value))
        return is_exact

    def _time(self, row: int, column: int, value: datetime) -> bool:
        naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        is_late = naive.date() >= _FIRST_DAY
        if is_late:
            self.sheet.write_datetime(row, column, naive, self._moment)
        return is_late

    def _date(self, row: int, column: int, value: date) -> bool:
        is_late = value >= _FIRST_DAY
        if is_late:
            self.sheet.write_datetime(row, column, datetime(*value.timetuple()[:3]), self._day)  # noqa: DTZ001 - a sheet's days have no zone
        return is_late

    _writers: tuple[tuple[Any, Callable[..., bool]], ...] = (
        (bool, _flag),
        ((int, float, Decimal), _number),
        (datetime, _time),
        (date, _date),
    )
