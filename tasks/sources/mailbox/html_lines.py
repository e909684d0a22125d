"""The HTML of a mail as lines of words and links.

Only line breaks and links are read, in one pass and without a tree. This prevents a mail from
blocking a run: `html.parser`, alone or below Beautiful Soup, takes time quadratic in the length of
unclosed tags and comments, seconds for 50 KB that anybody may send.
"""

import re
from collections import defaultdict
from typing import NamedTuple

from tasks.parse.layout.labels import label_alone
from tasks.parse.layout.lines import Line
from tasks.parse.layout.pieces import Piece, clean, words_in
from tasks.parse.model import Span
from tasks.parse.unicode_faults import unescaped

_TAG = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,20})"
    r"(?P<rest>(?:[^<>\"']++|\"[^\"]{0,9000}+\"|'[^']{0,9000}+')*+)>"
    r"|<(?P<other>!--|[!?/])"
)
_ADDRESS = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_PRINTED = re.compile(r"\b(?:class|style)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_BREAKS = frozenset(
    """p div td th tr table li ul ol dl dt dd br hr h1 h2 h3 h4 h5 h6 section article header footer
    blockquote center body""".split()  # noqa: SIM905 - a list of tags reads best as words
)
_EMPHASIS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic"}
_SHAPED = _BREAKS | {"span", "font", "small", "big"}
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_LONGEST = 1024 * 1024
_SOFT = str.maketrans(
    "", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
)
"""Characters without width, which senders use to fill previews and to turn lines around."""


def lines_of(html: str) -> list[Line]:
    """The lines of an HTML text, links with their targets as written."""
    html = html[:_LONGEST]
    reader = _Reader()
    position = 0
    while found := _TAG.search(html, position):
        reader.text(html[position : found.start()])
        position = found.end()
        if found.group("other"):
            position = _end_of(html, found)
        elif found.group("end"):
            reader.close(found.group("tag").lower())
        else:
            reader.open(found.group("tag").lower(), found.group("rest"))
    reader.text(html[position:])
    reader.end_line()
    return _with_rows(reader.lines, reader.cells)


def _end_of(html: str, found: re.Match[str]) -> int:
    """The end of a comment or declaration; the end of the text if it is not closed."""
    mark = "-->" if found.group("other") == "!--" else ">"
    end = html.find(mark, found.end())
    return end + len(mark) if end >= 0 else len(html)


class _Cell(NamedTuple):
    """Where in a table a line stands: numbers of the table, its row and cell; 0 for no table."""

    table: int
    row: int
    cell: int


def _with_rows(lines: list[Line], cells: list[_Cell]) -> list[Line]:
    """Lines; those of a row of a table that has heads become one."""
    rows: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, cell in enumerate(cells):
        if cell.row:
            rows[cell.table][cell.row].append(number)
    whole: dict[int, Line | None] = {}
    for table in rows.values():
        first, *others = table.values()
        heads = {cells[n].cell: label_alone(clean(_text(lines[n]))) or "" for n in first}
        if others and len(heads) > 2 and sum(map(bool, heads.values())) * 2 > len(heads):
            for numbers in (first, *others):
                whole.update(dict.fromkeys(numbers))
            for numbers in others:
                words = [
                    word._replace(label=heads.get(cells[n].cell, ""), column=cells[n].cell)
                    for n in numbers
                    for word in lines[n].words
                ]
                whole[numbers[0]] = Line(tuple(words), Span(0, 0), is_row=True)
    found = [whole.get(number, line) for number, line in enumerate(lines)]
    return [line for line in found if line is not None]


def _text(line: Line) -> str:
    return " ".join(words.text for words in line.words)


class _Reader:
    """Collects lines; a tag that begins or ends a block ends a line."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.cells: list[_Cell] = []
        self._pieces: list[Piece] = []
        self._text: list[str] = []
        self._target: str | None = None
        self._unseen: str | None = None
        self._emphasis = ""
        self._span = ""
        self._dress = ""
        self._opened: list[tuple[str, str]] = []
        self._gap = True
        self._tables: list[_Cell] = []
        self._n_tables = self._n_rows = 0

    def open(self, tag: str, rest: str) -> None:
        """A tag begins; `rest` are its attributes."""
        if self._unseen:
            return
        if tag in _UNSEEN:
            self._unseen = tag
        elif tag == "a":
            self._end_words()
            if self._target is not None:  # the link before was not closed
                self._target = None
                self.end_line()
            address = _ADDRESS.search(rest)
            target = next((text for text in address.groups() if text), "") if address else ""
            self._target = unescaped(target).strip() or None
        elif tag in _EMPHASIS and self._target is None:
            self._end_words()
            self._emphasis = _EMPHASIS[tag]
        if tag in _BREAKS:
            self._part(tag)
        if tag in _SHAPED and tag not in ("br", "hr"):
            printed = _PRINTED.search(rest)
            shape = next((text for text in printed.groups() if text), "") if printed else ""
            self._opened.append((tag, f"{tag}.{shape[:200]}" if shape else tag))
            if tag == "span" and shape and self._target is None and not self._emphasis:
                self._end_words()
                self._span = f"span.{shape[:200]}"
            self._cell(tag)

    def close(self, tag: str) -> None:
        """A tag ends."""
        if tag in (self._unseen, "body"):
            self._unseen = None
        elif tag == "a":
            self._end_words()
            self._target = None
        elif tag in _EMPHASIS and self._target is None:
            self._end_words()
            self._emphasis = ""
        if tag in _BREAKS:
            self._part(tag)
        if tag == "span" and self._span and self._target is None:
            self._end_words()
            self._span = ""
        for n in range(len(self._opened) - 1, max(-1, len(self._opened) - 20), -1):
            if self._opened[n][0] == tag:
                del self._opened[n:]
                break
        if tag == "table" and self._tables:
            self._tables.pop()

    def text(self, text: str) -> None:
        """Characters between tags."""
        if text and not self._unseen:
            self._text.append(text)
            if not self._dress and self._opened and not text.isspace():
                self._dress = self._opened[-1][1]

    def end_line(self) -> None:
        """End the current line."""
        self._end_words()
        if words := words_in(self._pieces):
            at = self._tables[-1] if self._tables else _Cell(0, 0, 0)
            dress = self._dress if self._dress != "body" else ""
            self.lines.append(Line(tuple(words), Span(0, 0), dress, self._gap))
            self.cells.append(at)
            self._gap = False
        self._pieces = []
        self._dress = ""

    def _cell(self, tag: str) -> None:
        """Note which cell of which table comes next."""
        if tag == "table" or (tag == "tr" and not self._tables):
            self._n_tables += 1
            self._tables.append(_Cell(self._n_tables, 0, 0))
        if tag == "tr":
            self._n_rows += 1
            self._tables[-1] = _Cell(self._tables[-1].table, self._n_rows, 0)
        elif tag in ("td", "th") and self._tables:
            self._tables[-1] = self._tables[-1]._replace(cell=self._tables[-1].cell + 1)

    def _part(self, tag: str) -> None:
        """A block begins or ends; within a link that only separates words."""
        if self._target is None:
            self.end_line()
            self._gap = self._gap or tag != "br"
            self._emphasis = self._emphasis if tag == "br" else ""
        else:
            self._text.append(" ")

    def _end_words(self) -> None:
        raw = unescaped("".join(self._text)).translate(_SOFT)
        text = " ".join(raw.split())
        if text or self._target:
            text = (
                text
                if self._target
                else f"{raw[:1].isspace() * ' '}{text}{raw[-1:].isspace() * ' '}"
            )
            self._pieces.append(
                Piece(text, self._target, "" if self._target else self._emphasis or self._span)
            )
        elif raw and self._pieces and self._pieces[-1].is_plain:
            self._pieces[-1] = self._pieces[-1]._replace(raw=self._pieces[-1].raw + " ")
        self._text = []
