"""Reads a text as lines of words: Markdown and what else people write lists in.

Everything that spans lines is put together here: links, folded paragraphs, tables, headings that
are underlined, HTML between Markdown.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tasks.parse.layout.facts import read_facts
from tasks.parse.layout.labels import label_alone, label_of
from tasks.parse.layout.lines import LONGEST_LINE, Line, TextLine, Words, text_lines
from tasks.parse.layout.looks import ends_open, is_furniture, is_names, is_rule, is_sentence
from tasks.parse.layout.markup import BRACKET, NAMED, as_markdown, clean, words_of
from tasks.parse.links import paper_of
from tasks.parse.model import Span

MARK = re.compile(
    r"(?:>\s{0,3}){0,5}(?:\[![\w-]{1,20}\][+-]?\s*)?"
    r"(?P<list>(?:[-*+\u2022\u25aa\u25e6\u2023]\s+|\d{1,4}[.)]\s+)?(?:\[[ xX-]\]\s+)?)"
    r"(?P<heading>#{1,6}\s+)?"
)
"""What a line of a quotation, a list or a heading begins with."""
_ORG_OR_WIKI = re.compile(r"\*{2,6}\s+(?=\[)|={2,6}\s+(?P<wiki>[^=]{1,200}?)\s+={2,6}$")
_DEFINITION = re.compile(
    r"\[(?P<name>[^\]\s]{1,40})\]:?\s{1,20}<?(?P<url>[^\s>]{1,8000})>?.{0,300}"
)
_UNDERLINE = re.compile(r"(?P<one>={3,400})|-{3,400}")
_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_CELL_END = re.compile(r"(?<!\\)\|")
_TAG = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,12})(?P<rest>(?:\s[^<>]{0,2000})?)/?>"
)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\s\"'>]{1,2000})")
_BREAKING = frozenset(
    ("br", "p", "div", "details", "summary", "li", "ul", "ol", "td", "tr", "hr", "center", "table")
)
_BOLD = frozenset({"b", "strong"})
_PICTURE_WORDS = re.compile(
    r"(?P<before>^[-*+\s]*|\[)\[(?P<words>[^\[\]\n]{2,60})\](?![(\[:])", re.MULTILINE
)
_ENOUGH_PICTURES = 3
_LONGEST_LINK = 20_000
_MOST_LINES_OF_LINK = 200
_NARROW, _WIDE = 40, 130
_USUAL_WIDTH = 66
"""A folded line is at least so long, where the text does not tell its width."""


def read_text(content: bytes) -> list[Line]:
    """The lines of a text, links with their targets."""
    lines = _without_tags(text_lines(content))
    defined, lines = _definitions(lines)
    return list(lines_of(_without_pictures(_whole_links(lines, defined)), defined))


def lines_of(lines: list[TextLine], defined: Mapping[str, str]) -> Iterator[Line]:
    """Lines with their words: headings and tables, and paragraphs unfolded."""
    number = 0
    for line in unfolded(lines):
        if number and is_rule(line.text):
            yield Line((Words(line.text),), line.span, "rule", line.gap)
        elif isinstance(line, _Row):
            yield line.read(defined)
        else:
            yield _line(line, defined)
        number += 1


def _line(line: TextLine, defined: Mapping[str, str]) -> Line:
    if len(line.text) > LONGEST_LINE:
        return Line((Words(line.text),), line.span, "", line.gap)
    mark = MARK.match(line.text)
    other = _ORG_OR_WIKI.match(line.text)
    dress, body = "", line.text
    if other:
        dress, body = "h2", other.group("wiki") or line.text[other.end() :]
    elif mark and mark.end() and not _is_fact(line.text):
        heading = mark.group("heading")
        dress = f"h{len(heading.strip())}" if heading else "item" if mark.group("list") else ""
        body = line.text[mark.end() :]
    body = body.rstrip("#").rstrip() if dress[:1] == "h" else body
    return Line(tuple(words_of(body, defined)), line.span, dress, line.gap)


def _is_fact(text: str) -> bool:
    return len(text) < 40 and bool(read_facts(text))


class _Row(TextLine):
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


def _without_tags(lines: list[TextLine]) -> list[TextLine]:
    """Lines with the HTML between Markdown written as Markdown."""
    if not any("<" in line.text for line in lines):
        return lines
    found: list[TextLine] = []
    for line in lines:
        if "<" not in line.text or not (parts := _tagless(line.text)):
            found.append(line)
            continue
        gap = line.gap
        for text in filter(None, parts):
            found.append(line._replace(text=text, gap=gap, ends_hard=len(parts) > 1))
            gap = False
    return found


def _tagless(text: str) -> list[str]:
    """The lines that a line with tags consists of; none if it has no tag."""
    if not _TAG.search(text):
        return []
    targets: list[str] = []

    def written(found: re.Match[str]) -> str:
        tag, is_end = found["tag"].lower(), bool(found["end"])
        if tag == "a":
            if is_end:
                return f"]({targets.pop()})" if targets else ""
            href = _HREF.search(found["rest"])
            targets.append(href.group(1) if href else "")
            return "["
        if tag in _BREAKING:
            return "\n"
        return "**" if tag in _BOLD else "" if tag != "cite" else " "

    return [part.strip() for part in _TAG.sub(written, text).split("\n")] or [""]


def _definitions(lines: list[TextLine]) -> tuple[dict[str, str], list[TextLine]]:
    """The targets of links by reference, and the other lines."""
    defined: dict[str, str] = {}
    kept: list[TextLine] = []
    for line in lines:
        found = _DEFINITION.fullmatch(line.text) if line.text.startswith("[") else None
        if found and ("]:" in line.text[:44] and ("/" in found["url"] or ":" in found["url"])):
            defined[found["name"].lower()] = found["url"]
        else:
            kept.append(line)
    return defined, kept


def _whole_links(lines: list[TextLine], defined: Mapping[str, str]) -> list[TextLine]:
    """Lines, joined where the words of a link go on in the next one; a link around several
    paragraphs becomes one around each."""
    wrapped = _wrapped_links(lines, defined)
    found: list[TextLine] = []
    number = 0
    while number < len(lines):
        link = wrapped.get(number)
        if link is None:
            found.append(lines[number])
            number += 1
            continue
        found += _unwrapped(lines[number : link.last + 1], link)
        number = link.last + 1
    return found


class _Wrapped(NamedTuple):
    """A link over several lines: its last line, and where in the last its words end; -1 if several
    links share the lines."""

    last: int
    end: int


def _unwrapped(lines: list[TextLine], link: _Wrapped) -> Iterator[TextLine]:
    """The lines of a link as one, or as one for each of its paragraphs."""
    paragraphs: list[list[TextLine]] = []
    for line in lines:
        if line.gap or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    last = lines[-1].text
    texts = [" ".join(line.text.rstrip("\\ ") for line in part) for part in paragraphs]
    full = [
        text for text in (texts[0], *texts[1:-1], last[: max(0, link.end)]) if text.strip("[ -*")
    ]
    if link.end < 0 or len(full) < 2 or "[" not in texts[0]:
        span = Span(lines[0].span.start, lines[-1].span.end)
        text = " ".join([line.text.rstrip("\\ ") for line in lines[:-1]] + [last])
        yield lines[0]._replace(text=text, span=span)
        return
    target = last[link.end :]
    texts[-1] = texts[-1][: len(texts[-1]) - len(target)]
    for number, (text, part) in enumerate(zip(texts, paragraphs, strict=True)):
        span = Span(part[0].span.start, part[-1].span.end)
        opened = "" if number == 0 else "["
        if text.strip("[ -*") or number == len(texts) - 1:
            yield part[0]._replace(text=f"{opened}{text}{target}", span=span)


def _wrapped_links(lines: list[TextLine], defined: Mapping[str, str]) -> dict[int, _Wrapped]:
    """Where links begin whose words go on, by number of the first line."""
    ends: dict[int, _Wrapped] = {}
    opened: list[tuple[int, int, int, bool]] = []
    n_links = n_characters = 0
    for number, line in enumerate(lines):
        if line.text.startswith("#"):
            opened.clear()
        n_characters += len(line.text) + 1
        if len(line.text) > LONGEST_LINE:
            opened.clear()
            continue
        for found in BRACKET.finditer(line.text) if "[" in line.text or "]" in line.text else ():
            if found.group() == "[":
                is_picture = line.text[found.start() - 1 : found.start()] == "!"
                opened.append((number, n_links, n_characters, is_picture))
            elif found.group() == "]" and opened:
                first, before, at, is_picture = opened.pop()
                after = line.text[found.end() : found.end() + 1]
                if after not in ("(", "[") or lines[first].text[:1] == "|":
                    continue
                if after == "[" and not _is_reference(line.text, found.end(), defined):
                    continue
                is_short = (
                    n_characters - at < _LONGEST_LINK and number - first < _MOST_LINES_OF_LINK
                )
                if first < number and n_links == before and is_short:
                    start = _start_of(ends, first)
                    ends[start] = _Wrapped(number, -1 if start in ends else found.start())
                n_links += not is_picture
    return ends


def _start_of(wrapped: Mapping[int, _Wrapped], line: int) -> int:
    """The first of the lines that a line is joined with already."""
    start = next(reversed(wrapped), -1)
    return start if start >= 0 and wrapped[start].last >= line else line


def _is_reference(text: str, at: int, defined: Mapping[str, str]) -> bool:
    named = NAMED.match(text, at)
    name = named.group("name").lower() if named else ""
    return name in defined or name.isdecimal()


def _without_pictures(lines: list[TextLine]) -> list[TextLine]:
    """Lines without the words that stand for pictures: the same ones in brackets, again and again,
    alone or where a link begins. They may be in any language."""
    counts: Counter[str] = Counter()
    for line in lines:
        if "[" in line.text and len(line.text) <= LONGEST_LINE:
            counts.update(found["words"] for found in _PICTURE_WORDS.finditer(line.text))
    pictures = {words for words, n in counts.items() if n >= _ENOUGH_PICTURES}
    pictures -= {"x", "X", " ", "-"}
    if not pictures:
        return lines

    def kept(found: re.Match[str]) -> str:
        return found["before"] if found["words"] in pictures else found.group()

    cleaned = [
        line._replace(text=_PICTURE_WORDS.sub(kept, line.text).strip())
        if "[" in line.text
        else line
        for line in lines
    ]
    return [line for line in cleaned if line.text]


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
            row = _Row(*line)
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
