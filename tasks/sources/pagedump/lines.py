"""A saved text as lines and paragraphs, each with its place in the bytes."""

import re
from typing import NamedTuple

from tasks.parse.model import Span
from tasks.parse.text import unwrap
from tasks.parse.unicode_faults import decoded

_LINE = re.compile(rb"[^\r\n]+")
_PARAGRAPH = re.compile(rb"\S[^\r\n]*(?:\r?\n[^\S\r\n]*\S[^\r\n]*)*")
_NO_BREAK_SPACE = "\u00a0".encode()
_SENTENCE_END = re.compile(r"[.!?]\s+\S")
_RULE = re.compile(r"[-=_*~#+. \u2500-\u257f]{2,}")
_ABSTRACT_LENGTH = 300
_SHORT_ABSTRACT_LENGTH = 120
_LETTERS = 0.4
"""The least share of letters in an abstract: real ones have twice as many."""
LONGEST_LINE = 20_000
"""A longer line is treated as running text without links."""
HEADINGS = ("daily papers", "trending papers")
_FURNITURE = frozenset(
    """
new; subscribe; get trending papers in your email inbox; get trending papers in your email inbox!;
get trending papers in your email inbox once a day!; daily papers; trending papers; papers; by;
by ak and the research community; and the research community; daily; weekly; monthly; trending;
search; previous; next; back to top; upvote; view; share; read more; read paper; abstract; pdf;
arxiv; arxiv page; view arxiv page; view pdf; github; github repo; project page; submitted by;
hugging face; models; datasets; spaces; buckets; community; docs; enterprise; pricing; solutions;
posts; blog; log in; sign up; system theme; company; tos; privacy; about; jobs; careers; website;
references; visible links; hidden links
""".replace("\n", " ")
    .strip()
    .split("; ")
)
"""Words of the page around the list: navigation, headings, the newsletter box, buttons."""


class Line(NamedTuple):
    """A line without its end and the blanks around it; `gap` tells whether a blank one is above."""

    text: str
    span: Span
    indent: int
    gap: bool


def lines_of(content: bytes) -> list[Line]:
    """The lines that are not blank. No-break spaces at their ends are blanks, as they look."""
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    found: list[Line] = []
    end_before = start
    for match in _LINE.finditer(content, start):
        raw = match.group()
        text = decoded(raw)
        stripped = text.strip()
        if not stripped:
            continue
        indent = len(text) - len(text.lstrip())
        begin = match.start() + len(text[:indent].encode())
        end = match.end() - len(text[len(text.rstrip()) :].encode())
        is_next = content.count(b"\n", end_before, match.start()) == 1
        found.append(Line(stripped, Span(begin, end), indent, not (found and is_next)))
        end_before = match.end()
    return found


def paragraphs_of(content: bytes) -> list[Line]:
    """Paragraphs, each on one line. A line of no-break spaces parts them like a blank one."""
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    blanked = content.replace(_NO_BREAK_SPACE, b" " * len(_NO_BREAK_SPACE))
    spans = [Span(*found.span()) for found in _PARAGRAPH.finditer(blanked, start)]
    texts = [unwrap(decoded(content[s.start : s.end])) for s in spans]
    return [Line(text, span, 0, True) for text, span in zip(texts, spans, strict=True) if text]


def is_furniture(text: str) -> bool:
    """Part of the page around the list, or a drawn rule: never a paper."""
    return text.casefold().strip(" .:\u00b7") in _FURNITURE or _RULE.fullmatch(text) is not None


def is_abstract(text: str) -> bool:
    """Long, or of some length and several sentences; titles are neither. Mostly letters: thousands
    of digits or brackets are a damaged line of another kind."""
    if len(text) < _SHORT_ABSTRACT_LENGTH or sum(map(str.isalpha, text)) < _LETTERS * len(text):
        return False
    return len(text) >= _ABSTRACT_LENGTH or _SENTENCE_END.search(text) is not None
