"""Writes tables of HTML, and values between tabs or commas, as rows of Markdown.

A table whose first row names its columns says of each value what it is; without one, its cells are
lines like any others.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tasks.parse.layout.labels import label_alone
from tasks.parse.layout.lines import LONGEST_LINE, TextLine
from tasks.parse.model import Span

_CELL_TAG = re.compile(r"<(?P<end>/?)(?P<tag>table|tr|td|th)\b[^<>]{0,2000}>", re.IGNORECASE)
_MOST_LINES = 20_000
_FEWEST_ROWS = 2
_LONGEST_HEADS = 400
_DELIMITERS = ("\t", ";", ",")


@dataclass
class _Row:
    """The cells of a row, where it stands, and whether it is one of heads."""

    span: Span
    cells: list[str] = field(default_factory=list)
    is_head: bool = False

    def line(self, *, gap: bool) -> TextLine:
        """The row as Markdown writes it."""
        cells = (" ".join(cell.split()).replace("|", "\\|") for cell in self.cells)
        return TextLine(f"| {' | '.join(cells)} |", self.span, 0, gap)


def with_rows(lines: list[TextLine]) -> list[TextLine]:
    """Lines; those of a table with heads as rows of Markdown."""
    found: list[TextLine] = []
    number = 0
    while number < len(lines):
        rows: list[_Row] = []
        following = number + 1
        if "<table" in lines[number].text.lower():
            rows, following = _of_html(lines, number)
        elif delimiter := _delimiter_of(lines[number].text):
            rows, following = _of_values(lines, number, delimiter)
        found += _written(rows) if _is_headed(rows) else lines[number:following]
        number = following
    return found


def _delimiter_of(text: str) -> str:
    """What may stand between the heads of columns in a line; "" for a line too long for heads."""
    if len(text) > _LONGEST_HEADS:
        return ""
    return next((delimiter for delimiter in _DELIMITERS if delimiter in text), "")


def _written(rows: list[_Row]) -> Iterator[TextLine]:
    yield rows[0].line(gap=True)
    delimiter = _Row(rows[0].span, ["---"] * len(rows[0].cells))
    yield delimiter.line(gap=False)
    yield from (row.line(gap=False) for row in rows[1:])


def _is_headed(rows: list[_Row]) -> bool:
    """Whether there is more than heads, and most of them are known."""
    return len(rows) >= _FEWEST_ROWS and rows[0].is_head and _has_heads(rows[0])


def _has_heads(row: _Row) -> bool:
    """Whether a row names columns: the titles and another one, or most of them."""
    known = [label for cell in row.cells if (label := label_alone(cell.strip()))]
    return len(known) > 1 and ("title" in known or 2 * len(known) >= len(row.cells))


def _of_html(lines: list[TextLine], first: int) -> tuple[list[_Row], int]:
    """The rows of a table of HTML, and the number of the line after it; no rows where another table
    is in it or it does not end."""
    rows: list[_Row] = []
    n_tables = 0
    is_cell = False
    for number in range(first, min(len(lines), first + _MOST_LINES)):
        line, done = lines[number], 0
        if len(line.text) > LONGEST_LINE:
            break
        for tag in _CELL_TAG.finditer(line.text):
            if is_cell:
                rows[-1].cells[-1] += line.text[done : tag.start()]
            done, name = tag.end(), tag["tag"].lower()
            n_tables += name == "table" and not tag["end"]
            if n_tables > 1:
                return [], number + 1
            if name == "table" and tag["end"]:
                return _without_caption(rows), number + 1
            is_cell = _at_tag(rows, line, name, is_end=bool(tag["end"]))
        if is_cell:
            rows[-1].cells[-1] += line.text[done:] + " "
        if rows:
            rows[-1].span = Span(rows[-1].span.start, line.span.end)
    return [], first + 1


def _without_caption(rows: list[_Row]) -> list[_Row]:
    """Rows without those above the heads that have a single cell."""
    first = next((n for n, row in enumerate(rows) if len(row.cells) > 1), 0)
    return rows[first:]


def _at_tag(rows: list[_Row], line: TextLine, name: str, *, is_end: bool) -> bool:
    """Begin a row or a cell where a tag says so; whether a cell is open then."""
    if is_end:
        return False
    if name == "tr":
        rows.append(_Row(line.span))
    if name in ("td", "th") and rows:
        rows[-1].is_head = name == "th" and (rows[-1].is_head or not rows[-1].cells)
        rows[-1].cells.append("")
        return True
    return False


def _of_values(lines: list[TextLine], first: int, delimiter: str) -> tuple[list[_Row], int]:
    """The lines of values below heads, as rows; none where the first line has no heads, or most
    others have more or fewer values."""
    rows = [_Row(lines[first].span, _values(lines[first].text, delimiter), is_head=True)]
    last = first + 1
    if not _has_heads(rows[0]):
        return [], last
    while last < len(lines) and not lines[last].gap and delimiter in lines[last].text:
        rows.append(_Row(lines[last].span, _values(lines[last].text, delimiter)))
        last += 1
    n_whole = sum(len(row.cells) == len(rows[0].cells) for row in rows)
    return (rows, last) if 2 * n_whole > len(rows) else ([], last)


def _values(text: str, delimiter: str) -> list[str]:
    """The values of a line; those in quotation marks may have the delimiter in them."""
    if delimiter == "\t" or len(text) > LONGEST_LINE:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return [text]
