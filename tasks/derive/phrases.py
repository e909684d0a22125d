"""Phrases that name something: "we propose X", "called X", "long name (X)", "our X"."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tasks.derive.kinds import kind_behind, kind_in
from tasks.derive.names import (
    MAX_NAME,
    is_initials,
    is_known,
    is_never,
    is_strong,
    name_key,
)
from tasks.derive.triggers import triggers
from tasks.derive.words import Word, one_of, words_from


class Found(NamedTuple):
    """A name, other forms of it, and the words that introduce it."""

    name: str
    aliases: tuple[str, ...]
    kind: str | None
    pattern: str
    start: int
    end: int
    confidence: float


_DETOUR = one_of(
    "that which to by using with from for of on in via through where whose when while since "
    "because than into over against under between across is are was were can based without as"
)
"""Words behind which a name is no longer what is proposed, unless it is set off."""
_CONNECTOR = one_of("of for the with in to via as from on by")
_AFTER_A_NAME = one_of(
    "a an the to which that for as and with by on in is are has can consists our we using where "
    "whose via through based from or along together at outperforms achieves enables addresses"
)
_EXAMPLES = one_of("e.g i.e such including like outperforms outperforming")
NEAR, FAR = 14, 30
"""How many words behind those that introduce it a name is looked for; far for acronyms."""
_REACH = {"called": 10 * NEAR, "apposition": 60, "propose": 10 * FAR}
"""The same in characters."""


def in_abstract(text: str, title: str = "", in_title: Collection[str] = ()) -> Iterator[Found]:
    """The names an abstract introduces. `in_title` are keys of names the title begins with."""
    text = text.replace("--", ", ").replace("—", ",")
    for pattern, start, end in triggers(text):
        if not _has_capital(text, end, _REACH[pattern]):
            continue
        if pattern == "called":
            before = text[max(0, start - 90) : start].rpartition(". ")[2]
            kind = kind_in(before, at_end=True)
            yield from _listed(text, words_from(text, end, NEAR), 0, pattern, kind, 0.95)
        elif pattern == "apposition":
            yield from _ours(words_from(text, end, NEAR), in_title, title)
        else:
            yield from _proposed_near(text, end)


def _has_capital(text: str, start: int, length: int) -> bool:
    """Whether a capital stands close behind a place: no name is without one."""
    behind = text[start : start + length]
    return behind != behind.lower()


def _proposed_near(text: str, end: int) -> list[Found]:
    """Names close behind "we propose", else those further on in its sentence."""
    found: list[Found] = []
    if _has_capital(text, end, 10 * NEAR):
        words = words_from(text, end, NEAR)
        found = list(_proposed(text, words))
        is_cut = len(words) > 8 and "." not in words[-1].mark
        if not is_cut or (found and found[-1].end < words[-3].end):
            return found
    return list(_proposed(text, words_from(text, end, FAR)))


def names_in(text: str, place: int, most: int) -> Iterator[Found]:
    """Up to `most` names that begin right at a place."""
    words = words_from(text, place, NEAR)
    for found, _ in [named for named in (_name_at(words, 0),) if named][:most]:
        yield found


def _proposed(text: str, words: list[Word]) -> Iterator[Found]:
    """Names after "we propose": at once, behind a comma, or in parentheses behind a long name."""
    is_direct = True
    before = ""
    for place, word in enumerate(words):
        last, before = before, word.mark
        if word.text in _EXAMPLES:
            return
        if "(" in last:
            acronym = _acronym(words, place, is_direct=is_direct)
            if acronym:
                yield acronym
                return
        elif word.text.islower():
            is_direct = is_direct and word.text not in _DETOUR
        elif _starts_a_name(word) and (is_direct or "," in last):
            named = _name_at(words, place, is_introduced=is_direct)
            if named and (is_direct or (is_strong(word.text) and _is_set_off(words, named[1]))):
                pattern, sure = ("propose", 0.95) if is_direct else ("apposition", 0.85)
                kind = kind_in(text[words[0].start : word.start], at_end=True)
                yield from _listed(text, words, place, pattern, kind, sure)
                return
            is_direct = False
        elif word.text.lower() in _DETOUR:
            is_direct = False
        if word.mark[:1] in (";", ":"):
            return


def _acronym(words: list[Word], place: int, *, is_direct: bool) -> Found | None:
    """The acronym at a place when the words before it are what it stands for."""
    word = words[place]
    if (
        ")" not in word.mark
        or not is_strong(word.text)
        or is_never(word.text)
        or is_known(word.text)
    ):
        return None
    n_letters = sum(letter.isupper() for letter in word.text)
    for n_words in range(min(place, n_letters + 4), 0, -1):
        said = words[place - n_words : place]
        phrase = " ".join(w.text for w in said)
        first_upper = said[0].text[:1].isupper()
        if first_upper and is_initials(word.text, phrase):
            kind = kind_in(phrase, at_end=True)
            return Found(word.text, (phrase,), kind, "acronym", word.start, word.end, 0.93)
    for n_words in range(min(place, n_letters + 2) if is_direct else 0, 0, -1):
        phrase = " ".join(w.text for w in words[place - n_words : place])
        if is_initials(word.text, phrase):
            return Found(word.text, (phrase,), None, "acronym", word.start, word.end, 0.8)
    is_coined = any(c.islower() for c in word.text) and n_letters >= 2
    return Found(word.text, (), None, "acronym", word.start, word.end, 0.8) if is_coined else None


def _ours(words: list[Word], in_title: Collection[str], title: str) -> Iterator[Found]:
    """Names after "our": "our X", "our method X", "our method, X,"; the title's own count too."""
    for place, word in enumerate(words[:5]):
        if _starts_a_name(word) and is_strong(word.text):
            named = _name_at(words, place)
            if not named:
                return
            found, after = named
            kind = kind_in(words[place - 1].text) if place else None
            if kind is None and after < len(words) and not words[after - 1].mark:
                kind = kind_in(words[after].text)
            is_titled = name_key(found.name) in in_title or found.name in title
            if kind or is_titled:
                yield found._replace(pattern="apposition", kind=kind, confidence=0.8)
            return
        if word.mark.strip(",") or not word.text.islower():
            return


def _listed(
    text: str, words: list[Word], place: int, pattern: str, kind: str | None, sure: float
) -> Iterator[Found]:
    """The name at a place and those listed behind it: "X", "X and Y", "X, Y, and Z"."""
    is_first = True
    while place < len(words):
        if words[place].text in ("and", "or", "the", "a", "an", "our", "two", "&") and not is_first:
            place += 1
            continue
        named = _name_at(words, place, is_introduced=is_first)
        if not named:
            return
        found, after = named
        if not is_first and not is_strong(found.name.split()[0]):
            return
        own = _kind_beside(text, words, after) or kind
        yield found._replace(
            pattern=pattern if is_first else "list",
            kind=found.kind or own,
            confidence=sure * found.confidence if is_first else 0.8,
        )
        is_first = False
        goes_on = after < len(words) and words[after].text in ("and", "&")
        if not goes_on and "," not in words[after - 1].mark:
            return
        if "," in words[after - 1].mark and not (
            after < len(words) and (goes_on or is_strong(words[after].text))
        ):
            return
        place = after
    return


def _name_at(
    words: list[Word], place: int, *, is_introduced: bool = False
) -> tuple[Found, int] | None:
    """The name that begins at a word, and the place behind it and its brackets."""
    while place < len(words) and words[place].text.lower() in ("a", "an", "the", "our", "as"):
        if words[place].mark:
            return None
        place += 1
    if place >= len(words) or not _starts_a_name(words[place]):
        return None
    after = place + 1
    while after < len(words) and not words[after - 1].mark and _goes_on(words, after):
        after += 1
    said = words[place:after]
    name = " ".join(word.text for word in said)
    is_any_strong = any(is_strong(word.text) for word in said)
    found = Found(name, (), None, "", said[0].start, said[-1].end, 1.0 if is_any_strong else 0.9)
    if "(" in said[-1].mark and after < len(words):
        inside, behind = _in_brackets(words, after)
        found, after = _with_brackets(found, inside, words[after]), behind
    elif not is_any_strong and not _is_set_off(words, after):
        return None
    is_named = is_introduced and bool(words[after - 1].mark)
    return (found, after) if _is_fit(found, is_named=is_named) else None


def _with_brackets(found: Found, inside: str, first: Word) -> Found:
    """A name with what stands in brackets behind it: its acronym, or what it is an acronym of."""
    name = found.name
    acronym = inside if " " not in inside and is_strong(inside) else ""
    spelled = " " in name and is_initials(acronym, name)
    if is_never(acronym) or is_known(acronym):
        return found._replace(name="")
    if acronym and (spelled or not is_strong(name.split()[0])):
        return Found(acronym, (name,), None, "", first.start, first.end, 1.0)
    is_form = bool(acronym) or is_initials(name, inside)
    return found._replace(aliases=(inside,)) if is_form else found


def _is_fit(found: Found, *, is_named: bool) -> bool:
    """Whether a name may be one; a well-known one only where it is plainly what is introduced."""
    name = found.name
    is_sound = 2 <= len(name) <= MAX_NAME and not is_never(name)
    return is_sound and (is_named or not is_known(name))


def _starts_a_name(word: Word) -> bool:
    return bool(word.text) and (
        is_strong(word.text) or (word.text[0].isupper() and word.text.isalpha())
    )


def _goes_on(words: list[Word], place: int) -> bool:
    """Whether the word at a place belongs to the name before it."""
    word = words[place]
    if not word.text or (kind_in(word.text) and word.text.islower()):
        return False
    if word.text[0].isupper() or is_strong(word.text) or re.fullmatch(r"\d(?:\.\d)?", word.text):
        return True
    is_connector = word.text in _CONNECTOR and not word.mark and place + 1 < len(words)
    return (
        is_connector
        and words[place + 1].text[:1].isupper()
        and not is_strong(words[place + 1].text)
    )


def _is_set_off(words: list[Word], after: int) -> bool:
    """Whether a name ends here: a mark, the end, or a word that cannot be its noun."""
    if words[after - 1].mark or after >= len(words):
        return True
    following = words[after].text
    return (
        following.lower() in _AFTER_A_NAME or kind_in(following) is not None or following in "-–—"
    )


def _in_brackets(words: list[Word], place: int) -> tuple[str, int]:
    """The text inside brackets that open before a word, and the place behind them."""
    inside: list[str] = []
    while place < len(words):
        inside.append(words[place].text)
        place += 1
        if ")" in words[place - 1].mark:
            break
    return " ".join(inside), place


def _kind_beside(text: str, words: list[Word], after: int) -> str | None:
    """The sort of thing said behind a name: "X dataset", "X, a novel framework", "X is a model"."""
    if after < len(words) and not words[after - 1].mark:
        direct = kind_in(words[after].text)
        if direct:
            return direct
    return kind_behind(text, words[after - 1].end + len(words[after - 1].mark.rstrip(".")))
