"""The HTML of a mail as lines of words and links.

Only line breaks and links are read, in one pass and without a tree. This prevents a mail from
blocking a run: `html.parser`, alone or below Beautiful Soup, takes time quadratic in the length of
unclosed tags and comments, seconds for 50 KB that anybody may send.
"""

import re

from tasks.parse.model import Span
from tasks.parse.unicode_faults import unescaped
from tasks.sources.pagedump.linked import LinkedLine, Words

_TAG = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,20})"
    r"(?P<rest>(?:[^<>\"']++|\"[^\"]{0,9000}+\"|'[^']{0,9000}+')*+)>"
    r"|<(?P<other>!--|[!?/])"
)
_ADDRESS = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_BREAKS = frozenset(
    """p div td th tr table li ul ol br hr h1 h2 h3 h4 h5 h6 section article header footer
    blockquote center body""".split()  # noqa: SIM905 - a list of tags reads best as words
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_LONGEST = 1024 * 1024
_SOFT = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f")
"""Characters without width, which senders use to fill previews."""


def lines_of(html: str) -> list[LinkedLine]:
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
    return reader.lines


def _end_of(html: str, found: re.Match[str]) -> int:
    """The end of a comment or declaration; the end of the text if it is not closed."""
    mark = "-->" if found.group("other") == "!--" else ">"
    end = html.find(mark, found.end())
    return end + len(mark) if end >= 0 else len(html)


class _Reader:
    """Collects lines; a tag that begins or ends a block ends a line."""

    def __init__(self) -> None:
        self.lines: list[LinkedLine] = []
        self._words: list[Words] = []
        self._text: list[str] = []
        self._target: str | None = None
        self._unseen: str | None = None
        self._is_heading = False

    def open(self, tag: str, rest: str) -> None:
        """A tag begins; `rest` are its attributes."""
        if self._unseen:
            return
        if tag in _UNSEEN:
            self._unseen = tag
        elif tag == "a":
            self._end_words()
            address = _ADDRESS.search(rest)
            target = next((text for text in address.groups() if text), "") if address else ""
            self._target = unescaped(target).strip() or None
        elif tag in _BREAKS:
            self._part(is_heading=tag in _HEADINGS)

    def close(self, tag: str) -> None:
        """A tag ends."""
        if tag in (self._unseen, "body"):
            self._unseen = None
        elif tag == "a":
            self._end_words()
            self._target = None
        elif tag in _BREAKS:
            self._part(is_heading=False)

    def text(self, text: str) -> None:
        """Characters between tags."""
        if text and not self._unseen:
            self._text.append(text)

    def end_line(self) -> None:
        """End the current line."""
        self._end_words()
        if self._words:
            self.lines.append(LinkedLine(tuple(self._words), Span(0, 0), self._is_heading))
        self._words = []

    def _part(self, *, is_heading: bool) -> None:
        """A block begins or ends; within a link that only separates words."""
        if self._target is None:
            self.end_line()
            self._is_heading = is_heading
        else:
            self._text.append(" ")

    def _end_words(self) -> None:
        text = " ".join(unescaped("".join(self._text)).translate(_SOFT).split())
        if text or self._target:
            self._words.append(Words(text, self._target))
        self._text = []
