"""The words in which a sentence says that code or a tool is open, or will be.

It says so in one of a few ways: the code *is* open ("the code is available"), somebody *opens* it
("we release our code"), it is *to come* ("code coming soon"), or a tool is named as open on the way
("our open-source toolkit"). All patterns read small letters.
"""

import re

from tasks.derive.search import SMALL, Phrases
from tasks.derive.words import has_one

_WORD = r"(?:[\w'’/&()*.\"“”`\\{}$-]{1,30}+(?:,\d{3})?[,:]?\s)"
_PLAIN = rf"(?:(?!(?:of|with|than|using|over|against|across|like)\s){_WORD})"
"""A word that does not lead to another thing: "a survey of open-source tools"."""
_OWN = (
    r"(?:(?:our|the|all|its|both|full|source|codes?|training|inference|evaluation|along with)\b|"
    r"(?:models?|(?:model )?weights|checkpoints|data ?sets?|data),|[\w-]{2,30}['’]s\s)"
)
"""What begins the list of what is opened, so that it is the paper's own."""
CODE = (
    r"(?=code|source|impl|script|repo|noteb)(?<!for which )"
    r"(?<!their )(?<!their source )(?<!whose )(?<!whose source )(?<!the released )(?<!links to )"
    r"(?:(?:source[ -])?codes?|code ?bases?|implementations?(?! of)|scripts|notebooks|"
    r"repository|repo)\b"
    r"(?!\s(?:generation|review|completion|models?|llms?|language|reasoning|tasks?|problems?|edit\w*|"
    r"snippets?|understanding|translation|repair|search|interpreter|execution|agents?|benchmarks?|"
    r"intelligence)\b)"
)
"""Code by whatever name: not that of others, and not as the subject of a task."""
_TOOL = (
    r"(?:toolkit|tool ?box|tool(?!s? (?:use|usage|call|learning))|library|libraries|pipeline|"
    r"environment|simulator|evaluation suite|framework|platform|code ?base|software|package|"
    r"trainer|compiler|kernel|harness|engine|infrastructure|stack|add-on|plug-?in|"
    r"(?:whole|entire|full) system)s?\b"
)
"""What is code without being called so."""
_IS = r"(?:is|are|be|been|was|were)\s(?!(?:trained|built|based|tested|evaluated|written)\b)"
"""A form of "to be" that may lead to what follows."""
_SHARED = (
    r"(?:available|(?:open-)?released?|open[- ]?sourced?|opened|public|publicly|published?|"
    r"accessible|openly[- ]accessed|provided|shared|found|hosted|online|accessed|open[- ]access|"
    r"(?:archived|included|attached) (?:in|on|to|as|with))\b"
)
"""What is said of code that can be had."""
_OPENED = (
    r"(?:(?:publicly|freely|openly) (?:available|released|accessible)|(?:fully )?open[- ]?sourced?|"
    r"open[- ]access|released|provided|free software)\b"
)
"""The same of a tool, where more has to be said: a tool may be "available" to others."""
_ON_ITS_HOST = r"(?:github|gitlab|hugging ?face|zenodo|pypi|cran|conda|npm)\d?\b"
_SOON = (
    r"(?:(?:is |are )?(?:coming|to come|forthcoming|to be (?:released|published))|"
    r"will (?:follow|be (?:released|published|shared|available|public)))\b"
)
"""What is said of code that will be had."""
_CODE_IS_OPEN = (
    rf"\b{CODE}(?:"
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
    rf"|^{CODE}: \["
    rf"|\bopen[- ]access(?:ible)? (?:\w+ and )?{CODE}"
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
    rf"\b(?:releas(?:e|es|ing)|{_BY_US}released)\s{_WORD}{{0,24}}?{CODE}"
    r"|\b(?:open[- ]?sourc(?:e|es|ed|ing)|publish|shar(?:e|es|ing)|provid(?:e|es|ing)|publicize|"
    rf"open(?:ing)?(?: up)?(?! source))\s(?:not only )?(?={_OWN}){_WORD}{{0,24}}?{CODE}"
    rf"|\bprovides? (?:an? {_WORD}{{0,3}}?implementations?\b|{_PLAIN}{{0,5}}?code (?=for|to))"
    rf"|\b(?:make|making|made)\s{_WORD}{{0,9}}?{CODE},?\s{_WORD}{{0,8}}?{_SHARED}"
    r"|\b(?:make|making|made) (?:(?:publicly|openly|freely) (?:available|accessible)|public)\s"
    rf"{_WORD}{{0,18}}?(?:{CODE}|implementations? of\b)"
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
CODE_ITSELF = ("code", "implementation", "scripts", "notebooks")
_CODE_WORDS = (*CODE_ITSELF, "repo")
_NAMES_CODE = re.compile(
    r"\b(?:codes?|code ?bases?|implementations?|scripts|notebooks|repository|repo)\b"
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
SEARCH = Phrases((*_CODE_WORDS, *_WHOLE, *_OPENING), SMALL)
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


def said_open(sentence: str) -> re.Match[str] | None:
    """What a sentence says of open code or an open tool, and does not deny."""
    match = _asserted(_SAYS_CODE, sentence) if _may_share_code(sentence) else None
    if match is None and has_one(sentence, _OPENING) and has_one(sentence, _TOOL_WORDS):
        match = _asserted(_SAYS_TOOL, sentence)
    if match is None and has_one(sentence, _WHOLE):
        match = _asserted(_SAYS_ALL, sentence)
    return match


def _may_share_code(said: str) -> bool:
    """Whether a sentence has words for code and for sharing it: a glance before patterns."""
    return has_one(said, _CODE_WORDS) and has_one(said, _SHARING) and bool(_NAMES_CODE.search(said))


def names_open_tool(said: str) -> bool:
    """Whether what is said of an address names a tool that is open."""
    if not has_one(said, _OPENING):
        return False
    is_open = has_one(said, _TOOL_WORDS) and _SAYS_TOOL.search(said) is not None
    return is_open or _OPENS_AT.search(said) is not None


def last_clause(said: str) -> str:
    """The last clause of a sentence that ends here: what stands behind its last mark."""
    return _CLAUSES.split(said)[-1]


def _asserted(pattern: re.Pattern[str], sentence: str) -> re.Match[str] | None:
    """The first match of a pattern that its sentence does not deny."""
    match = pattern.search(sentence)
    while match and _is_denied(sentence, match):
        match = pattern.search(sentence, match.start() + 1)
    return match


def _is_denied(sentence: str, match: re.Match[str]) -> bool:
    """Whether the clauses around what is said deny it: "we do not release the code"."""
    before = last_clause(sentence[: match.start()])
    behind = _CLAUSES.split(sentence[match.end() :], maxsplit=1)[0]
    return _NOT_SHARED.search(f"{before}{match[0]}{behind}") is not None
