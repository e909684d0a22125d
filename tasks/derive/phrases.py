"""Phrases that name something: "we propose X", "called X", "long name (X)", "our X"."""

import re
from collections.abc import Collection, Iterator

from tasks.derive.acronyms import acronym_at
from tasks.derive.behind import behind_noun, described, may_be_behind_noun, resulting
from tasks.derive.found import DETOUR, Found, is_set_off, name_at, name_may_begin
from tasks.derive.kinds import kind_in
from tasks.derive.lists import beside, listed, part_at, parts_after_colons
from tasks.derive.named import called, described_in_small, has_capital, titled
from tasks.derive.names import is_family, is_strong
from tasks.derive.owned import explored, ours, trained
from tasks.derive.triggers import triggers
from tasks.derive.words import FAR, NEAR, Word, one_of, words_from

_NAMED_LATER = one_of("named called dubbed termed")
_NO_NAME_FOLLOWS = ("upon ", "on ", "around ", "off ", "more ", "better ", "safer ", "stronger ")
"""After a verb of proposal these lead to what is known: "building on FernNet", "better S&R"."""
_EXAMPLES = one_of("e.g i.e such including like outperforms outperforming")
_OURS = 7
"""So many words after "our" are read."""
_REACH = {
    "apposition": 60,
    "noun": 100,
    "result": 70,
    "propose": 10 * FAR,
    "trained": 70,
    "numbered": 24,
    "explored": 90,
}
"""The same in characters."""


def in_abstract(text: str, title: str = "", in_title: Collection[str] = ()) -> Iterator[Found]:
    """The names an abstract introduces. `in_title` are keys of names the title begins with."""
    text = text.replace("--", ", ").replace("—", ",")
    for found in (*_introduced(text, title, in_title), *parts_after_colons(text)):
        if not _IS_A_TASK.match(text, found.end):
            yield found


_IS_A_TASK = re.compile(
    r"\W{0,3} (?:is )?(?:an?|the) "
    r"(?:(?!for|of|to|on|that|which|with|and|benchmark|data ?set|suite|collection|compris|cover|"
    r"spann|featur|contain|includ|across)[\w-]+ ){0,4}?"
    r"(?:tasks?|problem|setting|challenge|phenomenon|research area)\b(?! (?:suite|set|agnostic))"
)
"""What follows the name of a task or a problem: ", a new task"."""


def _introduced(text: str, title: str, in_title: Collection[str]) -> Iterator[Found]:
    """What the introducing words of a text lead to; a task's name may be among it."""
    reached = 0
    for pattern, start, end in triggers(text):
        if pattern == "propose":
            reached = end + _REACH["noun"] // 2
            found = _proposed_near(text, end)
            yield from found
            if not found and text[start : start + 5].lower() not in _UNTITLED:
                found = list(titled(text, end, title))
                yield from found or described_in_small(text, end)
        elif pattern == "called":
            yield from called(text, start, end, title)
        elif pattern == "described":
            yield from described(text, start)
        elif pattern == "noun":
            if start >= reached and may_be_behind_noun(text, end):
                yield from behind_noun(text, words_from(text, end, NEAR))
        elif _may_lead(pattern, text, end):
            yield from _after(pattern, text, start, end, in_title, title)


def _may_lead(pattern: str, text: str, end: int) -> bool:
    """Whether what follows words that lead to a name only in some company may be one."""
    reach = _REACH[pattern]
    if pattern != "apposition":
        return has_capital(text, end, reach)
    near = text[end : end + reach]
    looks_strong = (_DIGIT if near.islower() else _LOOKS_STRONG).search(near)
    return _may_begin(near) if looks_strong else may_be_behind_noun(text, end)


def _may_begin(near: str) -> bool:
    """Whether a word that may be a name stands before the first that leads to something else."""
    for printed in near.split(" "):
        word = printed.rstrip(",")
        if not (word.islower() and word.isalpha()):
            return True
        if word in DETOUR:
            return False
    return True


_DIGIT = re.compile(r"\d")
_LOOKS_STRONG = re.compile(r"\w-?[A-Z]|\d")
"""What every name that is one by its letters has in it."""


def _after(
    pattern: str, text: str, start: int, end: int, in_title: Collection[str], title: str
) -> Iterator[Found]:
    """The names after words that lead to one only in some company."""
    words = words_from(text, end, NEAR)
    if pattern == "apposition":
        found = list(ours(text, words[:_OURS], in_title, title))
        yield from found or behind_noun(text, words)
    elif pattern == "trained":
        behind = behind_noun(text, words)
        yield from (*behind, *beside(text, behind[-1].end)) if behind else trained(words)
    elif pattern == "result":
        is_result = "resulting" in text[max(0, start - 10) : start]
        yield from resulting(text, words, is_result=is_result)
    elif pattern == "explored":
        yield from explored(text, words)
    else:
        yield from part_at(text, start, words)


_UNTITLED = ("estab", "formu", "descr", "offer")
"""Beginnings of verbs behind which small letters are no name, though the title begins so."""


def _proposed_near(text: str, end: int) -> list[Found]:
    """Names right after "we propose", else an acronym in brackets further on in its sentence."""
    found: list[Found] = []
    is_near = has_capital(text, end, 10 * NEAR)
    if not (is_near or has_capital(text, end, _REACH["propose"])):
        return found
    reached = end
    if text.startswith(_NO_NAME_FOLLOWS, end):
        return found
    if is_near:
        words = words_from(text, end, NEAR)
        found = list(_proposed(text, words))
        is_cut = len(words) > 8 and "." not in words[-1].mark
        if not is_cut or (found and found[-1].end < words[-3].end):
            return found
        reached = words[-3].start
    rest = text[reached : end + _REACH["propose"]].partition(". ")[0]
    return list(_proposed(text, words_from(text, end, FAR))) if "(" in rest else found


def names_in(text: str, place: int, most: int) -> Iterator[Found]:
    """Up to `most` names that begin right at a place."""
    words = words_from(text, place, NEAR)
    for found, _ in [named for named in (name_at(words, 0),) if named][:most]:
        yield found


def _proposed(text: str, words: list[Word]) -> Iterator[Found]:
    """Names after "we propose": directly, after a comma, or in parentheses after a long name."""
    behind = behind_noun(text, words)
    if behind:
        yield from (*behind, *beside(text, behind[-1].end))
    else:
        yield from _directly(text, words)


def _directly(text: str, words: list[Word]) -> Iterator[Found]:
    """The same, where no noun stands before the name."""
    is_direct = True
    before = ""
    for place, (said, _, _, mark) in enumerate(words):
        last, before = before, mark
        if said in _EXAMPLES:
            return
        if "(" in last:
            acronym = acronym_at(words, place, is_direct=is_direct)
            if acronym and (is_direct or _is_used_again(acronym, text)):
                yield acronym
                return
        elif said in DETOUR or said.lower() in DETOUR:
            is_direct = False
        elif not said.islower() and _may_name(words, place, last, is_direct=is_direct):
            named = _own_name(words, place, is_direct=is_direct)
            if named:
                if not _is_named_later(words, named[1]):
                    yield from _with_others(text, words, place, named if is_direct else None)
                return
            is_direct = False
        if mark and mark[0] in ";:":
            return


def _is_used_again(acronym: Found, text: str) -> bool:
    """Whether an acronym is used behind its place, or coined: "HAnd GRowing (HAGR)"."""
    if not acronym.name.isupper() or text.count(acronym.name) > 1:
        return True
    return any(
        word[1:] != word[1:].lower()
        for spelled in acronym.aliases
        for word in spelled.replace("-", " ").split()
    )


def _may_name(words: list[Word], place: int, last: str, *, is_direct: bool) -> bool:
    """Whether a name may begin at a place: right after the proposal, or behind a comma."""
    return (is_direct or "," in last) and name_may_begin(words, place)


def _own_name(words: list[Word], place: int, *, is_direct: bool) -> tuple[Found, int] | None:
    """The name of the paper's own at a place, and the place after it."""
    named = name_at(words, place, is_introduced=is_direct)
    if named is None or is_direct:
        return named
    is_own = is_strong(words[place].text) and not is_family(named[0].name)
    return named if is_own and is_set_off(words, named[1]) else None


def _with_others(
    text: str, words: list[Word], place: int, direct: tuple[Found, int] | None
) -> Iterator[Found]:
    """The name at a place, which is `direct` right after the proposal, and those listed with it."""
    pattern, sure = ("propose", 0.95) if direct else ("apposition", 0.9)
    kind = kind_in(text[words[0].start : words[place].start], at_end=True)
    yield from listed(text, words, place, pattern, kind, sure, named=direct)
    yield from beside(text, words[place].end)


def _is_named_later(words: list[Word], after: int) -> bool:
    """Whether the noun behind a word has a name of its own: "an XYZS method, named Heron"."""
    return not words[after - 1].mark and any(
        word.text in _NAMED_LATER for word in words[after : after + 5]
    )
