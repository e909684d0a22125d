"""Markdown with links to papers, as page converters write it."""

import re
from collections.abc import Iterator

from tasks.parse.links import paper_of
from tasks.parse.model import Span
from tasks.sources.pagedump.assemble import Event
from tasks.sources.pagedump.lines import LONGEST_LINE, Line, lines_of
from tasks.sources.pagedump.linked import LinkedLine, Words, events_of, joined
from tasks.sources.pagedump.saved_page import page_format
from tasks.sources.pagedump.words import BRACKET, words_of

EXPECTS = "Markdown with links to papers on huggingface.co or arxiv.org"
MARK = re.compile(r"(?:>\s{0,3}){0,3}(?:[-*+]\s+|\d{1,4}[.)]\s+)?(?P<heading>#{1,6}\s+)?")
"""What a line of a list or a heading begins with."""

_LINKED = re.compile(r"\]\(\s{0,5}<?(?P<url>[^\s()<>]{8,2000})|\]: {1,5}<?(?P<defined>\S{8,2000})")
_DEFINITION = re.compile(r"\[(?P<name>[^\]\s]{1,40})\]: {1,5}<?(?P<url>[^\s>]{1,8000})>?.{0,300}")
_MOST_WRAPS = 6


def recognise(content: bytes) -> bool:
    """Whether plain text has a link to a paper in Markdown."""
    return has_markdown(content.decode(errors="replace"))


def has_markdown(text: str) -> bool:
    """Whether a text has a link to a paper in Markdown."""
    marked = (found.group("url") or found.group("defined") for found in _LINKED.finditer(text))
    return any(paper_of(url) for url in marked)


def _events(content: bytes) -> list[Event]:
    defined: dict[str, str] = {}
    lines: list[Line] = []
    for line in lines_of(content):
        found = _DEFINITION.fullmatch(line.text) if line.text.startswith("[") else None
        if found:
            defined[found.group("name").lower()] = found.group("url")
        else:
            lines.append(line)
    return events_of(joined(_linked_line(line, defined) for line in _unwrapped(lines)))


def _unwrapped(lines: list[Line]) -> Iterator[Line]:
    """Lines, joined where the text of a link is wrapped."""
    number = 0
    while number < len(lines):
        whole, used = lines[number], 1
        while _goes_on(whole, lines[number + used : number + used + 1]) and used < _MOST_WRAPS:
            following = lines[number + used]
            span = Span(whole.span.start, following.span.end)
            whole = whole._replace(text=f"{whole.text} {following.text}", span=span)
            used += 1
        if _n_open(whole.text):
            whole, used = lines[number], 1
        yield whole
        number += used


def _goes_on(line: Line, following: list[Line]) -> bool:
    """Whether a link's text may continue in the next line."""
    if not following or following[0].gap or len(line.text) > LONGEST_LINE:
        return False
    is_own = following[0].text.startswith(("#", "- ", "* ", "[", "http"))
    return not is_own and _n_open(line.text) > 0


def _n_open(text: str) -> int:
    """How many brackets are open at the end of a text."""
    depth = 0
    if len(text) <= LONGEST_LINE:
        for found in BRACKET.finditer(text):
            depth = max(0, depth + {"[": 1, "]": -1}.get(found.group(), 0))
    return depth


def _linked_line(line: Line, defined: dict[str, str]) -> LinkedLine:
    mark = MARK.match(line.text)
    body = line.text[mark.end() :] if mark else line.text
    is_heading = bool(mark and mark.group("heading"))
    words = words_of(body, defined) if len(body) <= LONGEST_LINE else [Words(body)]
    return LinkedLine(tuple(words), line.span, is_heading, line.gap)


MARKDOWN = page_format("markdown", 2, EXPECTS, recognise, _events)
