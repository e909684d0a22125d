"""How a claim qualifies its number: "up to", "over", "about"; from the words right beside it."""

import re

from tasks.derive.clauses import Part
from tasks.derive.words import folded

_BEFORE = re.compile(
    r"(?:^|\s|\()(?:(?P<up_to>up ?to|as much as|at most|a maximum of|maximum)|"
    r"(?P<at_least>at least|no less than)|"
    r"(?P<over>over|more than|exceeding|above|>)|"
    r"(?P<about>about|around|approximately|roughly|nearly|almost|close to)|"
    r"(?P<average>average|an average|mean)|(?P<absolute>absolute)|(?P<relative>relative))"
    r"(?:\s(?:of|an?|the|by|increase|improvement|gain|reduction|performance))*\s?[(~$+\\-]*(?:sim)?\s?$"
)
_SIGNS = re.compile(r"(?:~|\\?sim|≈|\\approx)\s?[+$]?\s?$")
_BEHIND = re.compile(r"\s?(?:\w+\s)?(?P<name>average|mean|absolute|relative(?! to))(?:ly)?\b")
_NAMES = {"mean": "average"}


def qualifier(text: str, part: Part) -> str | None:
    """The qualifier of a number, from its part of a clause."""
    before = folded(text[max(part.begin, part.start - 30) : part.start])
    if _SIGNS.search(before):
        return "about"
    found = _BEFORE.search(before)
    if found and found.lastgroup:
        return found.lastgroup.replace("_", " ")
    behind = _BEHIND.match(folded(text[part.end : part.end + 24]))
    return _NAMES.get(behind["name"], behind["name"]) if behind else None
