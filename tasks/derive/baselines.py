"""What a claimed change is measured against, as printed: from the number's own clause."""

import re
from collections.abc import Sequence

from tasks.derive.clauses import BETWEEN_TWO, Part
from tasks.derive.words import folded

_BASELINE = re.compile(
    r"\b(?:compared (?:to|with)|relative to|in comparison (?:to|with)|versus|vs\.?|"
    r"(?<![Rr]ather )than|(?<![Aa]veraged )over|against|"
    r"outperform\w*|surpass\w*|exceed\w*|beat\w*)\s(?:the |its |our |an? )?"
    r"(?P<what>[^,;()]{2,80}?)"
    r"(?=\s(?:by|on|in|with|while|and|at|for|across|when|without|using|of|to|under)\b|[,;()]|\.(?:\s|$)|$"
    r"|(?<!that)(?<!which)(?<!who)\s(?:is|are|was|were|has|have|had|do|does|did|can|cannot|could|"
    r"will|would|may|might|should|must|remains?|disappears?|vanish(?:es)?)\b)"
)
"""A baseline ends before the verb of the sentence, but not before that of "models that are"."""
_NOT_ONE = re.compile(
    r"^(?:\d|\\|\$|all\b|both\b|a wide|wide\b|multiple|time\b|by\b|up to|more\b|half\b|an average|"
    r"(?:it|them|this|that|these|those|an?|the|course|range)$)"
    r"|\b(?:runs|seeds|trials|iterations|epochs|horizons?|turns|months?|weeks?|days?|years?|deployment|"
    r"range|sizes)$"
)
_CLOSES = re.compile(r"[^()]*\)(?=,(?! (?:outperform|surpass|exceed|beat)ing))")
"""Up to the end of the brackets that a number stands in, where something else follows."""
_RESPECTIVELY = re.compile(
    r"\b(?:over|than|compared (?:to|with)|against|versus)\s(?:the )?(?P<names>(?:(?!\d[\d.]*(?:%|"
    r"x)|\bwhile\b)[^;()]){3,120}?),?\srespectively"
)


def baselines(text: str, first: int, last: int, parts: Sequence[Part]) -> list[str | None]:
    """The baseline of each number of a sentence, from its part of a clause; None if not stated."""
    shared = _in_turn(text[first:last], len(parts)) if len(parts) > 1 else None
    if shared:
        return shared
    return [_own(text, part) for part in parts]


def _own(text: str, part: Part) -> str | None:
    """The baseline in a number's part of a clause: what it beats by so much, else what follows.

    What follows a bracket and a comma tells of something else: "over A (+4%), and outperforms B".
    """
    before = list(_BASELINE.finditer(text[max(part.begin, part.start - 120) : part.start]))
    if before and before[-1][0][0] in "oseb" and before[-1][0].split()[0] != "over":
        return _what(before[-1])
    following = text[part.end : min(part.finish, part.end + 160)]
    closed = _CLOSES.match(following)
    following = closed[0] if closed else following
    behind = _BASELINE.search(following)
    if behind and (what := _what(behind)):
        return what
    is_one = bool(before) and not before[-1][0].startswith("against")
    return _what(before[-1]) if is_one else None


def _in_turn(sentence: str, n_numbers: int) -> list[str | None] | None:
    """The baselines of "4% and 9% over A and B, respectively", one for each number."""
    match = _RESPECTIVELY.search(folded(sentence))
    if match is None:
        return None
    names = BETWEEN_TWO.split(sentence[slice(*match.span("names"))])
    return list(names) if len(names) == n_numbers else [None] * n_numbers


def _what(found: re.Match[str]) -> str | None:
    what = found["what"].strip()
    return None if _NOT_ONE.search(what) else what
