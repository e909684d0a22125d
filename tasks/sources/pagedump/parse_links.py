"""One link to a paper per line, with its title on the same line or on the one above or below."""

from collections.abc import Iterator

from tasks.parse.links import is_damaged, paper_of
from tasks.parse.model import Span
from tasks.sources.pagedump.assemble import Event
from tasks.sources.pagedump.facts import read_facts
from tasks.sources.pagedump.lines import LONGEST_LINE, Line, is_furniture, lines_of
from tasks.sources.pagedump.linked import LinkedLine, Words, events_of
from tasks.sources.pagedump.parse_markdown import MARK, has_markdown
from tasks.sources.pagedump.saved_page import page_format
from tasks.sources.pagedump.words import URL, trimmed, words_of

EXPECTS = "text with one link to a paper for each of its titles"
_LONGEST_WRAP = 2_000
_MOST_LINES = 12
"""A list has a link at least every so many lines; prose that cites a paper does not."""


def recognise(content: bytes) -> bool:
    """Whether plain text has bare links to papers throughout, and no Markdown links."""
    text = content.decode(errors="replace")
    n_links = sum(paper_of(trimmed(found.group("url"))) is not None for found in URL.finditer(text))
    n_lines = sum(not is_furniture(line.text) for line in lines_of(content))
    return 0 < n_lines <= n_links * _MOST_LINES and not has_markdown(text)


def _events(content: bytes) -> list[Event]:
    return events_of(_linked_line(line) for line in _unwrapped(lines_of(content)))


def _unwrapped(lines: list[Line]) -> Iterator[Line]:
    """Lines, each joined with the lines below that are indented deeper and have no list mark."""
    whole: Line | None = None
    for line in lines:
        mark = MARK.match(line.text)
        is_own = line.gap or bool(mark and mark.group())
        if whole and not is_own and line.indent > whole.indent and len(whole.text) < _LONGEST_WRAP:
            span = Span(whole.span.start, line.span.end)
            whole = whole._replace(text=whole.text + _joint(line) + line.text, span=span)
        else:
            if whole:
                yield whole
            whole = line
    if whole:
        yield whole


def _joint(following: Line) -> str:
    """A blank within a wrapped text; a tab before a fact or a link."""
    is_fact = read_facts(following.text) or URL.match(following.text)
    return "\t" if is_fact else " "


def _linked_line(line: Line) -> LinkedLine:
    if len(line.text) > LONGEST_LINE:
        return LinkedLine((Words(line.text),), line.span, False, line.gap)
    mark = MARK.match(line.text)
    words = tuple(words_of(line.text[mark.end() :] if mark else line.text, {}))
    return LinkedLine(_titled(words), line.span, bool(mark and mark.group("heading")), line.gap)


def _titled(words: tuple[Words, ...]) -> tuple[Words, ...]:
    """The first words around the line's only link to a paper are its title."""
    links = [n for n, w in enumerate(words) if w.target and _is_of_paper(w.target)]
    titles = [n for n, w in enumerate(words) if not w.target and _is_wordy(w.text)]
    if len(links) != 1 or not titles:
        return words
    title = Words(words[titles[0]].text, words[links[0]].target)
    return (title, *(w for n, w in enumerate(words) if n not in (links[0], titles[0])))


def _is_of_paper(target: str) -> bool:
    return paper_of(target) is not None or is_damaged(target)


def _is_wordy(text: str) -> bool:
    is_text = sum(map(str.isalpha, text)) > 1
    return is_text and not is_furniture(text) and not read_facts(text)


LINKS = page_format("links", 2, EXPECTS, recognise, _events)
