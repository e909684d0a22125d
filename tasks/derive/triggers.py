"""Words that introduce a name: "we propose", "called", "our"."""

import re
from collections.abc import Iterator

from tasks.derive.search import Phrases
from tasks.derive.words import one_of

Trigger = tuple[str, int, int]
"""The pattern of introducing words, and their span with the blank after them. There are many."""


def _forms(verbs: str) -> Iterator[str]:
    for verb in verbs.split():
        stem = verb.removesuffix("e")
        yield from (verb, f"{verb}s", f"{stem}ing")


_PROPOSE = frozenset(
    _forms(
        "propose introduce release devise curate create formulate describe pioneer unveil announce "
        "establish present develop design build construct contribute offer collect compile outline"
    )
)
_PROPOSING = frozenset(said for said in _PROPOSE if said.endswith("ing"))
_MAY_BE_NOUN = one_of("design designs release releases offer offers construct constructs")
"""Verbs of proposal that are nouns too: "our design allows"."""
_PROPOSED = one_of(
    "proposed introduced presented developed built released created designed curated constructed "
    "devised formulated launched unveiled contributed assembled compiled"
)
_OPEN = one_of("open-source open-sourced open-sourcing")
_ACTIVE = one_of("we have has and also then further is are")
_CALLED = frozenset(
    [
        *("called", "named", "dubbed", "termed", "coined", "titled", "nicknamed", "namely"),
        *("to as", "denoted as", "abbreviated as", "known as", "it as", "them as"),
        *("we call", "we term", "we dub", "we name", "core is", "exemplified by"),
        *("published as", "released as", "available as", "the name", "hereafter"),
    ]
)
_OURS = one_of("our proposed resulting")
_NEW = one_of("new novel first")
"""Before a noun whose name follows it: "a new model, FernNet, that"."""
_COUNTED = one_of("two three four five")
"""The same, behind a verb of the paper's own: "we build two datasets, FernA and FernB"."""
_OWN_VERB = re.compile(
    r"\b(?:construct|introduc|creat|develop|train|propos|releas|present|buil[dt]|contribut|curat|"
    r"establish|open-sourc|design)[a-z]*(?: the| and)?$"
)
_RESULTS = frozenset(
    [
        *("resulting in", "results in", "leading to", "leads to"),
        *("creation of", "development of", "to obtain", "we obtain", "arrive at", "gives"),
        *("yields", "yielding", "generates", "produces", "producing", "delivering", "delivers"),
    ]
)
"""What leads to a name only where a noun says what it is: "yields the FernSet dataset"."""
_DESCRIBED = (
    *(f"{article}{said}" for article in (", a ", ", an ") for said in ("new", "novel", "improved")),
    *(", the first", ": a new", ": a novel"),
)
"""What follows a name that is the paper's own: "trained on FernSet, a new dataset"."""
_EXPLORED = one_of("explore explores")
_TRAINED = one_of("train trained instantiate established assemble assembled")
"""Verbs that lead to a name only where it follows at once: "we train FernNet"."""
_NUMBERED = one_of(
    "(i) (ii) (iii) (iv) (v) (1) (2) (3) (4) (5) (a) (b) (c) (d) 1) 2) 3) 4) i) ii) iii) 1. 2. 3. "
    "first, second, third, finally,"
)
"""What begins the parts of a list: "(i) FernAlign for leaves; (ii) Root Grouping for roots"."""
_IN_BRACKETS = frozenset(f"({said}" for said in ("called", "named", "dubbed", "termed", "coined"))
_ALL = sorted(
    _PROPOSE
    | _PROPOSED
    | _OPEN
    | _CALLED
    | _OURS
    | _EXPLORED
    | _TRAINED
    | _NUMBERED
    | _IN_BRACKETS
    | _NEW
    | _COUNTED
    | _RESULTS
)
_ALWAYS = {
    **dict.fromkeys(_PROPOSE - _PROPOSING - _MAY_BE_NOUN, "propose"),
    **dict.fromkeys(_NUMBERED, "numbered"),
    **dict.fromkeys(_IN_BRACKETS, "called"),
    **dict.fromkeys(_EXPLORED, "explored"),
    **dict.fromkeys(_NEW, "noun"),
    **dict.fromkeys(_RESULTS, "result"),
}
_SURE = [_ALWAYS.get(said) for said in _ALL]
_LAST_WORD = [said.find(" ") + 1 for said in _ALL]
_TO = one_of("to will fully")
_OTHERS = sorted(one_of("existing previous prior recent earlier they others researchers who"))
_SAID = [*(f" {said} " for said in (*_ALL, *_OTHERS)), *(f"{said} " for said in _DESCRIBED)]
_SEARCH = Phrases(_SAID)
_LAST_OTHER = len(_ALL) + len(_OTHERS)
_NEAR_OTHERS = 40
_ARTICLES = one_of("the a an")
"""After these, a verb in "-ing" is an adjective: "the pioneering FernNet"."""
_DETERMINERS = _ARTICLES | one_of("our its this of")
"""After these, a word of `_MAY_BE_NOUN` is a noun."""
_NO_VERB_AFTER = {
    **dict.fromkeys(_PROPOSING, _ARTICLES),
    **dict.fromkeys(_MAY_BE_NOUN, _DETERMINERS),
}
_OWN = ("we ", " paper ", " work ", " to ", "we also ")


def triggers(text: str) -> Iterator[Trigger]:
    """The words of a text that introduce one of the paper's own names, in order.

    Of two words, as in "known as", the second is the trigger.
    """
    lowered = text.lower()
    matches = _SEARCH.matches(lowered)
    others_at = -2 * _NEAR_OTHERS
    for number, first, end in matches:
        if number >= len(_ALL):
            if number < _LAST_OTHER:
                others_at = first
            else:
                yield "described", first - 1, end - 1
            continue
        pattern = _SURE[number] or _pattern_of(_ALL[number], lowered, first)
        start = first + _LAST_WORD[number]
        if pattern and not (pattern == "propose" and _is_of_others(lowered, others_at, start)):
            yield pattern, start, end - 1


def _pattern_of(said: str, lowered: str, start: int) -> str | None:
    """The pattern of words that may introduce a name, by the two words before their place."""
    last = _word_before(lowered, start - 1)
    if said in _NO_VERB_AFTER:
        return None if last in _NO_VERB_AFTER[said] else "propose"
    if said in _COUNTED:
        is_own = _OWN_VERB.search(lowered, max(0, start - 30), max(0, start - 1))
        return "noun" if is_own else None
    if last == "and" and said in _OPEN:
        before = _word_before(lowered, start - 2 - len(last))
        return "propose" if before.endswith(("e", "d")) else None
    if last in _ACTIVE and (said in _PROPOSED or said in _OPEN):
        return "propose"
    if said in _PROPOSED and _word_before(lowered, start - 2 - len(last)) in _ACTIVE:
        return "propose"
    return _other_pattern_of(said, last)


def _other_pattern_of(said: str, last: str) -> str | None:
    """The pattern of words that no verb such as "is" or "we have" makes a proposal."""
    if said in _OPEN:
        return "propose" if last in _TO else None
    if said in _PROPOSED and last in ("carefully", "newly"):
        return "trained"
    if said in _OURS:
        return None if last in ("recently", "previously", "resulting") else "apposition"
    if said in _TRAINED:
        return "trained" if last in ("we", "to", "also", "further", "have") else None
    is_called = said in _CALLED and not (said.endswith(" as") and last == "as")
    return "called" if is_called else None


def _word_before(text: str, end: int) -> str:
    """The word that ends at a place; empty at the beginning of a text."""
    end = max(end, 0)
    return text[text.rfind(" ", 0, end) + 1 : end]


def _is_of_others(lowered: str, others_at: int, start: int) -> bool:
    """Whether others are spoken of shortly before a verb, in its sentence."""
    if start - others_at > _NEAR_OTHERS or lowered.endswith(_OWN, 0, start):
        return False
    return ". " not in lowered[others_at:start]
