"""Words of a running text, one by one, with the marks behind them."""

import re
from typing import NamedTuple

from tasks.derive.names import plain


class Word(NamedTuple):
    """A word of a text: without LaTeX, its span, and the marks that follow it."""

    text: str
    start: int
    end: int
    mark: str


_WORD = re.compile(r"(?:\{\\[a-z]{2,8}\s)?([^\s,;:()\[\]]{1,90}+)([,;:)\]]*)\s{0,3}([(\[]*)")
_NO_END = ("e.g.", "i.e.", "vs.")


def one_of(words: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words.split())


def words_from(text: str, place: int, most: int) -> list[Word]:
    """The words from a place to the end of its sentence, up to about `most`."""
    words: list[Word] = []
    for match in _WORD.finditer(text, place, place + 10 * most):
        raw, closing, opening = match.groups()
        is_last = raw[-1] in ".?!" and raw not in _NO_END
        word = raw if raw.isalnum() else plain(raw)
        mark = f"{closing}.{opening}" if is_last else closing + opening
        words.append(Word(word, match.start(1), match.end(1), mark))
        if is_last:
            break
    return words
