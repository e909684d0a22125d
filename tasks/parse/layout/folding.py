"""Unfolds lines: paragraphs that are folded at a width, headings that are underlined, tables.

A title must not end where its line does. A line goes on in the next one if that begins nothing of
its own, and if its first word had no room above, or the text does not end there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tasks.parse.layout.facts import read_facts
from tasks.parse.layout.labels import label_alone, label_of
from tasks.parse.layout.lines import LONGEST_LINE, Line, TextLine, Words
from tasks.parse.layout.looks import ends_open, is_furniture, is_names, is_rule, is_sentence
from tasks.parse.layout.markup import as_markdown, words_of
from tasks.parse.layout.pieces import clean
from tasks.parse.links import paper_of
from tasks.parse.model import Span

MARK = re.compile(
    r"(?:>\s{0,3}){0,5}(?:\[![\w-]{1,20}\][+-]?\s*)?"
    r"(?P<list>(?:[-*+\u2022\u25aa\u25e6\u2023]\s+|\d{1,4}[.)]\s+)?(?:\[[ xX-]\]\s+)?)"
    r"(?P<heading>#{1,6}\s+)?"
)
"""What a line of a quotation, a list or a heading begins with."""
_UNDERLINE = re.compile(r"(?P<one>={3,400})|-{3,400}")
_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_CELL_END = re.compile(r"(?<!\\)\|")
_NARROW, _WIDE = 40, 130
_USUAL_WIDTH = 66
"""A folded line is at least so long, where the text does not tell its width."""


class Row(TextLine):
    """A row of a table, with the heads of its columns."""

    heads: tuple[str, ...] = ()

    def read(self, defined: Mapping[str, str]) -> Line:
        cells = _cells(self.text)
        words: list[Words] = []
        for number, cell in enumerate(cells):
            head = self.heads[number] if len(cells) <= len(self.heads) else ""
            label = label_alone(clean(head)) or ("" if head or not any(self.heads) else "other")
            for part in words_of(cell, defined):
                words.append(
                    part._replace(
                        label=label or "", column=number, dress=part.dress or f"cell{number}"
                    )
                )
        return Line(tuple(words), self.span, "", self.gap, is_row=True)


def _cells(text: str) -> list[str]:
    return [cell.replace("\\|", "|").strip() for cell in _CELL_END.split(text.strip().strip("|"))]


def unfolded(lines: list[TextLine]) -> Iterator[TextLine]:
    """Lines; folded paragraphs on one line, rows of tables with their heads, headings that are
    underlined with their mark."""
    body_width = _width_of_body(lines)
    heads: tuple[str, ...] = ()
    number = 0
    while number < len(lines):
        line, following = lines[number], lines[number + 1 : number + 2]
        number += 1
        is_pair = bool(following) and not following[0].gap
        if is_pair and "|" in line.text and _is_delimiter(following[0].text):
            heads = tuple(_cells(line.text))
            number += 1
            continue
        if heads and "|" in line.text and not line.gap:
            row = Row(*line)
            row.heads = heads
            yield row
            continue
        heads = ()
        if is_pair and (under := _UNDERLINE.fullmatch(following[0].text)) and line.gap:
            if len(line.text) < 400 and not is_sentence(line.text) and "](" not in line.text:
                yield line._replace(text=f"{'#' if under['one'] else '##'} {line.text}")
                number += 1
                continue
        last = number
        while last < len(lines) and _goes_on(lines, number - 1, last, body_width):
            last += 1
        if last > number:
            parts = lines[number - 1 : last]
            text = " ".join(_body(p.text, first=not k).rstrip("\\ ") for k, p in enumerate(parts))
            line = line._replace(text=text, span=Span(line.span.start, parts[-1].span.end))
            number = last
        yield line


def _is_delimiter(text: str) -> bool:
    return "-" in text and "|" in text and _DELIMITER.fullmatch(text[:2_000]) is not None


def _body(text: str, *, first: bool) -> str:
    mark = None if first else MARK.match(text)
    return text[mark.end() :] if mark and text.startswith(">") else text


def _goes_on(lines: list[TextLine], first: int, number: int, body_width: int) -> bool:
    """Whether a line goes on in the next one, its `number`."""
    above, line = lines[number - 1], lines[number]
    if line.gap or above.ends_hard or len(above.text) > LONGEST_LINE or number - first > 300:
        return False
    if above.text.startswith("#") or is_rule(above.text) or above.text.startswith("|"):
        return False
    text = _body(line.text, first=False)
    if not _may_follow(text) or not _may_go_on(_body(above.text, first=False)):
        return False
    if line.text[:1] == ">" and above.text[:1] != ">":
        return False
    if above.text.count("**") % 2 or text[0].islower() or ends_open(above.text):
        return True
    is_marked = MARK.match(above.text)
    is_hanging = (
        line.indent > above.indent and number - 1 == first and not (is_marked and is_marked.end())
    )
    if is_hanging and not is_sentence(text):
        return True
    width = _width(lines, number) or body_width
    room = above.indent + len(above.text) + 1 + len(text.split(" ", 1)[0])
    if width:
        return room > width and above.indent + len(above.text) <= width
    return (
        len(above.text) >= _NARROW
        and room > _USUAL_WIDTH
        and len(above.text) < _WIDE
        and (not is_sentence(above.text))
    )


def _may_follow(text: str) -> bool:
    """Whether a line may be the rest of the one above: it begins nothing by itself."""
    mark = MARK.match(text)
    if not text or (mark and mark.end()) or text.startswith(("**", "<http", "|", "![", "[!")):
        return False
    if text.startswith("http") and (" " not in text or paper_of(text.split(" ", 1)[0])):
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
