"""Names in lists: "X, Y and Z", "X, alongside Y", and the parts in "(i) X for ...; (ii) Y"."""

import re
from collections.abc import Iterator

from tasks.derive import acronyms
from tasks.derive.found import Found, is_set_off, name_at, starts_a_name
from tasks.derive.kinds import kind_behind, kind_in
from tasks.derive.names import is_family, is_strong
from tasks.derive.words import FAR, NEAR, Word, has_one, one_of, words_from

_BEFORE_A_PART = one_of("a an the our we propose introduce design develop novel new present")
_BESIDE = (
    ", and ",
    " alongside ",
    " along with ",
    " together with ",
    " accompanied by ",
    " as well as ",
)
PARTS = one_of(
    "module modules loss losses block blocks layer layers head stage component mechanism branch "
    "unit "
    "attention token tokens embedding term"
)
"""Nouns of parts: what they follow is no system of its own."""
_WHOLE = ("model", "dataset", "benchmark", "tool", "framework")
"""Kinds that are systems of their own also in a list: "(i) FernData, a dataset; (ii) ..."."""
_LISTS_PARTS = re.compile(
    r"\b(?:(?:components?|modules?|strategies|stages?|techniques|parts|losses|designs|innovations|"
    r"mechanisms|variants|agents|blocks|contributions|instantiations|objectives|pillars|steps|phases)\b|"
    r"(?:introduce|propose|present|release|devise|comprises|consists of|integrates)\b)"
    r"(?![^:]*\b(?:challenges|limitations|aspects|findings|modes|advantages|issues|problems|questions|"
    r"principles|metrics|insights|observations|show|reveal|drawbacks|criteria|levels|categories|tasks|dimensions)\b)"
)
"""What a list of named parts begins with; a list of problems or findings names none."""
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|key|core|main)\s[^.:;]{0,70}\b"
    r"(?:components?|modules?|strategies|stages?|techniques|parts|losses|designs|innovations|mechanisms|"
    r"variants|subsets|methods|steps|agents|blocks)\b[^.:;]{0,40}$"
)


_COUNTS = ("two", "three", "four", "five", "key", "core", "main")


def _counts(before: str) -> bool:
    """Whether the words before a colon count what follows it: "two strategies"."""
    return has_one(before, _COUNTS) and _COUNTED.search(before) is not None


def listed(
    text: str,
    words: list[Word],
    place: int,
    pattern: str,
    kind: str | None,
    sure: float,
    *,
    is_weak_fit: bool = False,
    named: tuple[Found, int] | None = None,
) -> Iterator[Found]:
    """The name at a place and those listed after it: "X", "X and Y", "X, Y, and Z".

    `named` is the first of them, and the place after it, if it has been read as an introduced one.
    """
    is_first = True
    while place < len(words):
        if words[place].text in ("and", "or", "the", "a", "an", "our", "two", "&") and not is_first:
            place += 1
            continue
        named = named or name_at(words, place, is_introduced=is_first and not is_weak_fit)
        if not named:
            return
        (found, after), named = named, None
        is_cut = after >= len(words) and not words[-1].mark
        if is_cut and not is_first:
            return
        if not (is_first or is_weak_fit or any(map(is_strong, found.name.split()))):
            return
        own = kind_beside(text, words, after) or kind
        said, sure = (pattern, sure * found.confidence) if is_first else ("list", 0.92)
        role = "part" if _is_part(words, after) else "system"
        name, others, kind_of_it, _, start, end, _, _ = found
        yield Found(name, others, kind_of_it or own, said, start, end, sure, role)
        is_first = False
        if not _goes_on_behind(words, after, is_weak_fit=is_weak_fit):
            return
        place = after


def _is_part(words: list[Word], after: int) -> bool:
    """Whether a noun of parts follows a name: "Root Grouping (RG) module"."""
    if after >= len(words):
        return False
    mark, noun = words[after - 1].mark, words[after].text
    return (not mark and noun in PARTS) or (mark == ")" and noun in acronyms.PARTS)


def _goes_on_behind(words: list[Word], after: int, *, is_weak_fit: bool) -> bool:
    """Whether another name of the list follows: behind "and", or a strong one behind a comma."""
    if after < len(words) and words[after].text in ("and", "&"):
        return True
    if "," not in words[after - 1].mark or after >= len(words):
        return False
    return is_strong(words[after].text) or (is_weak_fit and starts_a_name(words[after]))


def kind_beside(text: str, words: list[Word], after: int) -> str | None:
    """The kind named after a name: "X dataset", "X, a novel framework", "X is a model"."""
    if after < len(words) and not words[after - 1].mark:
        direct = kind_in(words[after].text)
        if direct:
            return direct
    return kind_behind(text, words[after - 1].end + len(words[after - 1].mark.rstrip(".")))


_FOR_AND = re.compile(r"[ )]*\sfor [A-Za-z][A-Za-z -]{2,50}? and (?=[A-Z])")
"""What stands between two names that are introduced for a purpose each."""


def beside(text: str, place: int) -> Iterator[Found]:
    """A second name in the same sentence: "..., alongside FernBench", "together with FernGym".

    In "FernData for training and FernBench for evaluation" too.
    """
    purpose = _FOR_AND.match(text, place) if " for " in text[place : place + 8] else None
    if purpose:
        words = words_from(text, purpose.end(), NEAR)
        named = name_at(words, 0, is_introduced=True)
        is_alike = named and [word.text for word in words[named[1] :][:1]] == ["for"]
        if named and is_alike and is_strong(named[0].name) and not is_family(named[0].name):
            yield named[0]._replace(pattern="list", confidence=0.92)
    sentence = text[place : place + 250].partition(". ")[0]
    for said in _BESIDE:
        start = sentence.find(said)
        if start < 0:
            continue
        words = words_from(text, place + start + len(said), NEAR)
        first = 0
        while first < min(4, len(words)) and words[first].text.islower():
            first += 1
        named = name_at(words, first, is_introduced=True)
        if named and is_strong(named[0].name.split()[0]) and not is_family(named[0].name):
            kind = named[0].kind or kind_beside(text, words, named[1])
            if said == ", and " and (first > 1 or kind is None):
                continue
            yield named[0]._replace(pattern="list", kind=kind, confidence=0.92)


def part_at(text: str, start: int, words: list[Word]) -> Iterator[Found]:
    """The named part at the beginning of an entry of a list: "(i) Root Grouping for roots"."""
    place = 0
    while place < min(3, len(words)) and words[place].text in _BEFORE_A_PART:
        place += 1
    named = name_at(words, place) if place < len(words) else None
    if named is None:
        return
    found, after = named
    is_name = is_strong(found.name) or len(found.name.split()) > 1 or bool(found.aliases)
    if not is_name or not is_set_off(words, after) or is_family(found.name):
        return
    if _LISTS_PARTS.search(text[max(0, start - 400) : start]):
        kind = found.kind or kind_beside(text, words, after)
        role = "system" if kind in _WHOLE and is_strong(found.name) else "part"
        yield found._replace(pattern="list", kind=kind, confidence=0.92, role=role)


def parts_after_colons(text: str) -> Iterator[Found]:
    """The names listed in "two strategies: Root Grouping and Leaf Sampling"; parts of a system."""
    place = text.find(":")
    while place >= 0:
        is_list = text[place + 1 : place + 2] == " " and text[place + 2 : place + 3].isupper()
        if is_list and _counts(text[max(0, place - 120) : place]):
            words = words_from(text, place + 2, FAR)
            for found in listed(text, words, 0, "list", None, 0.8, is_weak_fit=True):
                is_name = is_strong(found.name) or " " in found.name
                if is_name and not is_family(found.name):
                    yield found._replace(role="part", confidence=0.92, pattern="list")
        place = text.find(":", place + 1)
