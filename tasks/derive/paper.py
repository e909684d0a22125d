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
    first = _begin(text, earliest, start)
    return first, _finish(text, first, max(start, end - 1), latest)


def _begin(text: str, earliest: int, start: int) -> int:
    """Where the sentence of a place begins: behind the nearest mark before it that ends one."""
    place = start
    while True:
        dot = text.rfind(".", earliest, place)
        low = max(dot, earliest)
        place = max(dot, text.rfind("?", low, place), text.rfind("!", low, place))
        if place < 0:
            return earliest
        mark = _END.match(text, place, start + 1)
        if mark and not _is_abbreviation(text, earliest, place):
            return mark.end()


def _finish(text: str, first: int, place: int, latest: int) -> int:
    """Where the sentence that begins at `first` ends: at the next mark from a place on that ends
    one."""
    while True:
        nearest = latest
        for sign in ".?!":
            found = text.find(sign, place, nearest)
            nearest = found if found >= 0 else nearest
        if nearest == latest:
            return latest
        if _END.match(text, nearest, latest) and not _is_abbreviation(text, first, nearest):
            return nearest + 1
        place = nearest + 1


def _is_abbreviation(text: str, first: int, end: int) -> bool:
    """Whether the mark at `end` ends an abbreviation, such as "et al.", and no sentence."""
    may_be = text[end - 1].isupper() or text.endswith(_ABBREVIATED, first, end)
    return may_be and _NOT_AN_END.search(text, max(first, end - 8), end + 1) is not None
