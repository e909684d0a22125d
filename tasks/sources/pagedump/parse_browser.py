"""Output of a text browser: links are numbered, `[n]`, and listed under References at the end.

The words of a link begin after its number; their end is not marked. A title continues in the next
line unless a blank line, another number or a fact follows. Several pages may have been saved into
one text, each with a list of its own.
"""

import re
from collections.abc import Iterator

from tasks.parse.links import paper_of
from tasks.parse.model import Span
from tasks.sources.pagedump.assemble import Event
from tasks.sources.pagedump.facts import read_facts
from tasks.sources.pagedump.lines import (
    HEADINGS,
    LONGEST_LINE,
    Line,
    is_abstract,
    is_furniture,
    lines_of,
)
from tasks.sources.pagedump.linked import UNKNOWN, LinkedLine, Words, events_of, joined
from tasks.sources.pagedump.saved_page import page_format

EXPECTS = "text with numbered links, [1], and a list of References that has papers in it"
_LIST = re.compile(r"references:?|(?:visible|hidden) links:?", re.IGNORECASE)
_ENTRY = re.compile(
    r"(?:\[(\d{1,5})\]|(\d{1,5})\.)\s{1,20}(?P<url>[a-z]{2,10}:\S{0,8000}|/\S{0,8000})"
)
_NUMBER = re.compile(r"\[(\d{1,5})\]")
_SEPARATOR = re.compile(r"\s*[\u00b7\u2022|\t]\s*|\s{3,}")
_MOST_NUMBERED = 3


def recognise(content: bytes) -> bool:
    """Whether lines have numbered links, with a list of papers below or a digest's heading above.

    The heading is enough where the end of the text, and so the list, is missing.
    """
    lines = lines_of(content)
    numbered = sum(
        _NUMBER.match(line.text) is not None and not _ENTRY.match(line.text) for line in lines
    )
    if not numbered:
        return False
    if any(paper_of(url) for line in lines if (url := _entry(line)[1])):
        return any(_LIST.fullmatch(line.text) for line in lines)
    has_heading = any(line.text.casefold() in HEADINGS for line in lines[:40])
    return has_heading and numbered >= _MOST_NUMBERED


def _events(content: bytes) -> list[Event]:
    linked: list[LinkedLine] = []
    for lines, targets in _pages(lines_of(content)):
        linked += joined(_linked_line(line, targets) for line in _unwrapped(lines))
    return events_of(linked)


def _pages(lines: list[Line]) -> Iterator[tuple[list[Line], dict[str, str]]]:
    """The lines of each page, and the targets of its numbers."""
    page: list[Line] = []
    targets: dict[str, str] = {}
    in_list = False
    for line in lines:
        number, url = _entry(line)
        if _LIST.fullmatch(line.text):
            in_list = True
        elif in_list and url:
            targets[number] = url
        elif in_list and targets and _is_list_leftover(line):
            continue
        else:
            if in_list and targets:
                yield page, targets
                page, targets = [], {}
            in_list = False
            page.append(line)
    yield page, targets


def _entry(line: Line) -> tuple[str, str]:
    """Number and target of a line of the list; nothing for any other line."""
    found = _ENTRY.fullmatch(line.text[:LONGEST_LINE])
    return (found.group(1) or found.group(2), found.group("url")) if found else ("", "")


def _is_list_leftover(line: Line) -> bool:
    """Whether a line of the list is cut short, or an HTML form without an address."""
    return re.fullmatch(r"(?:\[\d{1,5}\]?|\d{1,5}\.?)(?:\s.{0,200})?", line.text) is not None


def _unwrapped(lines: list[Line]) -> Iterator[Line]:
    """Lines, each joined with the lines in which its last link continues."""
    number = 0
    while number < len(lines):
        line = lines[number]
        last = _last_link(line.text)
        wrapped = _wrapped(lines, number, last) if last else []
        if wrapped:
            text = " ".join([line.text, *(part.text for part in wrapped)])
            line = line._replace(text=text, span=Span(line.span.start, wrapped[-1].span.end))
        yield line
        number += 1 + len(wrapped)


def _last_link(text: str) -> str:
    """The words of the link that a line ends with, where they may be a title's."""
    numbers = list(_NUMBER.finditer(text)) if len(text) <= LONGEST_LINE else []
    words = text[numbers[-1].end() :].strip() if numbers else ""
    is_title = len(words.split()) > 1 and not is_furniture(words) and not _cut(words)[1:]
    return words if is_title and not read_facts(words) else ""


def _wrapped(lines: list[Line], number: int, title: str) -> list[Line]:
    """The lines below that belong to a title. If an abstract follows without a blank line, the
    title ends at the line that had room for the next word."""
    below: list[Line] = []
    for line in lines[number + 1 :]:
        is_own = line.gap or _NUMBER.match(line.text) or is_furniture(line.text)
        if is_own or read_facts(line.text) or len(below) > 100:
            break
        below.append(line)
        if _NUMBER.search(line.text):
            break
    whole = " ".join([title, *(line.text for line in below)])
    if not is_abstract(whole):
        return below
    width = max((len(line.text) for line in below), default=0)
    kept = 0
    for above, line in zip([lines[number], *below], below, strict=False):
        if len(above.text) + 1 + len(line.text.split(" ", 1)[0]) <= width:
            break
        kept += 1
    return below[:kept] if kept < len(below) else []


def _linked_line(line: Line, targets: dict[str, str]) -> LinkedLine:
    if len(line.text) > LONGEST_LINE:
        return LinkedLine((Words(line.text),), line.span, False, line.gap)
    words: list[Words] = []
    done = 0
    target: str | None = None
    for found in _NUMBER.finditer(line.text):
        words += _words(line.text[done : found.start()], target)
        target = targets.get(found.group(1), UNKNOWN)
        done = found.end()
    words += _words(line.text[done:], target)
    return LinkedLine(tuple(words), line.span, False, line.gap)


def _words(text: str, target: str | None) -> Iterator[Words]:
    """The words of a link up to a dot or bar, then what follows as words of their own."""
    first, *rest = _cut(text)
    if first or target:
        yield Words(first, target)
    yield from (Words(part) for part in rest if part)


def _cut(text: str) -> list[str]:
    """A text at its dots and bars, where any part of it is a fact."""
    parts = [part.strip() for part in _SEPARATOR.split(text.replace("(BUTTON)", " ").strip())]
    return parts if any(read_facts(part) for part in parts) else [" ".join(text.split())]


BROWSER = page_format("browser", 2, EXPECTS, recognise, _events)
