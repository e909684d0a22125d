"""Whether a paper links its code, promises it, or neither.

An address is that of code by its host or by what its own clause says. Without one, a sentence that
says that code is or will be open (`openness.py`) promises it. Code is also what is no more than
called a tool, a framework or a package; data, models and lists of papers are none.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tasks.derive.links import Link
from tasks.derive.openness import (
    CODE,
    CODE_ITSELF,
    SEARCH,
    last_clause,
    names_open_tool,
    said_open,
)
from tasks.derive.paper import Paper, sentence_span
from tasks.derive.urls import VIDEO_HOSTS
from tasks.derive.words import folded, has_one


class Code(NamedTuple):
    """Whether there is code, and the evidence; the fields are columns of derived.paper_facts."""

    code: str
    code_url: str | None
    sentence: str | None
    found_in: str | None
    span_start: int | None
    span_end: int | None
    confidence: float


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
_DATA_ENDS = ("/dataset", "/data", "-dataset", "-data")
"""What repositories of data alone are called."""
_LINKS_TO_CODE = re.compile(r"\blinks to (?:\w+ )?code\b")
_IS_DATA = re.compile(
    r"\b(?:data ?sets?|data|models?|benchmarks?|weights|checkpoints|corpus|corpora|leaderboard|"
    r"[a-z]{0,3}lm{1,2}s)\b"
)
_MAY_BE_CODE = re.compile(
    r"code|implement|script|repo|tool|framework|pipeline|librar|software|resource|open[- ]?sourc|"
    r"page|website|github|platform|package|material|work|demo|method|project|harness|cran|pypi"
)
"""What stands in a sentence whose address may be that of code."""
_CODE_AT = re.compile(rf"\b{CODE}")
_NEXT_CLAUSE = re.compile(
    r";\s|,\s(?:and|while|but|whereas)\s(?=[^,;]{0,60}\b(?:will|is|are|has|have|can)\b)"
    r"|\sand\s(?=(?:the|our|its|all)\s[^,;]{0,40}\bwill\b|we (?:also )?provide\b)"
)
"""What begins another clause of a sentence."""
_BEHIND_DATA = re.compile(
    r"(?:^|[,;:]\s)(?:(?!\b(?:code|implementation|scripts|repository)\b)[^,;:])*\b"
    r"(?:data ?sets?|data|models?|weights|checkpoints|benchmark)\s\($"
)
"""What stands before the brackets in which an address of data stands."""
_A_THING = re.compile(
    r"\b(?:code|implementation|script|repository|data ?set|data\b|model|weights|checkpoint|"
    r"benchmark|sample|video|demo|example|result|page|site|list|librar|tool|framework)"
)
"""Nouns of what is at an address; a clause without one tells no more than the one before it."""
_A_VERB = re.compile(r"\b(?:is|are|was|were|be|has|have|can|will|we)\b")
"""A clause has one; "our code, data" before "and models are at" is none."""
_TO_COME = re.compile(
    rf"\b{CODE}[^.;:]{{0,40}}?\bwill be (?:\w+ ){{0,3}}?"
    r"(?:released|published|open[- ]?sourced|available)"
    r"(?: (?:soon|shortly|later|upon \w+))?(?=[.,;]|$)"
    r"|\bwill (?:\w+ )?(?:make|release|publish|share|open[- ]?source)\s(?:\S{1,30}\s){0,8}?"
    rf"{CODE}"
    r"[^.;:]{0,60}(?=\.$|\. |;|$)"
)
"""What says that code will come, and not where: an address in its sentence is another one."""


def code(paper: Paper, found: Sequence[Link]) -> Code:
    """Whether a paper's code is linked, promised, or neither, given its links.

    `linked`: there is a repository, or another address in a sentence about code. `promised`: the
    paper says, without an address, that its code is or will be open.
    """
    repository = next((one for one in found if _is_repository(one, paper)), None)
    linked = repository or next((one for one in found if _holds_code(one, paper)), None)
    if linked:
        sure = 0.98 if repository else 0.93
        span = (linked.span_start, linked.span_end)
        return Code("linked", linked.url, linked.sentence, linked.found_in, *span, sure)
    promised = _promised(paper.abstract or "")
    if promised is None:
        return _NO_CODE
    behind = next((one for one in found if _is_right_behind(one, promised, paper)), None)
    if behind is None:
        return promised
    return promised._replace(code="linked", code_url=behind.url)


def _told_at(link: Link, paper: Paper) -> str:
    """What is said of an address: the clause around it, in small letters, behind the address
    before it; of one in a field, nothing."""
    if link.sentence is None:
        return ""
    text = paper.title if link.found_in == "title" else paper.abstract or ""
    start, end = sentence_span(text, link.span_start, link.span_end)
    said, place = folded(text[start:end]), link.span_start - start
    before = said[:place]
    for other in _AN_ADDRESS.finditer(before):
        begin = other.end()
        before = said[begin:place] if _A_THING.search(said, begin, place) else before
    if before.endswith("(") and _BEHIND_DATA.search(before):
        return last_clause(before)
    last = _NEXT_CLAUSE.search(said, place)
    told = before + said[place : last.start() if last else len(said)]
    for parted in reversed(list(_NEXT_CLAUSE.finditer(before))):
        is_own = _A_THING.search(before, parted.end())
        if is_own and _A_VERB.search(before, 0, parted.start()):
            return told[parted.end() :]
    return told


def _is_right_behind(link: Link, promised: Code, paper: Paper) -> bool:
    """Whether an address follows the sentence that says there is code: "... . (https://...)"."""
    if link.found_in != "abstract" or promised.span_end is None:
        return False
    between = (paper.abstract or "")[promised.span_end : link.span_start]
    return _RIGHT_BEHIND.fullmatch(between) is not None


def _is_repository(link: Link, paper: Paper) -> bool:
    """Whether an address is that of a repository, and of code by what is said of it."""
    return link.kind == "code" and not _holds_other(link, _told_at(link, paper))


def _holds_other(link: Link, said: str) -> bool:
    """Whether a repository in a text holds, by what is said, data, models or a list of papers."""
    if not said:
        return False
    told = _LINKS_TO_CODE.sub("", _AN_ADDRESS.sub("", said))
    is_data = link.url_key.endswith(_DATA_ENDS) and not has_one(told, CODE_ITSELF)
    is_list = _AWESOME in link.url_key or _LISTS_PAPERS.search(told) is not None
    if is_data or (is_list and not has_one(told, CODE_ITSELF)):
        return True
    return _IS_DATA.search(told) is not None and _MAY_BE_CODE.search(told) is None


def _holds_code(link: Link, paper: Paper) -> bool:
    """Whether an address that is no repository is, by what is said of it, that of the code."""
    if link.kind in ("paper", "code") or link.host in VIDEO_HOSTS:
        return False
    said = _told_at(link, paper)
    if not said or _TO_COME.search(said):
        return False
    told = _AN_ADDRESS.sub("", said)
    return _CODE_AT.search(told) is not None or names_open_tool(told)


def _promised(text: str) -> Code | None:
    """The first sentence that says there is or will be code, without a negation."""
    end = 0
    for _, place, _ in SEARCH.matches(text):
        if place <= end:
            continue
        start, end = sentence_span(text, place - 1, place)
        match = said_open(folded(text[start:end]))
        if match:
            span = (start + match.start(), start + match.end())
            return Code("promised", None, text[start:end].strip(), "abstract", *span, 0.9)
    return None
