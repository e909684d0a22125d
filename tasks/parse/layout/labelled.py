"""Which words of a line a label speaks of: it counts until its line ends, or, alone on its line,
for the next one."""

from collections.abc import Iterator
from typing import NamedTuple

from tasks.parse.layout.facts import read_facts
from tasks.parse.layout.labels import LONGEST_REPEATED, label_alone, label_of
from tasks.parse.layout.lines import Line, Words

_FACTS = ("listed_on", "published_on", "upvotes", "comments", "github_stars")
_OF_THE_PAGE = ("papers", "paper", "articles", "results")


class Labelled(NamedTuple):
    """Some words and the label they have, if any; `is_label` if they are nothing but one."""

    words: Words
    label: str | None = None
    is_label: bool = False


class Labels:
    """Reads the labels of lines, in order."""

    def __init__(self, learnt: frozenset[str]) -> None:
        self._learnt = learnt
        self._pending: str | None = None

    def read(self, line: Line) -> Iterator[Labelled]:
        """The words of a line with their labels."""
        pending, self._pending = self._pending, None
        if line.is_row:
            yield from _of_row(line)
            return
        label: str | None = None
        for place, words in enumerate(line.words):
            text = words.text.strip()
            if words.target is None:
                if alone := self._alone(line, text):
                    self._pending = alone
                    yield Labelled(words, None, is_label=True)
                    continue
                if place == 0 and self._is_learnt(text):
                    label = "learnt"
                    yield Labelled(words, None, is_label=True)
                    continue
                found = label_of(text, self._learnt)
                if found and not (_is_set_off(line, words) and text[found.end :].strip()):
                    label, text = found.meaning, text[found.end :].strip()
                elif label is None and place == 0 and line.dress[:1] != "h":
                    label = pending
            yield Labelled(words._replace(text=text), label)
            if label in _FACTS:
                label = None
            elif label == "title" and text and words.target is None:
                label = "other"

    def _alone(self, line: Line, text: str) -> str | None:
        """What a line says that is nothing but a label."""
        alone = label_alone(text) if len(line.words) == 1 else None
        if alone is None or read_facts(text) or (alone == "title" and line.dress):
            return None
        return None if text.casefold().strip(" #*:") in _OF_THE_PAGE else alone

    def _is_learnt(self, text: str) -> bool:
        is_short = len(text) <= LONGEST_REPEATED
        return is_short and text.casefold() in self._learnt and not read_facts(text)


def _is_set_off(line: Line, words: Words) -> bool:
    """Whether a colon belongs to a title: `**PDF: Point Diffusion Implicit Functions**`."""
    return bool(words.dress) or line.dress[:1] == "h"


def _of_row(line: Line) -> Iterator[Labelled]:
    """The words of a row, labelled by the heads of their columns; in a column of titles only the
    first words are one."""
    titled: set[int] = set()
    for words in line.words:
        label = "other" if words.label == "title" and words.column in titled else words.label
        yield Labelled(words, label)
        if words.text and any(map(str.isalpha, words.text)):
            titled.add(words.column)
