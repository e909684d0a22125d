"""The systems that a paper introduces by name: models, methods, datasets, benchmarks, metrics.

Names are found in the head of the title, before a colon, and in the abstract, where something is
proposed, called, or set beside its acronym. Acronyms of a field of research are left out.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasks.derive.actors import actors
from tasks.derive.found import Found
from tasks.derive.kinds import kind_in
from tasks.derive.names import (
    is_family,
    is_initials,
    is_known,
    is_never,
    is_strong,
    name_key,
    plain,
    split_version,
)
from tasks.derive.paper import Paper, sentence_at
from tasks.derive.phrases import in_abstract, names_in
from tasks.derive.words import folded, has_one, printed

VERSION = "systems/6"


class System(NamedTuple):
    """A system and where it is named; the fields are columns of derived.paper_systems."""

    name: str
    name_key: str
    kind: str | None
    version_tag: str | None
    aliases: tuple[str, ...] | None
    pattern: str
    role: str
    sentence: str | None
    found_in: str
    span_start: int
    span_end: int
    confidence: float


_PART = 0.78
"""How often a named part was one on the labelled papers: a reader takes others for words."""
_CLEAR = 0.75
"""With a system as sure as this, names that merely act in sentences are not searched."""


def systems(paper: Paper) -> list[System]:
    """The systems a paper introduces, each once, with the clearest evidence."""
    abstract = paper.abstract or ""
    pages = f"{paper.github_repo or ''} {paper.project_page or ''}"
    head = list(_in_title(paper.title, abstract, pages))
    named = {name_key(found.name) for found in head}
    best: dict[str, tuple[Found, str]] = {}
    aliases: dict[str, dict[str, None]] = {}
    candidates = [(found, "title") for found in head]
    candidates += [
        (found, "abstract")
        for found in in_abstract(abstract, paper.title, named)
        if found.aliases or not _is_of_the_field(found, abstract) or name_key(found.name) in named
    ]
    if not any(found.role == "system" and found.confidence >= _CLEAR for found, _ in candidates):
        acting = [one for one in actors(abstract) if not _is_of_the_field(one, abstract)]
        candidates += [(found, "abstract") for found in acting]
    for candidate, found_in in candidates:
        key = _key_of(candidate, aliases)
        aliases.setdefault(key, {}).update(dict.fromkeys((candidate.name, *candidate.aliases)))
        known = best.get(key)
        if known is None:
            best[key] = candidate, found_in
            continue
        is_clearer = known[0].confidence < candidate.confidence
        clearer, place = (candidate, found_in) if is_clearer else known
        kind = clearer.kind or known[0].kind or candidate.kind
        role = "part" if candidate.role == known[0].role == "part" else "system"
        if (kind, role) != (clearer.kind, clearer.role):
            clearer = clearer._replace(kind=kind, role=role)
        best[key] = clearer, place
    return [_system(paper, *best[key], tuple(aliases[key])) for key in best]


def _is_of_the_field(found: Found, text: str) -> bool:
    """Whether a name is an acronym spelled out earlier in the text, or one of a class: "LVMs"."""
    name = found.name
    if " " in name or 2 * sum(map(str.isupper, name)) < len(name):
        return False
    earlier = text.find(f"({name})", 0, max(0, found.start - 1))
    return earlier >= 0 or f"{name}s" in text


def _key_of(found: Found, aliases: dict[str, dict[str, None]]) -> str:
    """The key of a system, which may be in `aliases` already under another form of its name."""
    key = name_key(found.name)
    for known, names in aliases.items():
        if key in map(name_key, names) or known in map(name_key, found.aliases):
            return known
        first = next(iter(names))
        if " " in found.name and first.startswith(f"{found.name},"):
            return known
        if " " in found.name and " " not in first and is_initials(first, found.name):
            return known
        if " " in first and " " not in found.name and is_initials(found.name, first):
            return known
    return key


def _system(paper: Paper, found: Found, found_in: str, names: tuple[str, ...]) -> System:
    is_titled = found_in == "title"
    text = paper.title if is_titled else paper.abstract or ""
    others = tuple([name for name in names if name != found.name])
    return System(
        found.name,
        name_key(found.name),
        found.kind or (kind_in(text.partition(":")[2]) if is_titled else None),
        split_version(found.name)[1],
        others or None,
        found.pattern,
        found.role,
        None if is_titled else sentence_at(text, found.start, found.end),
        found_in,
        found.start,
        found.end,
        found.confidence if found.role == "system" else min(found.confidence, _PART),
    )


_HEAD = re.compile(r"(\S.{1,69}?)\s?(?::|\s[-–—]{1,3}\s|\?|,\s(?=(?:[Tt]owards?|[Aa]n?)\s))")
_REPORT = re.compile(r"(.{2,60}?)[:\s]{1,2}(?:technical report|system card|model card)\b")
_REPORTS = ("echnical report", "ystem card", "odel card")
_INTRODUCING = re.compile(r"(?:Introducing|Meet)\s+")
_ACRONYM = re.compile(r"\(([^()\s]{2,20})\)")
_OPENS_A_SENTENCE = re.compile(
    r"^(?:a|an|the|from|beyond|towards?|on|how|why|what|when|where|is|are|can|do|does|to|in|into|not|no|"
    r"rethinking|revisiting|understanding|\w+ing|less|more|all|one|it|one|you|your|i|we|better)\b"
)


_IS_DATA = re.compile(
    r"\W{1,4}(?:an? )?(?:[\w-]+ ){0,5}?(?:benchmark|dataset|corpus|toolkit|library|leaderboard)"
    r"(?: suite| dataset)?(?: for | of | to | on | in | from | with | that |$)"
)
"""What follows the name of data before a colon: "Look of Fern: A Benchmark for ..."."""
_VERSION = re.compile(r"[vV]?\d{1,2}(?:\.\d{1,2})?")
_SURVEY = re.compile(r"\b(?:survey|review|overview|tutorial|perspective)\b")
_AND = re.compile(r"\s+and\s+(?=[A-Z])|\s*&\s*")


def _are_names(parts: list[str], abstract: str) -> bool:
    """Whether the words around "and" before a colon are names: those of "Look and Copy" are not."""
    names = [plain(_ACRONYM.sub("", part)) for part in parts]
    strong = [bool(name) and is_strong(name.split()[0]) for name in names]
    return any(strong) and all(
        name and (is_sure or _is_used(name, abstract, inside=True))
        for name, is_sure in zip(names, strong, strict=True)
    )


_INTRODUCE = ("introduce", "introduces", "present", "presents", "propose", "release")


def _has_report(title: str) -> bool:
    return has_one(title.lower(), _REPORTS)


def _in_title(title: str, abstract: str, pages: str) -> Iterator[Found]:
    report = _REPORT.match(folded(title)) if _has_report(title) else None
    if report:
        yield from _named(printed(title, report, 1).partition(": ")[0], report.start(1), 0.95)
        return
    head = _HEAD.match(title)
    if head and title[head.end() - 1] != "?":
        tail = folded(title[head.end(1) :]) if " " in head[1] else ""
        is_survey = _SURVEY.search(tail) is not None
        is_data = _IS_DATA.match(tail) is not None
        parts = (
            [part.strip() for part in _AND.split(head[1])] if tail or "&" in head[1] else [head[1]]
        )
        if len(parts) > 1 and not _are_names(parts, abstract):
            parts = [head[1]]
        for words in parts:
            place = head.start(1) + head[1].find(words)
            yield from _head(words, place, abstract, pages, is_survey=is_survey, is_data=is_data)
    introducing = _INTRODUCING.match(title)
    if introducing:
        yield from (f._replace(pattern="title") for f in names_in(title, introducing.end(), 1))
    for acronym in _ACRONYM.finditer(title) if "(" in title else ():
        name = plain(acronym[1])
        if is_strong(name) and not is_never(name) and not is_known(name):
            yield Found(name, (), None, "title", *acronym.span(1), 0.92)


def _head(
    words: str, place: int, abstract: str, pages: str, *, is_survey: bool, is_data: bool
) -> Iterator[Found]:
    """The head of a title if it is a name: strong by itself, or used as one in the abstract."""
    name = plain(_ACRONYM.sub("", words))
    parts = name.split()
    if not name or is_never(name) or len(parts) > 6:
        return
    if len(parts) > 1 and is_survey and not is_strong(parts[0]):
        return
    is_used = _is_used(name, abstract) or _is_used(name.casefold(), pages.casefold())
    if not is_used and "-" in name:
        is_used = f"/{name.casefold()}" in abstract.casefold()
    if is_known(name) and not any(f"{verb} {name}" in abstract for verb in _INTRODUCE):
        return
    sure = _sureness(parts, is_used=is_used, is_data=is_data)
    if sure:
        yield from _named(words, place, sure)


def _sureness(parts: list[str], *, is_used: bool, is_data: bool) -> float:
    """How sure it is that the words of a title's head are a name; 0 when they are none."""
    if is_used:
        return 0.97 if len(parts) == 1 else 0.94
    opens = _OPENS_A_SENTENCE.match(folded(" ".join(parts)))
    strong = [is_strong(word) or _VERSION.fullmatch(word) is not None for word in parts]
    if len(parts) == 1:
        return 0.0 if opens and not strong[0] else 0.9
    if opens or is_family(parts[0]):
        return 0.0
    is_capital = is_data and len(parts) < 5 and parts[0][0].isupper() and parts[-1][0].isupper()
    return 0.92 if all(strong) or is_capital else 0.0


def _is_used(name: str, text: str, *, inside: bool = False) -> bool:
    """Whether a text has a name as a word of its own, with the same case; `inside` a sentence."""
    place = text.find(name)
    while place >= 0:
        end = place + len(name)
        is_alone = not (text[place - 1 : place].isalnum() or text[end : end + 1].isalnum())
        if is_alone and (not inside or (place > 1 and text[place - 2] not in ".?!:")):
            return True
        place = text.find(name, end)
    return False


def _named(words: str, place: int, sure: float) -> Iterator[Found]:
    name = plain(_ACRONYM.sub("", words))
    if name and not is_never(name):
        yield Found(name, (), None, "title", place, place + len(words), sure)
