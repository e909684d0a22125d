"""Reads a text as lines of words: Markdown and what else people write lists in.

Everything that spans lines is put together first: HTML between Markdown, links, paragraphs, tables.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from tasks.parse.layout.chats import without_stamps
from tasks.parse.layout.facts import read_facts
from tasks.parse.layout.folding import MARK, Row, unfolded
from tasks.parse.layout.lines import LONGEST_LINE, Line, TextLine, Words, text_lines
from tasks.parse.layout.looks import is_rule
from tasks.parse.layout.markup import words_of
from tasks.parse.layout.tables import with_rows
from tasks.parse.layout.wrapped_links import whole_links

_ORG_OR_WIKI = re.compile(
    r"\*{2,6}\s+(?:(?:TODO|DONE|NEXT|WAITING)\s+)?(?=\[)|={2,6}\s+(?P<wiki>[^=]{1,200}?)\s+={2,6}$"
)
_DEFINITION = re.compile(
    r"\[(?P<name>[^\]\s]{1,40})\]:?\s{1,20}<?(?P<url>[^\s>]{1,8000})>?.{0,300}"
)
_TAG = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,12})(?P<rest>(?:\s[^<>]{0,2000})?)/?>"
)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\s\"'>]{1,2000})")
_BREAKING = frozenset(
    (
        "br",
        "p",
        "div",
        "details",
        "summary",
        "li",
        "ul",
        "ol",
        "td",
        "th",
        "tr",
        "hr",
        "center",
        "table",
        "thead",
        "tbody",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "blockquote",
    )
)
_HEADING = re.compile(r"h[1-6]")
_BOLD = frozenset({"b", "strong"})
_PICTURE_WORDS = re.compile(
    r"(?P<before>^[-*+\s]*|\[)\[(?P<words>[^\[\]\n]{2,60})\](?![(\[:])", re.MULTILINE
)
_ENOUGH_PICTURES = 3


def read_text(content: bytes) -> list[Line]:
    """The lines of a text, links with their targets."""
    lines = _without_tags(with_rows(without_stamps(text_lines(content))))
    defined, lines = _definitions(lines)
    return list(lines_of(_without_pictures(whole_links(lines, defined)), defined))


def lines_of(lines: list[TextLine], defined: Mapping[str, str]) -> Iterator[Line]:
    """Lines with their words: headings and tables, and paragraphs unfolded."""
    for number, line in enumerate(unfolded(lines)):
        if number and is_rule(line.text):
            yield Line((Words(line.text),), line.span, "rule", line.gap)
        elif isinstance(line, Row):
            yield line.read(defined)
        else:
            yield _line(line, defined)


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
    is_row = text.startswith("|")

    def written(found: re.Match[str]) -> str:
        tag, is_end = found["tag"].lower(), bool(found["end"])
        if tag == "a":
            if is_end:
                return f"]({targets.pop()})" if targets else ""
            href = _HREF.search(found["rest"])
            targets.append(href.group(1) if href else "")
            return "["
        if _HEADING.fullmatch(tag) and not is_row:
            return "\n" if is_end else f"\n{'#' * int(tag[1])} "
        if tag in _BREAKING or _HEADING.fullmatch(tag):
            return " \u00b7 " if is_row else "\n"
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
