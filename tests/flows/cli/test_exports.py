"""Files for people's spreadsheets: no text of a digest is run, and every value keeps its type."""

import csv
import io
import json
import re
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from defusedxml import ElementTree

from flows.cli.render import put_rows, write_rows
from flows.cli.spreadsheet import MOST_CHARACTERS, TooLarge, write_workbook
from tests.support.issues import T0, day, item
from tests.support.warehouse import Warehouse
from warehouse.query.values import NoSuchDate

FORMULAS = [
    '=HYPERLINK("http://example.org")',
    "+1 for Kettles",
    "-2 Spoons",
    "@SUM(1;2) of Spoons",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    '"=1+1',
    "'=1+1",
    "\uff1d1+1",
    "\u200b=1+1",
    "\ufeff@A1",
    "\u2060\u202e\xad=1+1",
    "\x00\x1f=1+1",
    "\u201c\xab=1+1",
    "\xa0\u3000+1",
    "\u2212cmd",
    "\ufe66 1",
    " \n \t =1+1",
    "=",
]
HARMLESS = ["A Kettle", "2503.02130", "A = B", "3 + 4", "", "https://example.org", "[1]"]
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def as_csv(rows: pa.Table, **how: Any) -> str:
    target = io.StringIO()
    put_rows(rows, "csv", target, **how)
    return target.getvalue()


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_csv_is_exact_unless_it_is_for_a_spreadsheet(text: str) -> None:
    rows = pa.table({"title": [text]})
    exact = list(csv.reader(io.StringIO(as_csv(rows), newline="")))
    safe = list(csv.reader(io.StringIO(as_csv(rows, is_for_spreadsheets=True), newline="")))
    assert exact == [["title"], [text]]
    ((head,), (cell,)) = safe
    assert head == "title"
    assert cell.startswith("'")
    assert cell.replace("'", "") == text.replace("'", "")


def test_what_no_spreadsheet_runs_is_the_same_in_both() -> None:
    rows = pa.table({"title": HARMLESS, "n": [-1] * len(HARMLESS)})
    assert as_csv(rows, is_for_spreadsheets=True) == as_csv(rows)
    assert "-1" in as_csv(rows)


INNER = {
    "A Kettle;=1+1": "A Kettle;'=1+1",
    'A Kettle; "=1+1': "A Kettle; \"'=1+1",
    "A\t@SUM(A1)\tB": "A\t'@SUM(A1)\tB",
    "A\n-2 Spoons": "A\n'-2 Spoons",
    "\t=1+1": "'\t'=1+1",
    "A;B, = C": "A;B, = C",
    "A; B - C": "A; B - C",
}


@pytest.mark.parametrize(("text", "safe"), INNER.items(), ids=ascii)
def test_a_text_that_is_two_cells_for_a_spreadsheet_of_other_separators_is_safe(
    text: str, safe: str
) -> None:
    rows = pa.table({"title": [text]})
    lines = as_csv(rows, is_for_spreadsheets=True)
    assert list(csv.reader(io.StringIO(lines, newline=""))) == [["title"], [safe]]


@pytest.mark.parametrize("text", ["\n" * 400_000, " " * 400_000, "; \t" * 200_000], ids=len)
def test_a_long_text_without_a_formula_is_written_at_once(text: str) -> None:
    began = time.monotonic()
    as_csv(pa.table({"title": [f"x{text}y"]}), is_for_spreadsheets=True)
    assert time.monotonic() - began < 2


def test_numbers_of_every_type_stay_numbers() -> None:
    rows = pa.table({"n": [-1], "share": [-0.5], "price": [Decimal("-1.25")], "text": ["-1"]})
    assert as_csv(rows, is_for_spreadsheets=True) == "n,share,price,text\n-1,-0.5,-1.25,'-1\n"


AS_DUCKDB_SAYS = [
    "INTERVAL '14 months 3 days 01:02:03.000001'",
    "INTERVAL '-3 hours'",
    "INTERVAL '-1 month 2 days'",
    "TIMESTAMP '2026-11-20 06:00:00' - TIMESTAMP '2026-11-19 07:30:00'",
    "'\\xAA\\x00 ab, c'::BLOB",
    "'2503.02130'::BLOB",
    "NULL::INTERVAL",
]
"""Values that no type of Python's has, or whose type there prints as code."""


@pytest.mark.parametrize("value", AS_DUCKDB_SAYS)
def test_intervals_and_bytes_are_written_as_duckdb_writes_them(value: str) -> None:
    query = f"SELECT {value} AS found, CAST({value} AS VARCHAR) AS told"
    rows = duckdb.sql(query).to_arrow_table()
    (told,) = rows["told"].to_pylist()
    lines = list(csv.reader(io.StringIO(as_csv(rows.select(["found"])), newline="")))
    assert lines == [["found"], [told or ""]]
    target = io.StringIO()
    put_rows(rows, "json", target)
    assert json.loads(target.getvalue()) == [{"found": told, "told": told}]


def test_intervals_and_bytes_inside_lists_and_structs_are_written_so_too(tmp_path: Path) -> None:
    query = """SELECT [INTERVAL '1 day', NULL] AS waits, {'n': 1, 'body': '\\xAA'::BLOB} AS raw,
        MAP {'a': [INTERVAL '2 hours']} AS by_name"""
    rows = duckdb.sql(query).to_arrow_table()
    _, cells = list(csv.reader(io.StringIO(as_csv(rows), newline="")))
    assert [json.loads(cell) for cell in cells] == [
        ["1 day", None],
        {"n": 1, "body": "\\xAA"},
        [["a", ["02:00:00"]]],
    ]
    write_rows(rows, "parquet", tmp_path / "rows.parquet")
    stored = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    raw = {"n": 1, "body": b"\xaa"}
    assert stored == [{"waits": ["1 day", None], "raw": raw, "by_name": [("a", ["02:00:00"])]}]


@pytest.mark.parametrize("output", ["csv", "json", "table", "xlsx"])
def test_a_date_that_python_does_not_have_is_one_line(tmp_path: Path, output: str) -> None:
    rows = pa.table({"on": pa.array([2**31 - 1], pa.int32()).cast(pa.date32())})
    with pytest.raises(NoSuchDate, match="years 1 and 9999; cast"):
        write_rows(rows, output, tmp_path / "rows")


def test_a_column_s_name_is_no_formula_either() -> None:
    rows = pa.table({"=1+1": ["x"]})
    assert as_csv(rows, is_for_spreadsheets=True) == "'=1+1\nx\n"


def test_lines_end_with_a_line_feed_alone(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    write_rows(pa.table({"title": ["a", "b, c"]}), "csv", file)
    assert file.read_bytes() == b'title\na\n"b, c"\n'


def cells(file: Path) -> dict[str, tuple[str | None, str | None]]:
    """Each cell of a workbook: its type and its value as stored."""
    with zipfile.ZipFile(file) as packed:
        sheet = ElementTree.fromstring(packed.read("xl/worksheets/sheet1.xml"))
        assert not [name for name in packed.namelist() if "sharedStrings" in name]
    found: dict[str, tuple[str | None, str | None]] = {}
    for cell in sheet.iter(f"{_SPACE}c"):
        assert cell.find(f"{_SPACE}f") is None, "a formula"
        found[cell.attrib["r"]] = (cell.get("t"), _text(cell))
    assert sheet.find(f"{_SPACE}hyperlinks") is None
    return found


def _text(cell: Element) -> str | None:
    inside = "".join(found.text or "" for found in cell.iter(f"{_SPACE}t"))
    value = cell.find(f"{_SPACE}v")
    return inside if value is None else value.text


def workbook(tmp_path: Path, **columns: Any) -> dict[str, tuple[str | None, str | None]]:
    file = tmp_path / "rows.xlsx"
    write_workbook(pa.table(columns), file)
    return cells(file)


@pytest.mark.parametrize("text", [*FORMULAS, "https://example.org", "2503.02130", "007"], ids=ascii)
def test_text_is_text_in_a_workbook(tmp_path: Path, text: str) -> None:
    kind, stored = workbook(tmp_path, title=[text])["A2"]
    assert kind == "inlineStr"
    shown = re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), stored or "")
    assert shown == text


def test_every_value_has_its_type_in_a_workbook(tmp_path: Path) -> None:
    found = workbook(
        tmp_path,
        n=[3, None],
        big=[2**60, -(2**53)],
        share=[0.5, float("nan")],
        price=[Decimal("1.25"), None],
        is_new=[True, False],
        on=[date(2026, 11, 20), date(1850, 1, 1)],
        at=[datetime(2026, 11, 20, 6, tzinfo=UTC), datetime(1850, 1, 1, tzinfo=UTC)],
        names=[["a", "=b"], []],
    )
    first = [found.get(f"{column}2") for column in "ABCDEFGH"]
    assert first == [
        (None, "3"),
        ("inlineStr", str(2**60)),
        (None, "0.5"),
        (None, "1.25"),
        ("b", "1"),
        (None, "46346"),
        (None, "46346.25"),
        ("inlineStr", '["a", "=b"]'),
    ]
    second = [found.get(f"{column}3") for column in "ABCDEFGH"]
    assert second == [
        None,
        (None, str(-(2**53))),
        ("inlineStr", "nan"),
        None,
        ("b", "0"),
        ("inlineStr", "1850-01-01"),
        ("inlineStr", "1850-01-01 00:00:00Z"),
        ("inlineStr", "[]"),
    ]


@pytest.mark.parametrize("text", ["x" * (MOST_CHARACTERS + 1), "\U0001f600" * 16_384], ids=len)
def test_a_text_too_long_for_a_cell_is_one_line_and_leaves_no_file(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "rows.xlsx"
    with pytest.raises(TooLarge, match=r"row 2 has a text of .* characters"):
        write_workbook(pa.table({"title": ["short", text]}), file)
    assert not file.exists()
    file.write_bytes(b"an earlier one")
    with pytest.raises(TooLarge):
        write_workbook(pa.table({"title": [text]}), file)
    assert file.read_bytes() == b"an earlier one"


def test_more_rows_than_a_sheet_holds_are_one_line(tmp_path: Path) -> None:
    rows = pa.table({"n": pa.nulls(1_048_576)})
    with pytest.raises(TooLarge, match="1,048,576 rows"):
        write_workbook(rows, tmp_path / "rows.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_titles_of_a_hostile_digest_come_through_each_export(tmp_path: Path) -> None:
    titles = ['=HYPERLINK("http://example.org")', "+1 for Kettles", "@SUM(1;2) of Spoons"]
    warehouse = Warehouse(tmp_path / "home")
    papers = [item(f"2611.0000{n}", title) for n, title in enumerate(titles)]
    warehouse.load([day("2026-11-20", papers)], now=T0)
    query = "SELECT title FROM core.papers ORDER BY paper_id"
    exact, safe, book = (tmp_path / name for name in ("exact.csv", "safe.csv", "rows.xlsx"))

    warehouse.called("sql", query, "--output", exact)
    warehouse.called("sql", query, "--output", safe, "--spreadsheet-safe")
    warehouse.called("sql", query, "--output", book)

    def of(file: Path) -> list[str]:
        return [title for (title,) in csv.reader(io.StringIO(file.read_text(encoding="utf-8")))]

    assert of(exact) == ["title", *titles]
    assert of(safe) == ["title", *(f"'{title}" for title in titles)]
    found = cells(book)
    assert [found[f"A{n}"] for n in (2, 3, 4)] == [("inlineStr", title) for title in titles]
