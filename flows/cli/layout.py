"""Rows as text for people: a table whose ids, dates and numbers are whole, or a record per row.

Text from digests is never interpreted as markup or terminal control.
"""

from collections.abc import Iterator, Sequence
from textwrap import wrap

import pyarrow as pa
from rich.cells import cell_len, set_cell_size

from tasks.parse.text import printable
from warehouse.query.values import is_number, text_of, tuples_of

_LONGEST_WHOLE = 40
"""A text column with a longer value gives way, and so does one with blanks in its values."""
_NARROWEST = 12
"""Where a column would be narrower, the row is shown as a record."""
_GAP = "  "


def table_lines(rows: pa.Table, width: int | None = None) -> list[str] | None:
    """The lines of a table, the first one its heading: numbers right, NULL as nothing.

    Texts are cut so that no line has more than `width` columns of the terminal; None if that cannot
    be. Without a width nothing is cut.
    """
    cells = [[printable(text_of(value)) for value in row] for row in tuples_of(rows)]
    lines = [rows.column_names, *cells]
    widths = _widths(list(zip(*lines, strict=True)), rows.schema, width)
    if widths is None:
        return None
    is_right = [is_number(field.type) for field in rows.schema]
    return [_GAP.join(map(_cell, line, widths, is_right)).rstrip() for line in lines]


def record_lines(rows: pa.Table, width: int) -> Iterator[str]:
    """The lines of records: a name and its value on each, long texts over several."""
    names = rows.column_names
    indent = max(map(cell_len, names), default=0) + len(_GAP)
    room = max(width - indent, _NARROWEST)
    for number, row in enumerate(tuples_of(rows), start=1):
        if number > 1:
            yield ""
        yield f"-- {number} --"
        for name, value in zip(names, row, strict=True):
            text = printable(text_of(value))
            parts = wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
            for place, part in enumerate(parts):
                head = "" if place else name
                yield f"{set_cell_size(head, indent)}{part}".rstrip()


def _widths(
    columns: Sequence[Sequence[str]], schema: pa.Schema, width: int | None
) -> list[int] | None:
    """The width of each column; None when the least ones are too wide together."""
    wanted = [max(map(cell_len, column)) for column in columns]
    if width is None or sum(wanted) + len(_GAP) * (len(wanted) - 1) <= width:
        return wanted
    gives_way = [_gives_way(*column) for column in zip(columns, schema.types, strict=True)]
    whole = sum(w for w, gives in zip(wanted, gives_way, strict=True) if not gives)
    room = width - whole - len(_GAP) * (len(wanted) - 1)
    most = _most(sorted(w for w, gives in zip(wanted, gives_way, strict=True) if gives), room)
    if most is None:
        return None
    return [min(w, most) if gives else w for w, gives in zip(wanted, gives_way, strict=True)]


def _gives_way(column: Sequence[str], kind: pa.DataType) -> bool:
    """Whether the values of a column may be cut: those of a text with blanks, or a long one."""
    if not (pa.types.is_string(kind) or pa.types.is_nested(kind)):
        return False
    values = column[1:]
    return any(" " in value or cell_len(value) > _LONGEST_WHOLE for value in values)


def _most(widths: Sequence[int], room: int) -> int | None:
    """The width to which columns are cut to fit; the narrowest ones, which come first, keep
    theirs."""
    for number, wanted in enumerate(widths):
        share = room // (len(widths) - number)
        if wanted > share:
            return share if share >= _NARROWEST else None
        room -= wanted
    return None


def _cell(text: str, width: int, is_right: bool) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "\u2026"
    return " " * (width - length) + text if is_right else text + " " * (width - length)
