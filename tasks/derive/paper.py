"""What extractors read: the texts of one paper, and the sentence around a place in them."""

import re
from typing import NamedTuple

MAX_SENTENCE = 600
"""Longest sentence stored, in characters; a longer one is cut to the part around the place."""

_END = re.compile(r"[.!?][)\]\"'”’]?\s{1,3}(?=[A-Z0-9\\$(\[\"“*])")
_SHORT = ("e.g", "i.e", "et al", "vs", "cf", "Fig", "Tab", "Eq", "Sec", "No")
_ABBREVIATED = (*_SHORT, "approx", "resp", "w.r.t")
_NOT_AN_END = re.compile(rf"\b(?:{'|'.join(map(re.escape, _ABBREVIATED))}|[A-Z])\.$")


class Paper(NamedTuple):
    """The texts of a paper that extractors read; None is "not known"."""

    title: str
    abstract: str | None = None
    github_repo: str | None = None
    project_page: str | None = None
    ai_keywords: tuple[str, ...] | None = None


def sentence_at(text: str, start: int, end: int) -> str:
    """The sentence of a text in which a span lies, at most `MAX_SENTENCE` characters of it."""
    first, last = sentence_span(text, start, end)
    return text[first:last].strip()


def sentence_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence of a span begins and ends; never much longer than `MAX_SENTENCE`."""
    earliest, latest = max(0, start - MAX_SENTENCE // 2), min(len(text), end + MAX_SENTENCE // 2)
    first = earliest
    for mark in _END.finditer(text, earliest, start):
        if not _is_abbreviation(text, earliest, mark.start()):
            first = mark.end()
    for mark in _END.finditer(text, max(start, end - 1), latest):
        if not _is_abbreviation(text, first, mark.start()):
            return first, mark.start() + 1
    return first, latest


def _is_abbreviation(text: str, first: int, end: int) -> bool:
    """Whether the mark at `end` ends an abbreviation, such as "et al.", and no sentence."""
    may_be = text[end - 1].isupper() or text.endswith(_ABBREVIATED, first, end)
    return may_be and _NOT_AN_END.search(text, max(first, end - 8), end + 1) is not None
