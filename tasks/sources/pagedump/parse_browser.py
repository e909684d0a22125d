"""Output of a text browser: links are numbered, `[n]`, and listed under References at the end.

The words of a link begin after its number; their end is not marked. Several pages may have been
saved into one text, each with a list of its own.
"""

import re
from collections.abc import Iterator

from tasks.parse.layout.facts import read_facts
from tasks.parse.layout.folding import unfolded
from tasks.parse.layout.lines import LONGEST_LINE, UNKNOWN, Line, TextLine, Words, text_lines
from tasks.parse.links import paper_of
from tasks.sources.pagedump.issues import has_heading
from tasks.sources.pagedump.saved_page import page_format

EXPECTS = "text with numbered links, [1], and a list of References that has papers in it"
_LIST = re.compile(r"references:?|(?:visible|hidden) links:?", re.IGNORECASE)
_ENTRY = re.compile(
    r"(?:\[(\d{1,5})\]|(\d{1,5})\.)\s{1,20}(?P<url>[a-z]{2,10}:\S{0,8000}|/\S{0,8000})"
)
_NUMBER = re.compile(r"\[(\d{1,5})\](?!\(|:\s)")
_MARKED = re.compile(r"[*+o#]\s+(?=\[\d)")
_SEPARATOR = re.compile(r"\s*[\u00b7\u2022|\t]\s*|\s{3,}")
_MOST_NUMBERED = 3


def recognise(content: bytes) -> bool:
    """Whether lines have numbered links, with a list of papers below or a digest's heading above.

    The heading is enough where the end of the text, and so the list, is missing.
    """
    lines = text_lines(content)
    numbered = sum(_begins_link(line.text) and not _ENTRY.match(line.text) for line in lines)
    if not numbered:
        return False
    if any(paper_of(url) for line in lines if (url := _entry(line)[1])):
        return any(_LIST.fullmatch(line.text) for line in lines)
    return has_heading(content) and numbered >= _MOST_NUMBERED


def _begins_link(text: str) -> bool:
    return _NUMBER.match(text[2:] if _MARKED.match(text) else text) is not None


def read(content: bytes) -> list[Line]:
    """The lines of a browser's text, links with their targets."""
    found: list[Line] = []
    for lines, targets in _pages(text_lines(content)):
        found += [_line(line, targets) for line in unfolded(lines)]
    return found


def _pages(lines: list[TextLine]) -> Iterator[tuple[list[TextLine], dict[str, str]]]:
    """The lines of each page, and the targets of its numbers."""
    page: list[TextLine] = []
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


def _entry(line: TextLine) -> tuple[str, str]:
    """Number and target of a line of the list; nothing for any other line."""
    found = _ENTRY.fullmatch(line.text[:LONGEST_LINE])
    return (found.group(1) or found.group(2), found.group("url")) if found else ("", "")


def _is_list_leftover(line: TextLine) -> bool:
    """Whether a line of the list is cut short, or an HTML form without an address."""
    return re.fullmatch(r"(?:\[\d{1,5}\]?|\d{1,5}\.?)(?:\s.{0,200})?", line.text) is not None


def _line(line: TextLine, targets: dict[str, str]) -> Line:
    if len(line.text) > LONGEST_LINE:
        return Line((Words(line.text),), line.span, "", line.gap)
    marked = _MARKED.match(line.text)
    text = line.text[marked.end() :] if marked else line.text
    words: list[Words] = []
    done = 0
    target: str | None = None
    number = 0
    for found in _NUMBER.finditer(text):
        if number and found.start() == done and int(found.group(1)) != number + 1:
            continue  # the words of a link, in brackets
        number = int(found.group(1))
        words += _words(text[done : found.start()], target)
        target = targets.get(found.group(1), UNKNOWN)
        done = found.end()
    words += _words(text[done:], target)
    return Line(tuple(words), line.span, "", line.gap)


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


BROWSER = page_format("browser", 4, EXPECTS, recognise, read)
