"""Phrases that name something: "we propose X", "called X", "long name (X)", "our X"."""

import re
from collections.abc import Collection, Iterator

from tasks.derive.acronyms import acronym_at
from tasks.derive.found import DETOUR, Found, is_set_off, name_at, name_may_begin
from tasks.derive.kinds import kind_behind, kind_in
from tasks.derive.lists import beside, listed, part_at, parts_after_colons
from tasks.derive.names import is_never, is_strong
from tasks.derive.owned import (
    behind_noun,
    described,
    explored,
    may_be_behind_noun,
    ours,
    resulting,
    trained,
)
from tasks.derive.triggers import triggers
from tasks.derive.words import FAR, NEAR, NO_END, Word, one_of, words_from

_NAMED_LATER = one_of("named called dubbed termed")
_UPON = ("upon ", "on ", "around ", "off ")
_EXAMPLES = one_of("e.g i.e such including like outperforms outperforming")
_OURS = 7
"""So many words after "our" are read."""
_REACH = {
    "called": 10 * NEAR,
    "apposition": 100,
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
    r"\W{0,3} (?:is )?(?:an?|the) (?:(?!for|of|to|on|that|which|with|and)[\w-]+ ){0,4}?"
    r"(?:tasks?|problem|setting|challenge|phenomenon|research area)\b(?! (?:suite|set|agnostic))"
)
"""What follows the name of a task or a problem: ", a new task"."""


def _introduced(text: str, title: str, in_title: Collection[str]) -> Iterator[Found]:
    reached = 0
    for pattern, start, end in triggers(text):
        if pattern == "noun" and start < reached:
            continue
        if pattern not in ("described", "propose", "called") and not _has_capital(text, end, _REACH[pattern]):
            continue
        if pattern == "called":
            yield from _called(text, start, end, title)
        elif pattern == "apposition":
            words = words_from(text, end, NEAR)
            found = list(ours(text, words[:_OURS], in_title, title))
            yield from found or behind_noun(text, words)
        elif pattern == "noun":
            if may_be_behind_noun(text, end):
                yield from behind_noun(text, words_from(text, end, NEAR))
        elif pattern == "result":
            is_result = "resulting" in text[max(0, start - 10) : start]
            yield from resulting(text, words_from(text, end, NEAR), is_result=is_result)
        elif pattern == "described":
            yield from described(text, start, end)
        elif pattern == "explored":
            yield from explored(text, words_from(text, end, NEAR))
        elif pattern == "trained":
            words = words_from(text, end, NEAR)
            found = behind_noun(text, words)
            yield from found or trained(words)
        elif pattern == "numbered":
            yield from part_at(text, start, words_from(text, end, NEAR))
        else:
            found = _proposed_near(text, end)
            reached = end + _REACH["noun"] // 2
            is_name = not found and text[start : start + 5].lower() not in _UNTITLED
            yield from _titled(text, end, title) if is_name else found


_MAY_BE_OLD = ("known as ", "to as ", "namely ", "exemplified by ")
_IS_OWN = re.compile(
    r"\b(?:we|our|this|new|novel|propos\w+|introduc\w+|present\w*|develop\w*|built?|creat\w+|releas\w+)\b"
)
_NO_SYSTEM = re.compile(
    r"\b(?:phenomen\w+|problems?|issues?|challenges?|effects?|gaps?|bias|failures?|limitations?|"
    r"behaviou?rs?|vulnerabilit\w+|often|commonly|widely|usually|typically)\b"
    r"[^.;:]{0,24}$"
)
"""What is named behind these words is a problem, or has been named by others."""


_PARTS = ("module", "modules", "loss", "block", "layer")


def _called(text: str, start: int, end: int, title: str) -> Iterator[Found]:
    """The names after "called", unless it is a problem that is named or others have named it."""
    before = text[max(0, start - 160) : start].rpartition(". ")[2].lower()
    may_be_old = text[start:end].endswith(_MAY_BE_OLD)
    if may_be_old and not _IS_OWN.search(before):
        return
    if not _has_capital(text, end, _REACH["called"]):
        yield from _titled(text, end, title)
        return
    kind = kind_in(before[-90:], at_end=True)
    words = words_from(text, end, NEAR)
    place = 0
    if text[max(0, start - 3) : start].lower() == "we ":
        place = next((n for n, w in enumerate(words[:5]) if not w.text.islower() or w.mark), 0)
    found = list(listed(text, words, place, "called", kind, 0.95))
    if not found and not may_be_old and "(" in text[end : end + 80]:
        found = list(_coined(words))
    if not found:
        found = list(_titled(text, end, title))
    is_none = _NO_SYSTEM.search(before) is not None
    role = "part" if before.rstrip(" ,").endswith(_PARTS) else None
    for one in found:
        if not is_none or one.name in title:
            yield one._replace(role=role or one.role)


_UNTITLED = ("estab", "formu", "descr", "offer")
_HEAD = re.compile(r"(?:The )?(\S+(?: \S+){1,4}?)(?=:| (?:for|via|in|with|using|by|through|to|from)\b|$)")
_NO_HEAD = re.compile(r"(?:an?|on|how|why|what|towards?|is|are|can|do|does|\w+ing)\b|.*\b(?:of|and|as|is|are)$")


def _titled(text: str, place: int, title: str) -> Iterator[Found]:
    """The name that a title begins with, printed in small letters right at a place of the text."""
    place += text.startswith("the ", place) * len("the ")
    first = text[place : place + 1].lower()
    if first != title[:1].lower() and not title.startswith("The "):
        return
    head = _HEAD.match(title)
    if head is None or _NO_HEAD.match(head[1].lower()):
        return
    said = text[place : place + len(head[1])]
    after = text[place + len(said) : place + len(said) + 1]
    if said.lower() == head[1].lower() and not after.isalnum() and not is_never(said):
        kind = kind_behind(text, place + len(said))
        yield Found(said, (), kind, "propose", place, place + len(said), 0.75)


def _coined(words: list[Word]) -> Iterator[Found]:
    """The acronym behind a name in small letters: "called slow leaf growing (SLG)"."""
    for place, word in enumerate(words[:8]):
        if word.mark == "(" and place + 1 < len(words):
            coined = acronym_at(words, place + 1, is_direct=True)
            if coined and coined.aliases:
                yield coined
        if word.mark:
            return


def _has_capital(text: str, start: int, length: int) -> bool:
    """Whether a capital letter follows a place closely, in its sentence: every name has one."""
    behind = text[start : start + length]
    sentence, end, _ = behind.partition(". ")
    if sentence.islower() and not f"{sentence}{end.rstrip()}".endswith(NO_END):
        return False
    return behind != behind.lower()


def _proposed_near(text: str, end: int) -> list[Found]:
    """Names right after "we propose", else an acronym in brackets further on in its sentence."""
    found: list[Found] = []
    if not _has_capital(text, end, _REACH["propose"]):
        return found
    reached = end
    if text.startswith(_UPON, end):
        return found
    if _has_capital(text, end, 10 * NEAR):
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
        yield from behind
        yield from beside(text, behind[-1].end)
        return
    is_direct = True
    before = ""
    for place, word in enumerate(words):
        last, before = before, word.mark
        if word.text in _EXAMPLES:
            return
        if "(" in last:
            acronym = acronym_at(words, place, is_direct=is_direct)
            if acronym and (is_direct or _is_used_again(acronym, text)):
                yield acronym
                return
        elif word.text.lower() in DETOUR:
            is_direct = False
        elif not word.text.islower() and _may_name(words, place, last, is_direct=is_direct):
            after = _after_a_name(words, place, is_direct=is_direct)
            if after:
                if not _is_named_later(words, after):
                    yield from _with_others(text, words, place, is_direct=is_direct)
                return
            is_direct = False
        if word.mark[:1] in (";", ":"):
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


def _after_a_name(words: list[Word], place: int, *, is_direct: bool) -> int:
    """The place after the name at a place; 0 when no name of the paper's own is there."""
    named = name_at(words, place, is_introduced=is_direct)
    if named is None:
        return 0
    is_own = is_direct or (is_strong(words[place].text) and is_set_off(words, named[1]))
    return named[1] if is_own else 0


def _with_others(text: str, words: list[Word], place: int, *, is_direct: bool) -> Iterator[Found]:
    """The name at a place and those listed with it."""
    pattern, sure = ("propose", 0.95) if is_direct else ("apposition", 0.85)
    kind = kind_in(text[words[0].start : words[place].start], at_end=True)
    yield from listed(text, words, place, pattern, kind, sure)
    yield from beside(text, words[place].end)


def _is_named_later(words: list[Word], after: int) -> bool:
    """Whether the noun behind a word has a name of its own: "an XYZS method, named Heron"."""
    return not words[after - 1].mark and any(
        word.text in _NAMED_LATER for word in words[after : after + 3]
    )
