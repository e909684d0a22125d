"""The lines of a body, whatever its format: pieces of text, some of which are links."""

import re
from typing import NamedTuple

from tasks.parse.model import Span
from tasks.parse.unicode_faults import decoded

UNKNOWN = "?"
"""The target of a link whose address is missing from the text."""
LONGEST_LINE = 20_000
"""A longer line is treated as running text without links."""
_LINE = re.compile(rb"[^\r\n]+")


class TextLine(NamedTuple):
    """A line as it stands, without its end and the blanks around it; `gap`: a blank one is above;
    `ends_hard`: its end is meant."""

    text: str
    span: Span
    indent: int
    gap: bool
    ends_hard: bool = False


class Words(NamedTuple):
    """Some words of a line, where they link to, and how they are printed: `bold`, `td.title`.

    `label` is what the head of their column, number `column`, says of them. `mentions` counts the
    links to papers that stand within a sentence: they are part of its text.
    """

    text: str
    target: str | None = None
    dress: str = ""
    label: str | None = None
    column: int = 0
    mentions: int = 0


class Line(NamedTuple):
    """Some words that stand together; `gap` tells whether they begin a paragraph, `is_row` whether
    they are a whole row of a table."""

    words: tuple[Words, ...]
    span: Span
    dress: str = ""
    gap: bool = True
    is_row: bool = False


def text_lines(content: bytes) -> list[TextLine]:
    """The lines that are not blank. No-break spaces at their ends are blanks, as they look."""
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    found: list[TextLine] = []
    end_before = start
    for match in _LINE.finditer(content, start):
        raw = match.group()
        text = decoded(raw)
        stripped = text.strip()
        if not stripped:
            continue
        indent = len(text) - len(text.lstrip())
        begin = match.start() + len(text[:indent].encode(errors="surrogateescape"))
        tail = text[indent + len(stripped) :]
        end = match.end() - len(tail.encode())
        is_next = content.count(b"\n", end_before, match.start()) == 1
        span = Span(begin, end)
        found.append(TextLine(stripped, span, indent, not (found and is_next), tail[:2] == "  "))
        end_before = match.end()
    return found
