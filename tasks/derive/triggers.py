"""Words that introduce a name: "we propose", "called", "our"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from tasks.derive.words import folded, one_of


class Trigger(NamedTuple):
    """The pattern of introducing words, and their span with the blank after them."""

    pattern: str
    start: int
    end: int


def _forms(verbs: str) -> Iterator[str]:
    for verb in verbs.split():
        stem = verb.removesuffix("e")
        yield from (verb, f"{verb}s", f"{stem}ing")


_PROPOSE = frozenset(
    _forms(
        "propose introduce release devise curate create formulate describe pioneer unveil announce "
        "establish present develop design build construct contribute offer collect"
    )
)
_PROPOSED = one_of(
    "proposed introduced presented developed built released created designed curated constructed"
)
_OPEN = one_of("open-source open-sourced open-sourcing")
_ACTIVE = one_of("we have has and also then further is are")
_CALLED = frozenset(
    [
        *("called", "named", "dubbed", "termed", "coined", "titled", "nicknamed", "namely"),
        *("to as", "denoted as", "abbreviated as", "known as", "it as", "them as"),
        *("we call", "we term", "we dub", "we name", "resulting in"),
    ]
)
_OURS = one_of("our proposed resulting")
_ALL = sorted(_PROPOSE | _PROPOSED | _OPEN | _CALLED | _OURS)
_AUTOMATON = AhoCorasick([f" {said} " for said in _ALL])
_OTHERS = re.compile(r"\b(?:existing|previous|prior|recent|earlier|they|others|researchers|who)\b")
_OWN = (" we ", "We ", " paper ", " work ", " to ", " we also ")


def triggers(text: str) -> Iterator[Trigger]:
    """The words of a text that introduce one of the paper's own names, in order.

    Of two words, as in "known as", the second is the trigger.
    """
    lowered = text.lower()
    matches = _AUTOMATON.find_matches_as_indexes(f" {lowered} ", overlapping=True)
    for number, first, end in matches:
        pattern = _pattern_of(_ALL[number], lowered, first)
        start = first + _ALL[number].find(" ") + 1
        if pattern and not (pattern == "propose" and _is_of_others(text, start)):
            yield Trigger(pattern, start, end - 1)


def _pattern_of(said: str, lowered: str, start: int) -> str | None:
    """The pattern of words that may introduce a name, by the two words before their place."""
    if said in _PROPOSE:
        return "propose"
    last = _word_before(lowered, start - 1)
    if said in _PROPOSED and (
        last in _ACTIVE or _word_before(lowered, start - 2 - len(last)) in _ACTIVE
    ):
        return "propose"
    if said in _OPEN:
        return "propose" if last in _ACTIVE or last in ("to", "will", "fully") else None
    if said in _OURS:
        return "apposition"
    is_called = said in _CALLED and not (said.endswith(" as") and last == "as")
    return "called" if is_called else None


def _word_before(text: str, end: int) -> str:
    """The word that ends at a place; empty at the beginning of a text."""
    end = max(end, 0)
    return text[text.rfind(" ", 0, end) + 1 : end]


def _is_of_others(text: str, start: int) -> bool:
    """Whether the words before a verb say that somebody else proposes."""
    before = text[max(0, start - 40) : start]
    return not before.endswith(_OWN) and bool(_OTHERS.search(folded(before)))
