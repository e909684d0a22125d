"""Splits running text into words, each with the punctuation marks after it."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from tasks.derive.names import plain

NEAR, FAR = 10, 30
"""A name is searched in so many words after those that introduce it; `FAR` for acronyms."""


class Word(NamedTuple):
    """A word of a text: without LaTeX, its span, and the marks that follow it."""

    text: str
    start: int
    end: int
    mark: str


_WORD = re.compile(r"([^\s,;:()\[\]]{1,90}+)([,;:)\]]*)\s{0,3}([(\[]*)")
_OPENING = re.compile(r"[(\[]+")
_LONGEST = 90
_MARKS = (",", ";", ":")
_CLOSING = "\"'”’"
_word = tuple.__new__
"""Makes a `Word` in a third of the time that its own constructor takes; there are many."""
_NO_WORD = re.compile(r"\{\\[a-z]{2,8}")
_IN_NAMES = ("Dr.", "Mr.", "St.")
"""Abbreviations that are part of a name: "Dr. GRPO"."""
NO_END = ("e.g.", "i.e.", "vs.", *_IN_NAMES)


def one_of(words: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words.split())


def folded(text: str) -> str:
    """A text in lower case, letter for letter: patterns without capitals match in it, at the same
    places, what they would match in the text with `re.IGNORECASE`, in a third of the time.

    The three letters that are replaced are those whose lower case `re` knows better than `lower`.
    """
    if text.isascii():
        return text.lower()
    return text.replace("İ", "i").replace("ı", "i").replace("ſ", "s").lower()


def has_one(text: str, parts: Iterable[str]) -> bool:
    """Whether one of these parts is in a text; it takes half the time of `any`."""
    for part in parts:  # noqa: SIM110
        if part in text:
            return True
    return False


def printed(text: str, match: re.Match[str], group: str | int = 0) -> str:
    """What a match in a folded text, or a group of it, is in the text itself."""
    return text[match.start(group) : match.end(group)]


def words_from(text: str, place: int, most: int) -> list[Word]:
    """The words from a place to the end of its sentence, up to about `most`; none is cut."""
    words: list[Word] = []
    add = words.append
    reach = place + 10 * most
    last = text.find(" ", reach, reach + _LONGEST)
    for printed in text[place : last if last >= 0 else reach].split(" "):
        end = place + len(printed)
        if printed.isalnum():
            add(_word(Word, (printed, place, end, "")))
        elif printed:
            bare, mark = printed[:-1], printed[-1]
            if mark in _MARKS and bare.isalnum():
                add(_word(Word, (bare, place, end - 1, mark)))
            elif mark.isalnum() and printed[0].isalnum() and printed.replace("-", "").isalnum():
                add(_word(Word, (printed, place, end, "")))
            elif mark == "." and bare.isalnum() and printed not in NO_END:
                add(_word(Word, (bare, place, end, mark)))
                break
            elif _add_marked(words, text, place, end):
                break
        place = end + 1
    return words


def _add_marked(words: list[Word], text: str, start: int, end: int) -> bool:
    """Add the words of a piece of text with marks; returns whether one ends the sentence."""
    opening = _OPENING.match(text, start, end)
    if opening and words:
        words[-1] = words[-1]._replace(mark=words[-1].mark + opening[0])
    for match in _WORD.finditer(text, start, end):
        raw, closing, opened = match.groups()
        end_of_it = raw.rstrip(_CLOSING)[-1:] if raw[-1] in _CLOSING else raw[-1]
        is_last = end_of_it in (".", "?", "!") and raw not in NO_END
        mark = f"{closing}.{opened}" if is_last else closing + opened
        if raw[0] != "{" or not _NO_WORD.fullmatch(raw):
            bare = raw if raw in _IN_NAMES else plain(raw)
            words.append(_word(Word, (bare, *match.span(1), mark)))
        if is_last:
            return True
    return False
