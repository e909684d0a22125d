"""Whether a paper links its code, promises it, or neither.

A sentence speaks of code that is open in one of a few ways: the code *is* open ("the code is
available"), somebody *opens* it ("we release our code"), it is still *to come* ("code coming
soon"), or it is named as open on the way ("our open-source toolkit"). Code is also what is no more
than called a tool, a framework or a package; data, models and lists of papers are none.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tasks.derive.links import Link
from tasks.derive.paper import Paper, sentence_span
from tasks.derive.search import SMALL, Phrases
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


_WORD = r"(?:[\w'’/&()*.\"“”`\\{}$-]{1,30}+(?:,\d{3})?[,:]?\s)"
_PLAIN = rf"(?:(?!(?:of|with|than|using|over|against|across|like)\s){_WORD})"
"""A word that does not lead to another thing: "a survey of open-source tools"."""
_OWN = (
    r"(?:(?:our|the|all|its|both|full|source|codes?|training|inference|evaluation|along with)\b|"
    r"(?:models?|(?:model )?weights|checkpoints|data ?sets?|data),|[\w-]{2,30}['’]s\s)"
)
_CODE = (
    r"(?=code|source|impl|script|repo|noteb)(?<!for which )"
    r"(?<!their )(?<!their source )(?<!whose )(?<!whose source )(?<!the released )(?<!links to )"
    r"(?:(?:source[ -])?codes?|code ?bases?|implementations?(?! of)|scripts|notebooks|"
    r"repository|repo)\b(?!\s(?:generation|review|completion|models?|llms?|language|reasoning|tasks?|problems?|edit\w*|"
    r"snippets?|understanding|translation|repair|search|interpreter|execution|agents?|benchmarks?|"
    r"intelligence)\b)"
)
_TOOL = (
    r"(?:toolkit|tool ?box|tool(?!s? (?:use|usage|call|learning))|library|libraries|pipeline|"
    r"environment|simulator|evaluation suite|framework|platform|code ?base|software|package|"
    r"trainer|compiler|kernel|harness|engine|infrastructure|stack|add-on|plug-?in|"
    r"(?:whole|entire|full) system)s?\b"
)
_IS = r"(?:is|are|be|been|was|were)\s(?!(?:trained|built|based|tested|evaluated|written)\b)"
_SHARED = (
    r"(?:available|(?:open-)?released?|open[- ]?sourced?|opened|public|publicly|published?|"
    r"accessible|openly[- ]accessed|provided|shared|found|hosted|online|accessed|open[- ]access|"
    r"(?:archived|included|attached) (?:in|on|to|as|with))\b"
)
_OPENED = (
    r"(?:(?:publicly|freely|openly) (?:available|released|accessible)|(?:fully )?open[- ]?sourced?|"
    r"open[- ]access|released|provided|free software)\b"
)
_ON_ITS_HOST = r"(?:github|gitlab|hugging ?face|zenodo|pypi|cran|conda|npm)\d?\b"
_SOON = (
    r"(?:(?:is |are )?(?:coming|to come|forthcoming|to be (?:released|published))|"
    r"will (?:follow|be (?:released|published|shared|available|public)))\b"
)
_CODE_IS_OPEN = (
    rf"\b{_CODE}(?:"
    rf"[,:*}}]{{0,4}}\s{_WORD}{{0,12}}?(?:{_IS}|at\s){_WORD}{{0,4}}?{_SHARED}"
    r"|[^.\w]{0,3}(?:and \w{1,20} )?(?:upon|after|on) (?:acceptance|publication)"
    r"|(?:,? and \w{1,20}|, \w{1,20},? and \w{1,20})? (?:all )?(?:available|released|here)\b"
    rf"|(?: and \w{{1,20}})?\W{{1,4}}{_SOON}"
    rf"|\s(?:is |are )?(?:on|via|through)\s{_ON_ITS_HOST}"
    r"|\s(?:is |are )(?:on|in|at)\s(?:our|the|this)\s(?:\w+\s){0,2}?"
    r"(?:web ?|home)?(?:page|site|supplement(?:s|ary)?)\b"
    rf"|\s{_WORD}{{0,6}}?accompan(?:y|ies) (?:this|the|our) (?:paper|article|submission)"
    r"|,? (?:that|which) we (?:\w+ )?(?:release|publish|share|open[- ]?source|provide)\b"
    r")"
    rf"|^{_CODE}: \["
    rf"|\bopen[- ]access(?:ible)? (?:\w+ and )?{_CODE}"
    rf"|\bimplementations? of\s{_WORD}{{1,10}}?(?:{_IS}(?:made )?(?:publicly |openly |freely )?"
    r"(?:available|released|open[- ]?sourced?|provided)|"
    r"which we (?:release|share|open[- ]source))\b"
    rf"|\bwhose code (?:we|will)\s{_WORD}{{0,4}}?{_SHARED}"
)
"""The code is open, or will be: "code and data are available", "code coming soon"."""
_BY_US = (
    r"(?:^|(?<=we )|(?<=and )|(?<=[ha][av]e )|(?<=as )|(?<=is )|(?<=re )|(?<=be )|(?<=en )|"
    r"(?<=ly )|(?<=so ))"
)
"""What stands before "released" where it is no adjective: "we have also released"."""
_CODE_IS_OPENED = (
    rf"\b(?:releas(?:e|es|ing)|{_BY_US}released)\s{_WORD}{{0,24}}?{_CODE}"
    r"|\b(?:open[- ]?sourc(?:e|es|ed|ing)|publish|shar(?:e|es|ing)|provid(?:e|es|ing)|publicize|"
    rf"open(?:ing)?(?: up)?(?! source))\s(?:not only )?(?={_OWN}){_WORD}{{0,24}}?{_CODE}"
    rf"|\bprovides? (?:an? {_WORD}{{0,3}}?implementations?\b|{_PLAIN}{{0,5}}?code (?=for|to))"
    rf"|\b(?:make|making|made)\s{_WORD}{{0,9}}?{_CODE},?\s{_WORD}{{0,8}}?{_SHARED}"
    r"|\b(?:make|making|made) (?:(?:publicly|openly|freely) (?:available|accessible)|public)\s"
    rf"{_WORD}{{0,18}}?(?:{_CODE}|implementations? of\b)"
)
"""Somebody opens the code: "we release our code"."""
_OPEN = r"open[- ]?sourced?,?\s"
_OPEN_CODE = (
    rf"\b(?:our|the first|provide|release|present) (?:fully )?{_OPEN}{_WORD}{{0,2}}?"
    r"implementations?\b"
)
_SAYS_CODE = re.compile(f"{_CODE_IS_OPEN}|{_CODE_IS_OPENED}|{_OPEN_CODE}")
_IS_NAMED_OPEN = (
    rf"\b(?:introduc|present|propos|releas|develop|build|contribut|describ)\w{{0,4}}\s{_PLAIN}{{0,9}}?"
    rf"{_OPEN}{_WORD}{{0,4}}?(?:{_TOOL}|systems?\b)"
    rf"|\bas an? {_OPEN}{_WORD}{{0,3}}?{_TOOL}|\bas open[- ]source software\b"
    rf"|^[^\s,]{{2,30}} is an? {_WORD}{{0,2}}?{_OPEN}{_WORD}{{0,4}}?{_TOOL}"
    rf"|\ban {_OPEN}release of the {_WORD}{{1,4}}?(?:accompanies|is|will)\b"
    rf"|\bour {_OPEN}{_WORD}{{0,3}}?{_TOOL}"
    rf"|\((?:i{{1,3}}|iv|v|[1-5a-e])\)\s(?:and )?an? {_OPEN}{_WORD}{{0,3}}?{_TOOL}"
)
_TOOL_IS_OPEN = (
    rf"\b{_TOOL}(?:"
    rf"(?:,|\s)\s?{_WORD}{{0,12}}?{_IS}{_WORD}{{0,3}}?{_OPENED}"
    rf"|,?\s{_WORD}{{0,8}}?(?:(?:is|are) (?:available )?|available )(?:on|at|via|through|from) "
    rf"(?:[\w ]{{1,24}} and )?{_ON_ITS_HOST}"
    rf"|,? {_WORD}{{0,6}}?(?:released|available|distributed) (?:under|as free software)\b"
    r"|\s(?:is|are) [\w.-]{2,20}[- ]licensed\b"
    r")"
    rf"|^released under (?:the|an?) {_WORD}{{0,4}}?licen[cs]e, [^.]{{2,40}} (?:project|{_TOOL})"
    rf"|\bavailable as an? {_WORD}{{0,3}}?{_TOOL}"
    r"|\bour (?!models?|data|benchmark|weights|corpus)[\w-]+ (?:is|are|will be) open[- ]?sourced?\b"
    r"|\bis (?:released as )?free software\b|\b(?:pip|npm|conda) install\b"
)
_TOOL_IS_OPENED = (
    r"\b(?:open[- ]?sourc|releas)\w{1,3}\s(?:"
    rf"(?:our|the|all|an?)\s{_WORD}{{0,5}}?{_TOOL}"
    rf"|[^\s,]{{2,30}}+, (?:our|the|an?)\s{_WORD}{{0,4}}?{_TOOL}"
    rf"|{_WORD}{{0,30}}?(?:along|together) with (?:an?|our|the|its)\s{_WORD}{{0,4}}?{_TOOL}"
    rf"|{_WORD}{{1,3}}?as an? {_WORD}{{0,4}}?{_TOOL}"
    r")"
    r"|\bmak(?:e|es|ing) (?:(?:it|them) (?:publicly |freely |openly )?available\b|"
    rf"{_WORD}{{0,5}}?{_TOOL} (?:publicly |freely |openly )?(?:available|public)\b)"
)
_SAYS_TOOL = re.compile(f"{_IS_NAMED_OPEN}|{_TOOL_IS_OPEN}|{_TOOL_IS_OPENED}")
"""A tool is open: "we open-source our framework"; data and models are none."""
_NO_CODE_OF = (
    r"(?!\s(?:\S+\s){0,3}?(?:models?|m?llms?|vlms?|data ?sets?|data|weights|corpus|checkpoints)\b)"
)
_SAYS_ALL = re.compile(
    rf"\bfully open[- ]?sourced?\b{_NO_CODE_OF}"
    r"|\bmake it (?:publicly|openly) available upon (?:acceptance|publication)\b"
    r"|\breleas(?:e|ed|ing) [\w-]{2,30} as open[- ]source\b"
)
"""Something is open as a whole: "we fully open-source FernSim"."""
_CODE_ITSELF = ("code", "implementation", "scripts", "notebooks")
_NAMES_CODE = re.compile(
    r"\b(?:codes?|code ?bases?|implementations?|scripts|notebooks|"
    r"repository|repo)\b"
)
_TOOL_WORDS = (
    "framework", "pipeline", "tool", "librar", "environment", "simulator", "suite", "platform",
    "codebase", "code base", "software", "package", "trainer", "compiler", "kernel", "harness",
    "solver", "engine", "infrastructure", "stack", "project", "add-on", "plugin", "plug-in",
    "system", " install",
)  # fmt: skip
_OPENING = (
    "releas", "publicly", "open-sourc", "open sourc", "opensourc", "on github", "and github",
    "freely", "licen", "free software", "on pypi", "on cran", " install ", "make it available",
    "open access", "open-access",
)  # fmt: skip
_WHOLE = ("fully open-sourc", "fully open sourc", "make it publicly", "make it openly", " as open")
_SEARCH = Phrases((*_CODE_ITSELF, "repo", *_WHOLE, *_OPENING), SMALL)
"""Every sentence that says that something is open has one of these."""
_OPENS_AT = re.compile(
    rf"\b(?:open[- ]?sourc|releas)\w{{1,3}}\s(?:{_WORD}){{0,6}}?(?:{_TOOL}|training recipes\b)"
)
"""What opens a tool in a sentence that has an address."""
_SHARING = (
    "availab", "releas", "open", "publi", "access", "provid", "shar", "found", "host", "online",
    "github", "upon", "after", "on accept", "here", "page", "site", "coming", "follow", ": [",
    "archiv", "includ", "attach", "accompan", "licen", "free software", "install", "pypi", "cran",
)  # fmt: skip
"""Every sentence that shares code has one of these."""
_NOT_SHARED = re.compile(
    r"\b(?:not(?! only| just| merely)|cannot|can['’]t|won['’]t|isn['’]t|aren['’]t|never|without|"
    r"unable|rarely|seldom|no longer|nor|neither|rather than|instead of|closed)\b"
    r"|\bno (?:source )?(?:code|implementation)"
)
_CLAUSES = re.compile(r"[,;:]\s")
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
_CODE_AT = re.compile(rf"\b{_CODE}")
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
    rf"\b{_CODE}[^.;:]{{0,40}}?\bwill be (?:\w+ ){{0,3}}?"
    r"(?:released|published|open[- ]?sourced|available)"
    r"(?: (?:soon|shortly|later|upon \w+))?(?=[.,;]|$)"
    rf"|\bwill (?:\w+ )?(?:make|release|publish|share|open[- ]?source)\s{_WORD}{{0,8}}?{_CODE}"
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
    """What is said of an address: the clause around it, in small letters; of a field, nothing."""
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
        return _CLAUSES.split(before)[-1]
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
    is_data = link.url_key.endswith(_DATA_ENDS) and not has_one(told, _CODE_ITSELF)
    is_list = _AWESOME in link.url_key or _LISTS_PAPERS.search(told) is not None
    if is_data or (is_list and not has_one(told, _CODE_ITSELF)):
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
    if _CODE_AT.search(told):
        return True
    if not has_one(told, _OPENING):
        return False
    is_tool = has_one(told, _TOOL_WORDS) and _SAYS_TOOL.search(told) is not None
    return is_tool or _OPENS_AT.search(told) is not None


def _promised(text: str) -> Code | None:
    """The first sentence that says there is or will be code, without a negation."""
    end = 0
    for _, place, _ in _SEARCH.matches(text):
        if place <= end:
            continue
        start, end = sentence_span(text, place - 1, place)
        match = _said(folded(text[start:end]))
        if match:
            span = (start + match.start(), start + match.end())
            return Code("promised", None, text[start:end].strip(), "abstract", *span, 0.9)
    return None


def _said(sentence: str) -> re.Match[str] | None:
    """What a sentence in small letters says of open code or an open tool, without a negation."""
    if not has_one(sentence, _SHARING):
        return None
    match = _asserted(_SAYS_CODE, sentence) if _NAMES_CODE.search(sentence) else None
    if match is None and has_one(sentence, _OPENING) and has_one(sentence, _TOOL_WORDS):
        match = _asserted(_SAYS_TOOL, sentence)
    if match is None and has_one(sentence, _WHOLE):
        match = _asserted(_SAYS_ALL, sentence)
    return match


def _asserted(pattern: re.Pattern[str], sentence: str) -> re.Match[str] | None:
    """The first match of a pattern that its sentence does not deny."""
    match = pattern.search(sentence)
    while match and _is_denied(sentence, match):
        match = pattern.search(sentence, match.start() + 1)
    return match


def _is_denied(sentence: str, match: re.Match[str]) -> bool:
    """Whether the clauses around what is said deny it: "we do not release the code"."""
    before = _CLAUSES.split(sentence[: match.start()])[-1]
    behind = _CLAUSES.split(sentence[match.end() :], maxsplit=1)[0]
    return _NOT_SHARED.search(f"{before}{match[0]}{behind}") is not None
