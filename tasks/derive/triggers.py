"""Words that introduce a name: "we propose", "called", "our"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasks.derive.words import one_of


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
_CALLED = one_of("called named dubbed termed coined titled nicknamed namely")
_CALLED_AS = one_of("to denoted abbreviated known it them")
_WE_CALL = one_of("call term dub name")
_OURS = one_of("our proposed resulting")
_LAST_WORDS = _PROPOSE | _PROPOSED | _OPEN | _CALLED | _WE_CALL | _OURS | {"as", "in"}
_OTHERS = re.compile(
    r"\b(?:existing|previous|prior|recent|earlier|they|others|researchers|who)\b", re.IGNORECASE
)
_OWN = (" we ", "We ", " paper ", " work ", " to ", " we also ")


def triggers(text: str) -> Iterator[Trigger]:
    """The words of a text that introduce one of the paper's own names, in order."""
    words = text.lower().split(" ")
    start = counted = 0
    for number in [n for n, word in enumerate(words) if word in _LAST_WORDS]:
        start += sum(map(len, words[counted:number])) + number - counted
        counted = number
        before, last = ["", "", *words[max(0, number - 2) : number]][-2:]
        pattern = _pattern_of(words[number], last, before)
        if pattern and not (pattern == "propose" and _is_of_others(text, start)):
            yield Trigger(pattern, start, start + len(words[number]) + 1)


def _pattern_of(word: str, last: str, before: str) -> str | None:
    if word in _PROPOSE or (word in _PROPOSED and (last in _ACTIVE or before in _ACTIVE)):
        return "propose"
    if word in _OPEN:
        return "propose" if last in _ACTIVE or last in ("to", "will", "fully") else None
    if word in _OURS:
        return "apposition"
    is_called = (
        word in _CALLED
        or (word == "as" and last in _CALLED_AS and before != "as")
        or (word == "in" and last == "resulting")
        or (word in _WE_CALL and last == "we")
    )
    return "called" if is_called else None


def _is_of_others(text: str, start: int) -> bool:
    """Whether the words before a verb say that somebody else proposes."""
    before = text[max(0, start - 40) : start]
    return not before.endswith(_OWN) and bool(_OTHERS.search(before))
