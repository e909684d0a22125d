"""Names that stand behind their noun or before it: "a 34B model FernNet", "FernSet, a new dataset".

What leads to the noun, such as "our", "a new" or "we train", says whose the name is.
"""

from collections.abc import Iterator

from tasks.derive.found import DETOUR, Found, is_set_off, name_at, starts_a_name
from tasks.derive.kinds import KIND_OF, kind_behind, kind_in
from tasks.derive.lists import kind_beside, listed
from tasks.derive.names import is_known, is_never, is_pair, is_strong, plain, split_version
from tasks.derive.words import Word, one_of

_NOUNS = one_of(
    "data frameworks systems agents llms vlms mllms classifiers variants toolkits libraries "
    "environments algorithms resources tools embedders suites lvlm lrm prm"
)
"""Nouns that have names, besides those with a kind."""
_STOPS = DETOUR | one_of(
    "such including like namely called named termed dubbed only other popular representative "
    "major existing established public well-known prominent common different previous current "
    "strongest best best-performing second-best state-of-the-art leading"
)
_LISTED = ("dataset", "benchmark", "metric", "model")
"""Kinds whose names are listed behind a colon; what else is listed so is a part."""
_ARTICLES = one_of("a an the new novel first our efficient powerful unified simple")


def may_be_behind_noun(text: str, place: int) -> bool:
    """Whether a noun and a capital stand so close behind a place that `behind_noun` may find."""
    before = ""
    for word in text[place : place + 110].split(" "):
        if not word.islower():
            last = before.rstrip(",:")
            if last in KIND_OF or last in _NOUNS or last.isupper():
                return True
        before = word
    return False


def behind_noun(text: str, words: list[Word]) -> list[Found]:
    """The names behind the noun of a phrase: "34B model FernNet", "two datasets: FernA and FernB".

    The phrase begins at the first word; what follows it says whose the names are.
    """
    before = ""
    for place, (word, _, _, mark) in enumerate(words[:-1]):
        if place > 8 or word in _STOPS:
            return []
        is_class = word.isupper() and before in _ARTICLES
        said = word.lower() if word.isupper() else word
        kind = KIND_OF.get(said)
        is_noun = kind is not None or said in _NOUNS
        if (is_noun and mark in ("", ",", ":")) or (is_class and mark == ","):
            found = _behind(text, words, place, kind)
            if found or is_class:
                return found
        is_front = before in ("a", "an") and not mark
        if mark not in ("", ",") or not (word.islower() or is_front or _may_modify(word)):
            return []
        before = word
    return []


def _may_modify(word: str) -> bool:
    """Whether a word with capitals may stand before the noun of a phrase: "34B", "RL-trained"."""
    return not word[:1].isalpha() or word.isupper() or word.endswith("-based")


def _behind(text: str, words: list[Word], place: int, kind: str | None) -> list[Found]:
    """The names that follow the noun at a place, if they are no well-known ones."""
    mark = words[place].mark
    named = name_at(words, place + 1) if starts_a_name(words[place + 1]) else None
    if named is None or words[place + 1].text in ("We", "The", "This", "It", "In", "Our"):
        return []
    found, after = named
    is_list = mark == ":" and words[place].text.endswith("s")
    if is_list and (kind or kind_in(words[place].text[:-1])) not in _LISTED:
        return []
    first = found.name.split()[0]
    is_name = is_strong(first) and not is_pair(found.name)
    is_name |= mark == "," and words[after - 1].mark == "," and first[1:].islower()
    if not (is_name or found.aliases or (is_list and " " in found.name)) or is_old(found.name):
        return []
    is_end = after >= len(words) or bool(words[after - 1].mark) or is_set_off(words, after)
    if not is_end and not (after < len(words) and words[after].text == "and"):
        return []
    rows = listed(text, words, place + 1, "apposition", kind, 0.96, is_weak_fit=is_list)
    return [row for row in rows if not is_old(row.name)]


def is_old(name: str) -> bool:
    """Whether a name is a well-known one, in whatever version or size."""
    base, _ = split_version(name)
    return is_known(base) or is_never(base) or is_known(name)


def resulting(text: str, words: list[Word], *, is_result: bool) -> Iterator[Found]:
    """The name of what results: "yields the FernSet dataset", "generates FernSet, a dataset"."""
    found = behind_noun(text, words)
    if found:
        yield from found
        return
    place = 0
    while place < min(5, len(words)) and words[place].text in _BEFORE_A_RESULT:
        if words[place].mark:
            return
        place += 1
    named = name_at(words, place) if place < len(words) else None
    if named is None or is_old(named[0].name):
        return
    if words[named[1] - 1].mark != "," and not is_strong(named[0].name.split()[0]):
        return
    kind = kind_beside(text, words, named[1])
    is_name = is_strong(named[0].name.split()[0])
    is_clear = kind or (is_result and is_name and is_set_off(words, named[1]))
    if is_clear and not is_pair(named[0].name):
        yield from listed(text, words, place, "propose", kind, 0.92)


_BEFORE_A_RESULT = one_of("the a an our new novel creation of development release construction")


def described(text: str, start: int) -> Iterator[Found]:
    """The name before ", a new dataset" or ", our method", unless others are spoken of."""
    place = text.rfind(" ", 0, start) + 1
    name = plain(text[place:start])
    last = text[max(0, place - 2) : place - 1]
    is_whole = text[text.rfind(" ", 0, max(0, place - 1)) + 1].islower() or last in (".", "")
    if not is_whole or "(" in text[place:start] or ")" in text[place:start]:
        return
    if not is_strong(name) or is_pair(name) or is_never(name) or is_old(name):
        return
    before = text[max(0, place - 80) : place].rpartition(". ")[2]
    kind = kind_behind(text, start)
    if kind and _OF_OTHERS.isdisjoint(before.lower().replace(",", " ").split()):
        begin = text.find(name, place)
        yield Found(name, (), kind, "apposition", begin, begin + len(name), 0.92)


_OF_OTHERS = one_of(
    "existing previous prior recent recently earlier they unlike while by inspired following "
    "based upon adopt adopts use using uses extend extends"
)
