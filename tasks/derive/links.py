"""The addresses in a paper, and whether it links its code, promises it, or neither."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tasks.derive.paper import Paper, sentence_at, sentence_span
from tasks.derive.search import SMALL, Phrases
from tasks.derive.urls import VIDEO_HOSTS, Address, addresses_in, canonical
from tasks.derive.words import folded, has_one

VERSION = "links/5"


class Link(NamedTuple):
    """An address and its place; the fields are columns of derived.paper_links."""

    url: str
    url_key: str
    kind: str
    host: str
    repo: str | None
    sentence: str | None
    found_in: str
    span_start: int
    span_end: int
    confidence: float


class Code(NamedTuple):
    """Whether there is code, and the evidence; the fields are columns of derived.paper_facts."""

    code: str
    code_url: str | None
    sentence: str | None
    found_in: str | None
    span_start: int | None
    span_end: int | None
    confidence: float


def links(paper: Paper) -> list[Link]:
    """Every address of a paper, once for each field or text it is in: fields first, then texts."""
    found: dict[tuple[str, str], Link] = {}
    for link in (*_of_fields(paper), *_of_texts(paper)):
        found.setdefault((link.url_key, link.found_in), link)
    return list(found.values())


def _of_fields(paper: Paper) -> Iterator[Link]:
    fields = (
        ("github_repo", paper.github_repo, "other"),
        ("project_page", paper.project_page, "project"),
    )
    for name, value, otherwise in fields:
        address = canonical(value) if value else None
        if address:
            kind = address.kind or otherwise
            yield Link(*_place(address, kind), None, name, 0, len(value or ""), 1.0)


def _of_texts(paper: Paper) -> Iterator[Link]:
    for found_in, text in (("title", paper.title), ("abstract", paper.abstract or "")):
        for written in addresses_in(text):
            address = canonical(written.text)
            if address:
                start, end = written.start, written.end
                kind = address.kind or _kind_by_words(text[max(0, start - 90) : start])
                sentence = sentence_at(text, start, end)
                sure = 0.7 if written.is_mended else 0.99
                yield Link(*_place(address, kind), sentence, found_in, start, end, sure)


def _place(address: Address, kind: str) -> tuple[str, str, str, str, str | None]:
    return address.url, address.key, kind, address.host, address.repo


_KIND_WORD = re.compile(
    r"\b(?:(?P<project>project|web ?page|web ?site|home ?page)|(?P<demo>demos?)|(?P<video>videos?)|"
    r"(?P<dataset>data ?sets?|benchmark)|(?P<model>models?|weights|checkpoints?))\b"
)
_BY_WORD = ("project", "demo", "dataset", "model", "video")


def _kind_by_words(before: str) -> str:
    """The kind named before an address; a project's page first, as it may contain the others."""
    sentence = folded(before.rsplit(". ", 1)[-1])
    said = {match.lastgroup for match in _KIND_WORD.finditer(sentence)}
    return next((kind for kind in _BY_WORD if kind in said), "other")


_WORD = r"(?:[\w'’/&()*.-]{1,30}+(?:,\d{3})?[,:]?\s)"
_OWN = (
    r"(?:(?:our|the|all|its|both|full|source|codes?|training|inference|along with)\b|"
    r"(?:models?|(?:model )?weights|checkpoints|data ?sets?|data),)"
)
_THING = (
    r"(?:(?:source[ -])?codes?|code ?bases?|implementations?(?! of)|scripts|repository|repo)\b"
    r"(?!\s(?:generation|review|completion|models?|llms?|language|reasoning|tasks?|problems?|edit\w*|"
    r"snippets?|understanding|translation|repair|search|interpreter|execution|agents?|benchmarks?))"
)
_SHARED = (
    r"(?:available|(?:open-)?released?|open[- ]?sourced?|public|publicly|published?|accessible|"
    r"openly[- ]accessed|provided|shared|found|hosted|online|accessed)\b"
)
_TOOL = (
    r"(?:toolkit|toolbox|library|pipeline|environment|simulator|evaluation (?:suite|tool)|"
    r"framework|platform|code ?base|software)s?\b"
)
_OPENED = r"(?:publicly (?:available|released|accessible)|(?:fully )?open[- ]?sourced|released)\b"
_SAYS_CODE = re.compile(
    rf"\b{_THING}(?:,|\s)\s?{_WORD}{{0,12}}?(?:is|are|be|been|at)\s{_WORD}{{0,4}}?{_SHARED}"
    rf"|\breleas(?:e|ed|es|ing)\s{_WORD}{{0,24}}?{_THING}"
    rf"|\b(?:open[- ]?sourc(?:e|es|ed|ing)|publish|shar(?:e|es|ing)|provid(?:e|es|ing)|publicize)\s"
    rf"(?={_OWN}){_WORD}{{0,24}}?{_THING}"
    rf"|\b(?:make|making|made)\s{_WORD}{{0,9}}?{_THING}\s{_WORD}{{0,5}}?{_SHARED}"
    rf"|\b{_THING}[^.\w]{{0,3}}(?:and \w{{1,20}} )?(?:upon|after|on) (?:acceptance|publication)"
    rf"|\b{_THING}(?:,? and \w{{1,20}}|, \w{{1,20}},? and \w{{1,20}})?"
    r" (?:all )?(?:available|released|here)\b"
    rf"|\bimplementations? of\s{_WORD}{{1,10}}?(?:is|are)\s(?:publicly |openly )?"
    r"(?:available|released|open[- ]?sourced?)\b"
    rf"|\bopen[- ]access(?:ible)? (?:\w+ and )?{_THING}"
    rf"|\b{_THING}\s(?:is |are )?(?:on|via|through)\s(?:github|gitlab|hugging ?face)\b"
    rf"|\b{_THING}\s(?:is |are )(?:on|in|at)\s(?:our|the|this)\s(?:\w+\s){{0,2}}?"
    r"(?:web ?|home)?(?:page|site)\b"
)
_NO_CODE_OF = (
    r"(?!\s(?:\S+\s){0,3}?(?:models?|m?llms?|vlms?|data ?sets?|data|weights|corpus|checkpoints)\b)"
)
_SAYS_ALL = re.compile(
    rf"\bfully open[- ]?sourced?\b{_NO_CODE_OF}"
    r"|\bmake it (?:publicly|openly) available upon (?:acceptance|publication)\b"
)
"""What opens something whole: "we fully open-source FernSim"."""
_SAYS_TOOL = re.compile(
    rf"\b{_TOOL}(?:,|\s)\s?{_WORD}{{0,8}}?(?:is|are|be|been)\s{_WORD}{{0,3}}?{_OPENED}"
    rf"|\b{_TOOL}\s(?:is|are) available (?:on|at|via|through) (?:[\w ]{{1,24}} and )?github\b"
    rf"|\b(?:open[- ]?sourc(?:e|ing)|releas(?:e|ing))\s(?:our|the|all|a|an)\s{_WORD}{{0,4}}?{_TOOL}"
    rf"|\bopen[- ]?sourc(?:e|ing)\s[^\s,]{{2,30}}+, (?:our|the|an?)\s{_WORD}{{0,4}}?{_TOOL}"
    rf"|\b(?:introduc|present|propos|releas|develop|build|contribut)\w{{0,4}}\s(?:{_WORD}){{0,9}}?"
    rf"open[- ]?sourced?,?\s{_WORD}{{0,3}}?{_TOOL}"
    rf"|\bas an? open[- ]?sourced?,?\s{_WORD}{{0,3}}?{_TOOL}"
    rf"|\breleas(?:e|ed|ing)\s{_WORD}{{0,30}}?(?:along|together) with (?:an?|our|the)\s"
    rf"{_WORD}{{0,4}}?{_TOOL}"
)
"""Sentences that open a tool: "we open-source our framework"; data and models are none."""
_CODE_ITSELF = ("code", "implementation", "scripts")
_CODE_WORDS = (*_CODE_ITSELF, "repo")
_TOOL_WORDS = (
    "framework",
    "pipeline",
    "toolkit",
    "toolbox",
    "library",
    "libraries",
    "environment",
    "simulator",
    "evaluation suite",
    "evaluation tool",
    "platform",
    "codebase",
    "code base",
    "software",
)
_OPENING = (
    "releas", "publicly", "open-sourc", "open sourc", "opensourc", "on github", "and github",
)  # fmt: skip
_WHOLE = ("fully open-sourc", "fully open sourc", "make it publicly", "make it openly")
_SEARCH = Phrases((*_CODE_WORDS, *_WHOLE, *_OPENING, *_TOOL_WORDS), SMALL)
_N_CODE = len(_CODE_WORDS) + len(_WHOLE)
_N_PLACED = _N_CODE + len(_OPENING)
_OPENS_TOOL = re.compile(
    rf"\b(?:open[- ]?sourc|releas)\w{{1,3}}\s(?:{_WORD}){{0,6}}?(?:{_TOOL}|training recipes\b)"
)
_SHARING = (
    "availab", "releas", "open", "publi", "access", "provid", "shar", "found", "host", "online",
    "github", "upon", "after", "on accept", "here", "page", "site",
)  # fmt: skip
"""Every sentence that shares code has one of these."""
_NOT_SHARED = re.compile(
    r"\b(?:not|cannot|can't|won't|never|without|unable|no longer|nor|neither)\b|\bclosed\b"
)
_NO_CODE = Code("none", None, None, None, None, None, 0.95)
_RIGHT_BEHIND = re.compile(
    r"[^.!?]{0,90}[.!?]\s?(?:(?:For more (?:details|information), )?(?:[Pp]lease )?"
    r"(?:[Vv]isit|[Ss]ee|[Rr]efer to) (?:our|the) (?:project )?(?:web ?)?(?:page|site)"
    r"(?: at|:)?\s?)?\(?"
)
_AN_ADDRESS = re.compile(r"https?://\S+")
_LISTS_PAPERS = re.compile(
    r"\b(?:references?|papers?|reading|literature) lists?\b|"
    r"\blists? of (?:papers|references|works)\b|\bassociated with (?:this|our|the) survey\b"
)
_AWESOME = "/awesome-"
"""What lists of papers are called."""
_IS_DATA = re.compile(
    r"\b(?:data ?sets?|data|models?|benchmarks?|weights|checkpoints|corpus|corpora|leaderboard)\b"
)
_MAY_BE_CODE = re.compile(
    r"code|implement|script|repo|tool|framework|pipeline|librar|software|resource|open[- ]?sourc|"
    r"page|website|github|platform|package|material|work|demo|method|project"
)
"""What stands in a sentence whose address may be that of code."""
_CODE_AT = re.compile(rf"\b{_THING}")
_TO_COME = re.compile(
    rf"\b{_THING}[^.;:]{{0,40}}?\bwill be (?:\w+ ){{0,3}}?"
    r"(?:released|published|open[- ]?sourced|available)"
    r"(?: (?:soon|shortly|later|upon \w+))?(?=[.,;]|$)"
    rf"|\bwill (?:\w+ )?(?:make|release|publish|share|open[- ]?source)\s{_WORD}{{0,8}}?{_THING}"
    r"[^.;:]{0,60}(?=\.$|\. |;|$)"
)
"""What says that code will come, and not where: an address in its sentence is another one."""


def code(paper: Paper, found: Sequence[Link]) -> Code:
    """Whether a paper's code is linked, promised, or neither, given its links.

    `linked`: there is a repository, or another address in a sentence about code. `promised`: the
    paper says, without an address, that its code is or will be open.
    """
    repository = next((one for one in found if one.kind == "code" and not _holds_other(one)), None)
    said = repository or next((link for link in found if _is_said_to_hold_code(link)), None)
    if said:
        sure = 0.98 if repository else 0.93
        return Code(
            "linked", said.url, said.sentence, said.found_in, said.span_start, said.span_end, sure
        )
    promised = _promised(paper.abstract or "")
    if promised is None:
        return _NO_CODE
    behind = next((one for one in found if _is_right_behind(one, promised, paper)), None)
    if behind is None:
        return promised
    return promised._replace(code="linked", code_url=behind.url)


def _is_right_behind(link: Link, promised: Code, paper: Paper) -> bool:
    """Whether an address follows the sentence that says there is code: "... . (https://...)"."""
    if link.found_in != "abstract" or promised.span_end is None:
        return False
    between = (paper.abstract or "")[promised.span_end : link.span_start]
    return _RIGHT_BEHIND.fullmatch(between) is not None


def _holds_other(link: Link) -> bool:
    """Whether a repository in a text holds, by its sentence, data, models or a list of papers."""
    if link.sentence is None:
        return False
    said = _AN_ADDRESS.sub("", folded(link.sentence))
    if not has_one(said, _CODE_ITSELF) and (_AWESOME in link.url_key or _LISTS_PAPERS.search(said)):
        return True
    return _IS_DATA.search(said) is not None and _MAY_BE_CODE.search(said) is None


def _is_said_to_hold_code(link: Link) -> bool:
    is_other = link.kind == "paper" or link.host in VIDEO_HOSTS
    said = folded(link.sentence or "")
    if is_other or (link.kind == "code" and _holds_other(link)) or _TO_COME.search(said):
        return False
    return bool(_CODE_AT.search(said) or _OPENS_TOOL.search(said))


def _promised(text: str) -> Code | None:
    """The first sentence that says there is or will be code, without a negation."""
    coded, opened, is_tool = [], [], False
    for number, start, _ in _SEARCH.matches(text):
        if number < _N_CODE:
            coded.append(start - 1)
        elif number < _N_PLACED:
            opened.append(start - 1)
        else:
            is_tool = True
    if not (opened or coded):
        return None
    read_to = 0
    for place in sorted(coded + opened if is_tool else coded):
        if place < read_to:
            continue
        start, read_to = sentence_span(text, place, place + 1)
        match = _said(folded(text[start:read_to]), is_tool=is_tool)
        if match:
            span = (start + match.start(), start + match.end())
            return Code("promised", None, text[start:read_to].strip(), "abstract", *span, 0.9)
    return None


def _said(sentence: str, *, is_tool: bool) -> re.Match[str] | None:
    """What a sentence in small letters says of open code or an open tool, without a negation."""
    if not has_one(sentence, _SHARING):
        return None
    match = _SAYS_CODE.search(sentence) if has_one(sentence, _CODE_WORDS) else None
    if match is None and is_tool and has_one(sentence, _TOOL_WORDS):
        match = _SAYS_TOOL.search(sentence)
    if match is None and has_one(sentence, _WHOLE):
        match = _SAYS_ALL.search(sentence)
    return None if match is None or _NOT_SHARED.search(sentence) else match
