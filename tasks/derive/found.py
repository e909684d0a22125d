"""Finds one name in a text: its start, its end, and what follows it in brackets."""

import re
from typing import NamedTuple

from tasks.derive.kinds import KIND_OF, kind_in
from tasks.derive.names import (
    MAX_NAME,
    is_compound,
    is_initials,
    is_known,
    is_never,
    is_pair,
    is_strong,
)
from tasks.derive.words import Word, one_of


class Found(NamedTuple):
    """A name, other forms of it, and the words that introduce it."""

    name: str
    aliases: tuple[str, ...]
    kind: str | None
    pattern: str
    start: int
    end: int
    confidence: float
    role: str = "system"


DETOUR = one_of(
    "that which to by using with from for of on in via through where whose when while since "
    "because wherein than into over against under between across is are was were can based without "
    "as around upon employ employs adopt adopts leverage leverages utilize utilizes"
)
"""After these words a name is no longer what is proposed, unless it is set off."""
_DIMENSIONS = one_of("2D 3D 4D 1-bit 2-bit 4-bit 8-bit")
"""What may stand before the capital of a name: "4D Ferns"."""
PROBLEMS = one_of(
    "problem problems task tasks setting gap phenomenon issue issues implementation "
    "implementations adaptation variant parsing"
)
"""Nouns behind a name that is no system of the paper: "a Watering Gap (WG) problem", "a Lisp
implementation"."""
_CONNECTOR = one_of("of for the with in to via as from on by")
_AFTER_A_NAME = one_of(
    "a an the to which that for as and with by on in is are has can consists our we using where "
    "whose via through based from or along together at outperforms achieves enables addresses "
    "composed comprising consisting capable designed built trained tailored featuring containing "
    "leveraging includes leverages uses introduces improves reduces can"
)


def name_at(
    words: list[Word], place: int, *, is_introduced: bool = False
) -> tuple[Found, int] | None:
    """The name that begins at a word, and the place after it and its brackets."""
    while place < len(words) and words[place].text.lower() in ("a", "an", "the", "our", "as"):
        if words[place].mark:
            return None
        place += 1
    if place >= len(words) or not name_may_begin(words, place):
        return None
    said, after = _words_of_name(words, place)
    last = _spelled_out(said)
    if last:
        return (last, after) if _is_fit(last, is_named=is_introduced) else None
    is_sure = any(is_strong(word.text) and not is_pair(word.text) for word in said)
    if not is_sure:
        further = _named_further(words, place, after)
        if further:
            return further
    if not said[-1].mark and not (is_sure and len(said) == 1):
        coined = _coined_behind(words, place, after)
        if coined:
            return coined
    return _as_printed(words, said, after, is_sure=is_sure, is_introduced=is_introduced)


_GLUED = ("-a", "-an", "-the")
"""An article behind a dash without blanks: "FernNet-a method"."""


def _words_of_name(words: list[Word], place: int) -> tuple[list[Word], int]:
    """The words of the name that begins at a place, and the place after them."""
    after = place + 1
    while after < len(words) and not words[after - 1].mark and _goes_on(words, after):
        after += 1
    said = words[place:after]
    for number, word in enumerate(said):
        if word.text.endswith(_GLUED) and place + number + 1 < len(words):
            text = word.text.rpartition("-")[0]
            cut = Word(text, word.start, word.start + len(text), ",")
            return [*said[:number], cut], place + number + 1
    return said, after


def _spelled_out(said: list[Word]) -> Found | None:
    """The acronym at the end of a name that spells it out: "Leafy Relational Benchmark LRB"."""
    last = said[-1]
    if len(said) < 3 or not is_strong(last.text):
        return None
    front = " ".join(word.text for word in said[:-1])
    is_acronym = is_initials(last.text, front)
    return Found(last.text, (front,), None, "", last.start, last.end, 1.0) if is_acronym else None


def _as_printed(
    words: list[Word], said: list[Word], after: int, *, is_sure: bool, is_introduced: bool
) -> tuple[Found, int] | None:
    """A name as it stands, with what is in brackets behind it."""
    name = " ".join([word.text for word in said])
    found = Found(name, (), None, "", said[0].start, said[-1].end, 1.0 if is_sure else 0.95)
    if "(" in said[-1].mark and after < len(words):
        inside, behind = _in_brackets(words, after)
        found, after = _with_brackets(found, inside, words[after]), behind
    elif not is_sure and not _is_whole(words, after, is_introduced=is_introduced):
        return None
    is_followed = after < len(words) and words[after - 1].mark in ("", ")")
    if is_followed and words[after].text in PROBLEMS:
        return None
    is_named = is_introduced and bool(words[after - 1].mark)
    return (found, after) if _is_fit(found, is_named=is_named) else None


def _is_whole(words: list[Word], after: int, *, is_introduced: bool) -> bool:
    """Whether a name of plain words ends here: not before "and Leaf Growing", if introduced."""
    if words[after - 1].mark or not is_set_off(words, after):
        return bool(words[after - 1].mark)
    if not is_introduced:
        return True
    following = words[after : after + 3]
    is_half = len(following) == 3 and following[0].text == "and" and not following[1].mark
    return not (is_half and all(word.text[:1].isupper() for word in following[1:]))


def _coined_behind(words: list[Word], place: int, after: int) -> tuple[Found, int] | None:
    """The acronym of a name that a noun in small letters ends: "Quiet Leaf growing (QLG)"."""
    for last in range(after, min(after + 7, len(words) - 1)):
        if words[last].mark == "(":
            acronym, behind = _in_brackets(words, last + 1)
            said = " ".join(word.text for word in words[place : last + 1])
            is_name = is_strong(acronym.split(" ")[0]) and acronym.count(" ") < 2
            if not is_name or is_known(acronym) or not is_initials(acronym, said):
                return None
            start, end = words[last + 1].start, words[behind - 1].end
            found = Found(acronym, (said,), kind_in(said, at_end=True), "", start, end, 1.0)
            return (found, behind) if _is_fit(found, is_named=True) else None
        if words[last].mark:
            return None
    return None


_REACH = 14
"""So many words are searched for the name of something that begins with plain capitals."""
_ENDS_A_PROPOSAL = one_of("which that we using by is are to can where whose while")
"""Words at which what is proposed ends, and with it the search for its own name."""


def _named_further(words: list[Word], place: int, after: int) -> tuple[Found, int] | None:
    """The name of something that begins with plain capitals: in brackets, made of its letters, as
    in "Moss, Leaf and Root survey (MLRs)", or set off, as in "the Slow Leaf dataset, SlowL-8K,"."""
    for last in range(place, min(place + _REACH, len(words) - 1)):
        word = words[last]
        if word.text in _ENDS_A_PROPOSAL or word.mark == ".":
            return None
        if not word.mark:
            continue
        name = words[last + 1]
        is_name = is_strong(name.text) and not is_known(name.text)
        if word.mark == "(" and is_name:
            said = " ".join(part.text for part in words[place : last + 1])
            behind = words[last + 2].text if last + 2 < len(words) else ""
            is_own = ")" in name.mark and _is_made_of(name.text, said) and behind not in PROBLEMS
            is_own = is_own and not is_never(name.text, is_plural_fit=True)
            found = Found(name.text, (said,), None, "", name.start, name.end, 1.0)
            return (found, last + 2) if is_own else None
        if word.mark == "," and last >= after and word.text in KIND_OF:
            is_own = is_name and name.mark[:1] in (",", ".") and not is_pair(name.text)
            is_own = is_own and not is_never(name.text)
            found = Found(name.text, (), KIND_OF[word.text], "", name.start, name.end, 1.0)
            return (found, last + 2) if is_own else None
    return None


def _is_made_of(acronym: str, words: str) -> bool:
    """Whether the letters of an acronym stand in a phrase in order, the first at its beginning."""
    letters = iter(words.casefold())
    wanted = [letter for letter in acronym.casefold().rstrip("s") if letter.isalpha()]
    is_same = bool(wanted) and words[:1].casefold() == wanted[0]
    return is_same and all(letter in letters for letter in wanted)


def _with_brackets(found: Found, inside: str, first: Word) -> Found:
    """A name with the text in brackets after it: its acronym, or what it is an acronym of."""
    name = found.name
    acronym = inside if " " not in inside and is_strong(inside) else ""
    spelled = " " in name and is_initials(acronym, name)
    is_of_a_function = len(name) == 1
    if is_of_a_function or is_never(acronym, is_plural_fit=spelled) or is_known(acronym):
        return found._replace(name="")
    if acronym and is_known(name):
        return Found(acronym, (), None, "", first.start, first.end, 1.0)
    if acronym and (spelled or not is_strong(name.split()[0])):
        return Found(acronym, (name,), None, "", first.start, first.end, 1.0)
    is_form = bool(acronym) or is_initials(name, inside)
    return found._replace(aliases=(inside,)) if is_form else found


def _is_fit(found: Found, *, is_named: bool) -> bool:
    """Whether this may be a name; a well-known one only where it is clearly introduced."""
    name = found.name
    is_plural_fit = bool(found.aliases)
    is_sound = 2 <= len(name) <= MAX_NAME and not is_never(name, is_plural_fit=is_plural_fit)
    return is_sound and (is_named or not is_known(name))


def name_may_begin(words: list[Word], place: int) -> bool:
    """Whether a word begins a name, or is the front of one: "Multi-level" before another name."""
    return starts_a_name(words[place]) or (
        (is_compound(words[place].text) or words[place].text in _DIMENSIONS)
        and not words[place].mark
        and place + 1 < len(words)
        and starts_a_name(words[place + 1])
    )


def starts_a_name(word: Word) -> bool:
    """Whether a word is a name or printed with a capital: "Quiet", "Dr.", "Humanity's"."""
    text = word.text
    return bool(text) and (
        is_strong(text)
        or (text[0].isupper() and text.replace("'", "").replace("’", "").rstrip(".").isalpha())
    )


def _goes_on(words: list[Word], place: int) -> bool:
    """Whether the word at a place belongs to the name before it."""
    word = words[place]
    text = word.text
    if text.islower():
        if text in _CONNECTOR:
            return _is_connector(words, place)
        return is_strong(text) or _SHORT_NUMBER.fullmatch(text) is not None
    return text[:1].isupper() or is_strong(text) or _SHORT_NUMBER.fullmatch(text) is not None


_SHORT_NUMBER = re.compile(r"\d(?:\.\d)?|\d{1,3}(?:\.\d)?B|v\d(?:\.\d)?")
"""The version or size at the end of a name: "Fern 3", "Fern 34B", "Fern v1.0"."""


def _is_connector(words: list[Word], place: int) -> bool:
    """Whether a preposition ties plain words with capitals: "Law of Leaves"."""
    if words[place].mark or place + 1 >= len(words) or is_strong(words[place - 1].text):
        return False
    following = words[place + 1].text
    return following[:1].isupper() and not is_strong(following)


def is_set_off(words: list[Word], after: int) -> bool:
    """Whether a name ends here: a mark, the end, or a word that cannot be its noun."""
    if words[after - 1].mark or after >= len(words):
        return True
    following = words[after].text
    return (
        following.lower() in _AFTER_A_NAME or kind_in(following) is not None or following in "-–—"
    )


def _in_brackets(words: list[Word], place: int) -> tuple[str, int]:
    """The text inside brackets that open before a word, and the place after them."""
    inside: list[str] = []
    while place < len(words):
        inside.append(words[place].text)
        place += 1
        if ")" in words[place - 1].mark:
            break
    return " ".join(inside), place
