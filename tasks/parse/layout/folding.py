"""Unfolds lines: paragraphs that are folded at a width, headings that are underlined, tables.

A title must not end where its line does. A line goes on in the next one if that begins nothing of
its own, and if its first word had no room above, or the text does not end there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tasks.parse.layout.facts import read_facts
from tasks.parse.layout.labels import label_alone, label_of
from tasks.parse.layout.lines import LONGEST_LINE, Line, TextLine, Words
from tasks.parse.layout.looks import ends_open, is_furniture, is_names, is_rule, is_sentence
from tasks.parse.layout.markup import as_markdown, words_of
from tasks.parse.layout.pieces import clean
from tasks.parse.links import is_damaged, paper_of
from tasks.parse.model import Span

MARK = re.compile(
    r"(?:>\s{0,3}){0,5}(?:\[![\w-]{1,20}\][+-]?\s*)?"
    r"(?P<list>(?:[-*+\u2022\u25aa\u25e6\u2023]\s+|\d{1,4}[.)]\s+|\\item\s+)?(?:\[[ xX-]\]\s+)?)"
    r"(?P<heading>#{1,6}\s+)?"
)
"""What a line of a quotation, a list or a heading begins with."""
_UNDERLINE = re.compile(r"={3,400}|-{3,400}")
_DELIMITER = re.compile(r"[|+]?\s*:?[-=]+:?\s*(?:[|+]\s*:?[-=]+:?\s*)*[|+]?")
_ROW = re.compile(r"\|(?:[^|]{0,2000}\|){3,40}")
_KEY = re.compile(r"[\w.-]{1,40}:(?:\s.*)?|[A-Z][A-Z0-9]\s{2}- .*")
_CELL_END = re.compile(r"(?<!\\)\|")
_LONGEST_HEADING = 400
_MOST_LINES = 300
_OFTEN = 3
_NARROW, _WIDE = 40, 130
_USUAL_WIDTH = 66
"""A folded line is at least so long, where the text does not tell its width."""


class _Body(NamedTuple):
    """What the whole text says of its lines: their usual width, and those that are repeated."""

    width: int
    repeated: frozenset[str]


class Row(TextLine):
    """A row of a table, with the heads of its columns."""

    heads: tuple[str, ...] = ()

    def read(self, defined: Mapping[str, str]) -> Line:
        """The row as a line: the words of each cell, with what their head says of them."""
        cells = _cells(self.text)
        words: list[Words] = []
        for number, cell in enumerate(cells):
            head = self.heads[number] if len(cells) <= len(self.heads) else ""
            label = label_alone(clean(head)) or ("" if head or not any(self.heads) else "other")
            words += [
                part._replace(label=label, column=number, dress=part.dress or f"cell{number}")
                for part in words_of(cell, defined)
            ]
        return Line(tuple(words), self.span, "", self.gap, is_row=True)


def _cells(text: str) -> list[str]:
    return [cell.replace("\\|", "|").strip() for cell in _CELL_END.split(text.strip().strip("|"))]


def unfolded(lines: list[TextLine]) -> Iterator[TextLine]:
    """Lines; folded paragraphs on one line, rows of tables with their heads, headings that are
    underlined with their mark."""
    body = _Body(_width_of_body(lines), _repeated(lines))
    heads: tuple[str, ...] = ()
    number = 0
    while number < len(lines):
        line, last = lines[number], number + 1
        below = lines[last] if last < len(lines) and not lines[last].gap else None
        is_grid = heads and below and "+" in below.text  # rules stand between its rows, too
        if below and "|" in line.text and _is_delimiter(below.text) and not is_grid:
            heads = tuple(_cells(line.text))
            number += 2
            continue
        if heads and not line.gap and _is_delimiter(line.text):
            number += 1
            continue
        if (heads and "|" in line.text and not line.gap) or _ROW.fullmatch(line.text):
            row = Row(*line)
            row.heads = heads
            yield row
            number += 1
            continue
        heads = ()
        if below and _is_underlined(line, below):
            mark = "#" if below.text.startswith("=") else "##"
            yield line._replace(text=f"{mark} {line.text}")
            number += 2
            continue
        while last < len(lines) and _goes_on(lines, number, last, body):
            last += 1
        yield _joined(lines[number:last])
        number = last


def _joined(lines: list[TextLine]) -> TextLine:
    if len(lines) == 1:
        return lines[0]
    text = " ".join(_body(p.text, first=not k).rstrip("\\ ") for k, p in enumerate(lines))
    return lines[0]._replace(text=text, span=Span(lines[0].span.start, lines[-1].span.end))


def _is_underlined(line: TextLine, below: TextLine) -> bool:
    is_line = line.gap and len(line.text) < _LONGEST_HEADING and "](" not in line.text
    return is_line and bool(_UNDERLINE.fullmatch(below.text)) and not is_sentence(line.text)


def _is_delimiter(text: str) -> bool:
    return ("|" in text or "+" in text) and _DELIMITER.fullmatch(text[:2_000]) is not None


def _body(text: str, *, first: bool) -> str:
    mark = None if first else MARK.match(text)
    return text[mark.end() :] if mark and text.startswith(">") else text


def _goes_on(lines: list[TextLine], first: int, number: int, body: _Body) -> bool:
    """Whether a line goes on in the next one, its `number`; they are joined from `first` on."""
    above, line = lines[number - 1], lines[number]
    text = _body(line.text, first=False)
    if line.gap or number - first > _MOST_LINES or not _may_join(above, line, text):
        return False
    if line.text in body.repeated:
        return False
    if above.text.count("**") % 2 or text[0].islower() or ends_open(above.text):
        return True
    mark = MARK.match(above.text)
    is_hanging = line.indent > above.indent and number - 1 == first and not (mark and mark.end())
    if is_hanging and not is_sentence(text):
        return True
    return _is_full(above, text, _width(lines, number) or body.width)


def _may_join(above: TextLine, line: TextLine, text: str) -> bool:
    """Whether two lines may be parts of one text."""
    if "\t" in above.text or "\t" in line.text:
        return False
    is_whole = above.ends_hard or len(above.text) > LONGEST_LINE or above.text[:1] in ("#", "|")
    begins_quote = line.text[:1] == ">" and above.text[:1] != ">"
    if is_whole or begins_quote or is_rule(above.text):
        return False
    if _KEY.fullmatch(text) and (text.endswith(":") or _KEY.fullmatch(above.text)):
        return False
    return _may_follow(text) and _may_go_on(_body(above.text, first=False))


def _is_full(above: TextLine, following: str, width: int) -> bool:
    """Whether a line had no room for the first word of the next one, at a width, or at a usual one
    where the text tells none."""
    length = above.indent + len(above.text)
    room = length + 1 + len(following.split(" ", 1)[0])
    if width:
        return length <= width < room
    is_usual = _NARROW <= len(above.text) < _WIDE and room > _USUAL_WIDTH
    return is_usual and not is_sentence(above.text)


def _may_follow(text: str) -> bool:
    """Whether a line may be the rest of the one above: it begins nothing by itself."""
    mark = MARK.match(text)
    if not text or (mark and mark.end()) or text.startswith(("**", "<http", "|", "![", "[!")):
        return False
    address = text.split(None, 1)[0] if text.startswith("http") else ""
    if address and (address == text or paper_of(address) or is_damaged(address)):
        return False
    if text[:1] == "[" and "](" in as_markdown(text):
        return False
    return not (is_furniture(text) or label_of(text) or read_facts(text) or is_names(text))


def _may_go_on(text: str) -> bool:
    """Whether a line may go on in the next one: it does not end with a link or a fact."""
    if text.endswith(("](", ">", "]")):
        return False
    if "](" in (written := as_markdown(text)) and len(written.rsplit(")", 1)[-1]) < _NARROW:
        return False
    if "://" in text.rsplit(" ", 1)[-1] and len(text.split()) < 4:
        return False
    return not (is_furniture(text) or read_facts(text) or is_names(text))


def _width(lines: list[TextLine], number: int) -> int:
    """The width to which the paragraph around a line is folded; 0 if it does not tell."""
    first = number
    while first > 0 and not lines[first].gap and number - first < 40:
        first -= 1
    last = number
    while last + 1 < len(lines) and not lines[last + 1].gap and last - number < 40:
        last += 1
    inner = [line.indent + len(line.text) for line in lines[first + 1 : last]]
    return max(inner) if inner and _NARROW < max(inner) <= _WIDE else 0


def _repeated(lines: Iterable[TextLine]) -> frozenset[str]:
    """Lines that are printed again and again: no text goes on in them."""
    counts = Counter(line.text for line in lines if len(line.text) < _LONGEST_HEADING)
    return frozenset(text for text, n in counts.items() if n >= _OFTEN)


def _width_of_body(lines: Iterable[TextLine]) -> int:
    """The width to which most paragraphs of three and more lines are folded; 0 if there are few."""
    widths: Counter[int] = Counter()
    run: list[int] = []
    for line in lines:
        if line.gap:
            widths.update(_widest(run))
            run = []
        run.append(line.indent + len(line.text))
    widths.update(_widest(run))
    return max(widths, default=0) if sum(widths.values()) > 1 else 0


def _widest(run: list[int]) -> list[int]:
    inner = run[:-1]
    if len(run) < 3 or not _NARROW < max(inner) <= _WIDE or min(inner) < 0.7 * max(inner):
        return []
    return [max(inner)]
