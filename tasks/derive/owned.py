"""Names that a paper calls its own: "our X", "we train X", "we explore Long Name (X), a model"."""

from collections.abc import Collection, Iterator

from tasks.derive.acronyms import acronym_at
from tasks.derive.found import DETOUR, Found, name_at, starts_a_name
from tasks.derive.kinds import kind_in
from tasks.derive.lists import PARTS, kind_beside
from tasks.derive.names import (
    is_family,
    is_pair,
    is_strong,
    name_key,
)
from tasks.derive.words import Word, one_of

_EARLIER = one_of("previous earlier prior existing pre-existing base baseline")
"""After "our", what leads to the name of an older work: "our previous FernNet"."""


def ours(text: str, words: list[Word], in_title: Collection[str], title: str) -> Iterator[Found]:
    """Names after "our": "our X", "our method X", "our method, X,"; the title's own count too."""
    if words and words[0].text in _EARLIER:
        return
    spelled = _our_acronym(words)
    if spelled:
        yield spelled
        return
    for place, word in enumerate(words[:5]):
        if word.text in DETOUR:
            return
        if starts_a_name(word) and is_strong(word.text):
            named = name_at(words, place)
            if not named:
                return
            found, after = named
            kind = kind_in(words[place - 1].text) if place else None
            if kind is None:
                kind = kind_beside(text, words, after)
            is_titled = name_key(found.name) in in_title or found.name in title
            if is_titled or (kind and not is_family(found.name)):
                yield found._replace(pattern="apposition", kind=kind, confidence=0.92)
            return
        if word.mark.strip(",") or not word.text.islower():
            return


def _our_acronym(words: list[Word]) -> Found | None:
    """The acronym of "our Quiet Leaf Growing (QLG) method"."""
    for place, word in enumerate(words[:8]):
        if (
            word.text in DETOUR
            or word.mark.strip("(")
            or (word.text.islower() and kind_in(word.text))
        ):
            return None
        if "(" in word.mark and place + 1 < len(words):
            found = acronym_at(words, place + 1, is_direct=True)
            return found._replace(confidence=0.9) if found and found.aliases else None
    return None


def trained(words: list[Word]) -> Iterator[Found]:
    """A name right after "we train", or after "we instantiate the recipe with"."""
    place = 0
    while place < min(6, len(words) - 1) and words[place].text.islower():
        if words[place].mark == "(" and kind_in(words[place].text):
            coined = acronym_at(words, place + 1, is_direct=True)
            if coined and not is_family(coined.name):
                yield coined
            return
        if words[place].mark:
            return
        place += 1
        if words[place - 1].text in ("with", "as", "on", "for", "to"):
            break
    if place and words[place - 1].text not in ("a", "the", "our", "with", "as"):
        return
    named = name_at(words, place)
    if named is None or is_family(named[0].name):
        return
    found, after = named
    noun = words[after].text if after < len(words) and not words[after - 1].mark else ""
    is_own = is_strong(found.name.split()[0]) and not is_pair(found.name)
    if is_own and noun not in PARTS:
        yield found._replace(pattern="propose", confidence=0.92)


def explored(text: str, words: list[Word]) -> Iterator[Found]:
    """The acronym of "we explore Quiet Leaf Growing (QLG), a framework": it is said what it is."""
    for place, word in enumerate(words[:8]):
        if "(" in word.mark and place + 1 < len(words):
            found = acronym_at(words, place + 1, is_direct=False)
            kind = kind_beside(text, words, place + 2)
            if found and found.aliases and kind:
                yield found._replace(kind=kind, confidence=0.92)
        if word.mark:
            return
