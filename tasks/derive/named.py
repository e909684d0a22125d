"""Names after "called", and names that a title prints with capitals and a text without."""

import re
from collections.abc import Iterator

from tasks.derive.acronyms import PARTS, acronym_at
from tasks.derive.found import Found
from tasks.derive.kinds import kind_behind, kind_in
from tasks.derive.lists import listed
from tasks.derive.names import is_never
from tasks.derive.words import NEAR, NO_END, Word, words_from

_MAY_BE_OLD = ("known as ", "to as ", "namely ", "exemplified by ")
_IS_OWN = re.compile(
    r"\b(?:we|our|this|new|novel|propos\w+|introduc\w+|present\w*|develop\w*|built?|creat\w+|releas\w+)\b"
)
_NO_SYSTEM = re.compile(
    r"\b(?:phenomen\w+|problems?|issues?|challenges?|effects?|gaps?|bias|failures?|limitations?|"
    r"tasks?|behaviou?rs?|vulnerabilit\w+|often|commonly|widely|usually|typically)\b"
    r"[^.;:]{0,24}$"
)
"""What is named behind these words is a problem, or has been named by others."""


def called(text: str, start: int, end: int, title: str) -> Iterator[Found]:
    """The names after "called", unless it is a problem that is named or others have named it.

    With a capital inside a sentence it is part of a name: "Named Entity Recognition".
    """
    before = text[max(0, start - 160) : start].rpartition(". ")[2].lower()
    if before and text[start].isupper():
        return
    may_be_old = text[max(0, start - 12) : end].endswith(_MAY_BE_OLD)
    if may_be_old and not _IS_OWN.search(before):
        return
    if not has_capital(text, end, 10 * NEAR):
        yield from titled(text, end, title)
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
        found = list(titled(text, end, title))
    is_none = _NO_SYSTEM.search(before) is not None
    role = "part" if before.rstrip(" ,").endswith(PARTS) else None
    for one in found:
        if not is_none or one.name in title:
            yield one._replace(role=role or one.role)


_HEAD = re.compile(
    r"(?:The )?(\S+(?: \S+){1,4}?)(?=:| (?:for|via|in|with|using|by|through|to|from)\b|$)"
)
_NO_HEAD = re.compile(
    r"(?:an?|on|how|why|what|towards?|is|are|can|do|does|\w+ing)\b|.*\b(?:of|and|as|is|are)$"
)


def titled(text: str, place: int, title: str) -> Iterator[Found]:
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
        yield Found(said, (), kind, "propose", place, place + len(said), 0.8)


_SMALL = re.compile(
    r"(?!(?:an?|the|two|three|four|several|new|novel|our|this|these|its|it|and|in|\w+ing)\b)"
    r"([a-z][\w-]*(?: [a-z][\w-]*){0,3}), an? (?=[^.,;:]{3,90})"
)
"""A name in small letters before what it is: "gg-bench, a benchmark for"."""
_LONGEST_SMALL = 64


def described_in_small(text: str, place: int) -> Iterator[Found]:
    """The name in small letters right after "we introduce", where a noun says its kind."""
    said = _SMALL.match(text, place) if ", a" in text[place : place + _LONGEST_SMALL] else None
    kind = kind_behind(text, said.end(1) + 1) if said else None
    if said and kind:
        yield Found(said[1], (), kind, "apposition", *said.span(1), 0.92)


def _coined(words: list[Word]) -> Iterator[Found]:
    """The acronym behind a name in small letters: "called slow leaf growing (SLG)"."""
    for place, word in enumerate(words[:8]):
        if word.mark == "(" and place + 1 < len(words):
            coined = acronym_at(words, place + 1, is_direct=True)
            if coined and coined.aliases:
                yield coined
        if word.mark:
            return


def has_capital(text: str, start: int, length: int) -> bool:
    """Whether a capital letter follows a place closely, in its sentence: every name has one."""
    behind = text[start : start + length]
    if behind == behind.lower():
        return False
    sentence, end, _ = behind.partition(". ")
    return not sentence.islower() or f"{sentence}{end.rstrip()}".endswith(NO_END)
