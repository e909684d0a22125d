"""Phrases that name something: "we propose X", "called X", "long name (X)", "our X"."""

from collections.abc import Collection, Iterator

from tasks.derive.found import Found, is_set_off, name_at, starts_a_name
from tasks.derive.kinds import kind_behind, kind_in
from tasks.derive.names import is_initials, is_known, is_never, is_strong, name_key
from tasks.derive.triggers import triggers
from tasks.derive.words import NO_END, Word, one_of, words_from

_DETOUR = one_of(
    "that which to by using with from for of on in via through where whose when while since "
    "because than into over against under between across is are was were can based without as"
)
"""After these words a name is no longer what is proposed, unless it is set off."""
_EXAMPLES = one_of("e.g i.e such including like outperforms outperforming")
NEAR, FAR = 14, 30
"""A name is searched in so many words after those that introduce it; `FAR` for acronyms."""
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
    """Whether a capital letter follows a place closely, in its sentence: every name has one."""
    behind = text[start : start + length]
    sentence, end, _ = behind.partition(". ")
    if sentence.islower() and not f"{sentence}{end.rstrip()}".endswith(NO_END):
        return False
    return behind != behind.lower()


def _proposed_near(text: str, end: int) -> list[Found]:
    """Names right after "we propose", else those further on in its sentence."""
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
    for found, _ in [named for named in (name_at(words, 0),) if named][:most]:
        yield found


def _proposed(text: str, words: list[Word]) -> Iterator[Found]:
    """Names after "we propose": directly, after a comma, or in parentheses after a long name."""
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
        elif starts_a_name(word) and (is_direct or "," in last):
            named = name_at(words, place, is_introduced=is_direct)
            if named and (is_direct or (is_strong(word.text) and is_set_off(words, named[1]))):
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
    """The acronym at a place if it stands for the words before it."""
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
        if starts_a_name(word) and is_strong(word.text):
            named = name_at(words, place)
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
    """The name at a place and those listed after it: "X", "X and Y", "X, Y, and Z"."""
    is_first = True
    while place < len(words):
        if words[place].text in ("and", "or", "the", "a", "an", "our", "two", "&") and not is_first:
            place += 1
            continue
        named = name_at(words, place, is_introduced=is_first)
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


def _kind_beside(text: str, words: list[Word], after: int) -> str | None:
    """The kind named after a name: "X dataset", "X, a novel framework", "X is a model"."""
    if after < len(words) and not words[after - 1].mark:
        direct = kind_in(words[after].text)
        if direct:
            return direct
    return kind_behind(text, words[after - 1].end + len(words[after - 1].mark.rstrip(".")))
