"""Changes a paper claims in numbers: "3x faster", "from 40.1 to 52.3", "by 4.5 points".

A number is a claim only beside words of change. Plain scores, sizes, ranges of sizes, dates and
resolutions are not; nor is it said anywhere that a claim is true.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasks.derive.metrics import metric_near
from tasks.derive.paper import Paper, sentence_at

VERSION = "claims/1"


class Claim(NamedTuple):
    """A claim and where it stands; the fields are columns of derived.paper_claims."""

    kind: str
    value: float | None
    value_low: float | None
    value_high: float | None
    value_from: float | None
    value_to: float | None
    unit: str | None
    qualifier: str | None
    metric: str | None
    direction: str | None
    baseline: str | None
    sentence: str
    found_in: str
    span_start: int
    span_end: int
    confidence: float


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,9}(?:\.\d{1,6})?"
_UNIT = (
    r"\s?\\?%|\s?percent(?:age points?)?\b|\s?(?:pp|pts?|points?|dB)\b|\s?[$\\{]{0,3}(?:×|\\?times\b)\$?|"
    r"\s?[xX](?![\w])|-?\s?fold\b"
)
_DIGITS = re.compile(r"\d[\d.,]*")
_MAY_BE_UNIT = re.compile(r"\s?[$\\{]{0,3}(?:[%×xX~–—-]|percent|p[tp]|point|times|fold|dB|to\s)")
_QUANTITY = re.compile(
    rf"(?P<low>{_NUMBER})(?P<unit_low>{_UNIT})?"
    rf"(?:\s?(?:[-–—~]{{1,2}}|to)\s?(?P<high>{_NUMBER})"
    rf"(?=\s?(?:\\?%|×|x\b|X\b|percent|points?|-?fold|times\b)))?"
    rf"(?P<unit>{_UNIT})?"
    rf"(?!\w|/\s?[A-Za-z]|\.\d|-(?:shot|step|bit|way|hop|layer|token|billion|million|k\b))"
)
_FROM_TO = re.compile(
    rf"from\s(?:[a-z]{{1,12}}\s){{0,2}}[~$]?(?P<from>{_NUMBER})(?P<unit_from>{_UNIT}|\s?[A-Za-z]{{1,10}}\b)?"
    rf"(?:\s\([^()]{{1,40}}\))?\s(?:down |up )?to\s(?:[a-z]{{1,12}}\s){{0,2}}[~$]?"
    rf"(?P<to>{_NUMBER})(?P<unit_to>{_UNIT}|\s?[A-Za-z]{{1,10}}\b)?"
)
_SIZES = frozenset(
    [
        "b",
        "m",
        "k",
        "t",
        "gb",
        "mb",
        "tb",
        "billion",
        "million",
        "thousand",
        "trillion",
        "b",
        "parameters",
        "gib",
    ]
)
_UP = [
    "improv",
    "increas",
    "boost",
    "gain",
    "outperform",
    "surpass",
    "exceed",
    "rais",
    "enhanc",
    "better",
    "higher",
    "more",
    "lift",
    "grow",
    "grew",
    "rise",
    "rose",
    "advanc",
    "elevat",
    "beat",
    "advantage",
    "greater",
    "larger",
    "upgrad",
    "superior",
    "ahead",
    "uplift",
    "jump",
]
_DOWN = [
    "reduc",
    "decreas",
    "drop",
    "lower",
    "cut",
    "less",
    "fewer",
    "declin",
    "shrink",
    "fall",
    "fell",
    "degrad",
    "sav",
    "decline",
    "smaller",
    "cheaper",
    "worse",
    "shorten",
    "lose",
    "loss",
    "diminish",
    "slash",
    "minimiz",
    "compress",
    "lighter",
    "deteriorat",
    "prun",
]
_FASTER = [
    "faster",
    "fast",
    "speedup",
    "speed-up",
    "speedups",
    "speed-ups",
    "speed",
    "accelerat",
    "quicker",
    "acceleration",
    "latency",
    "throughput",
    "speeds",
]
_CHANGE = re.compile(
    rf"\b(?:(?P<faster>{'|'.join(_FASTER)})|(?P<up>{'|'.join(_UP)})|(?P<down>{'|'.join(_DOWN)}))[a-z-]{{0,6}}\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s?(?:(?:absolute|relative|average|overall|net|total|additional|significant|higher|performance|"
    r"accuracy|and|or|of|in|the|a|an|more)\s){0,3}(?:(?!on|for|with|from|at|to|while|when)[a-z@0-9-]{2,16}\s){0,2}?"
    r"(?P<word>improvements?|increases?|gains?|boosts?|reductions?|decreases?|drops?|declines?|"
    r"savings?|better|higher|more|greater|larger|lower|less|fewer|smaller|cheaper|worse|"
    r"faster|quicker|speed-?ups?|accelerations?|throughput|lighter|shorter|outperform\w*|uplift|"
    r"degradation|compression|absolute|relative|efficien\w+|fast|slower|longer|deeper|data-efficien\w+)\b",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:by|of|achiev\w+|up|a|an|approximately|than)\s(?:(?:a|an|the|as|up|to|at|most|least|over|more|than|"
    r"about|around|nearly|almost|roughly|approximately|average|additional|further|margin|margins|of|only|"
    r"large|significant|substantial|impressive|remarkable|whopping|factor|absolute|relative|on|an|and|just|"
    r"mere|total|maximum|staggering|notable|striking|improvement|gain|reduction|increase|drop),?\s){0,6}[$~\\({\u2248<>]{0,3}(?:sim)?\s?$"
)
_BY_ONLY = re.compile(r"\bby\s[^.;]{0,60}$")
_QUALIFIERS = (
    ("up to", r"up to|as much as|at most|maximum"),
    ("at least", r"at least|no less than"),
    ("over", r"over|more than|exceeding|above|>"),
    ("about", r"about|around|approximately|roughly|nearly|almost|close to|~|\\sim|\\approx|\u2248"),
    ("average", r"average|mean"),
    ("absolute", r"absolute"),
    ("relative", r"relative"),
)
_QUALIFIER = [(name, re.compile(rf"(?:{words})", re.IGNORECASE)) for name, words in _QUALIFIERS]
_BASELINE = re.compile(
    r"\b(?:compared (?:to|with)|relative to|in comparison (?:to|with)|versus|vs\.?|than|over|against|"
    r"outperform\w*|surpass\w*|exceed\w*|beat\w*)\s(?:the |its |our |an? )?"
    r"(?P<what>[^,;()]{2,80}?)(?=\s(?:by|on|in|with|while|and|at|for|across|when|without|using|of|to)\b|[,;()]|\.(?:\s|$)|$)"
)
_NOT_A_BASELINE = re.compile(r"^(?:\d|\\|\$|all\b|both\b|a wide|multiple|time\b|by\b|up to)")
_NO_CHANGE = re.compile(
    r"\b(?:accounts? for|consists?|consisting|comprises?|contains?|only uses?|using only|trained on|with only|top)\s"
    r"[^.,;]{0,25}$",
    re.IGNORECASE,
)


_SCORE_OF = re.compile(
    r"\b(?:scores?|accurac\w+|rates?|performance|precision|recall|auc|f1|fid|wer|ap|map|iou|psnr|result)"
    r"\s(?:of|at|to)\s(?:[a-z]{1,12}\s){0,2}$",
    re.IGNORECASE,
)


class _Place(NamedTuple):
    """A quantity in its surroundings: what stands before and behind it in its sentence."""

    text: str
    start: int
    end: int
    before: str
    behind: str


def claims(paper: Paper) -> list[Claim]:
    """The claims of an abstract, in the order they are made."""
    text = paper.abstract or ""
    found = list(_from_tos(text))
    taken = [(claim.span_start, claim.span_end) for claim in found]
    last: Claim | None = None
    read_to = 0
    for digits in _DIGITS.finditer(text):
        start = digits.start()
        if start < read_to or not _may_change(text, *digits.span()):
            continue
        match = _QUANTITY.match(text, start)
        if match is None or any(a <= start < b for a, b in taken):
            continue
        claim = _change(text, match, last)
        if claim:
            if last and last.unit is None and claim.unit and _continues(text, last, match):
                found[-1] = last._replace(unit=claim.unit)
            found.append(claim)
            last, read_to = claim, match.end()
    return sorted(found, key=lambda claim: claim.span_start)


def _may_change(text: str, start: int, end: int) -> bool:
    """Whether a number stands by itself and has a unit behind it or a "by" before it."""
    before = text[max(0, start - 1) : start]
    if before.isalnum() or before in ("_", ".", ",", "^", "/"):
        return False
    if before in ("-", "$") and text[start - 2 : start - 1] not in (" ", "(", "~"):
        return False
    return bool(_MAY_BE_UNIT.match(text, end)) or "by " in text[max(0, start - 40) : start]


def _from_tos(text: str) -> Iterator[Claim]:
    place = text.find("from ")
    while place >= 0:
        match = _FROM_TO.match(text, place)
        claim = _from_to(text, match) if match else None
        if claim:
            yield claim
        place = text.find("from ", place + 5)


def _from_to(text: str, match: re.Match[str]) -> Claim | None:
    """A change from one value to another; a range of sizes or counts is none."""
    units = [unit.strip() for unit in (match["unit_from"], match["unit_to"]) if unit]
    if any(unit.lower() in _SIZES for unit in units):
        return None
    place = _place(text, *match.span())
    words = [m for m in _CHANGE.finditer(place.before)]
    if not words or re.search(
        r"\b(?:rang\w+|vary\w*|varies|sizes?|scales?|span\w*)\s[^.]{0,30}$", place.before
    ):
        return None
    before, after = _number(match["from"]), _number(match["to"])
    kind = "from_to"
    unit = next((_unit(unit) or unit for unit in reversed(units)), None)
    values = (None, None, None, before, after)
    return _claim(place, kind, values, unit, 0.9)


def _change(text: str, match: re.Match[str], last: Claim | None) -> Claim | None:
    """A change by a number beside words of change; None for any other number."""
    unit = _unit(match["unit"] or match["unit_low"] or "")
    place = _place(text, *match.span())
    is_sum = text[match.start() - 1 : match.start()] in ("+", "↑")
    if unit is None and not (_BY_ONLY.search(place.before[-60:]) and "." in match["low"]):
        return None
    if _NO_CHANGE.search(place.before[-60:]):
        return None
    told = _told(place, unit)
    if told is None and last and _continues(text, last, match):
        told = last.kind, last.confidence
    if told is None and is_sum and unit:
        told = "gain", 0.8
    if told is None:
        return None
    low, high = _number(match["low"]), match["high"]
    values = (None, low, _number(high), None, None) if high else (low, None, None, None, None)
    return _claim(place, told[0], values, unit, told[1])


def _told(place: _Place, unit: str | None) -> tuple[str, float] | None:
    """The kind of change the words around a number tell of, and how sure that is."""
    behind = _BEHIND.match(place.behind)
    if behind and unit is not None and not _is_score(behind["word"], place.behind):
        return _kind(behind["word"], unit), 0.93
    before = place.before[-120:]
    changes = [m for m in _CHANGE.finditer(before) if not before.startswith(" than", m.end())]
    if not changes or _SCORE_OF.search(before):
        return None
    word, tail = changes[-1][0], before[changes[-1].end() :]
    if _BY.search(place.before[-80:]) and len(tail) < 90:
        is_by = bool(re.search(r"\bby\b", tail[-50:] or ""))
        is_of = bool(re.search(r"\b(?:of|up to)\b", tail)) and len(tail) < 45
        if is_by or is_of or len(tail) < 12:
            by_verb = changes[0][0] if len(changes) > 1 and is_by else word
            return _kind(by_verb if is_by else word, unit), 0.92 if is_by else 0.85
    if unit == "x" and len(tail) < 40:
        return _kind(word, unit), 0.75
    return None


def _is_score(word: str, behind: str) -> bool:
    return word.lower() in ("absolute", "relative") and not _CHANGE.search(behind[:60])


def _kind(word: str, unit: str | None) -> str:
    found = _CHANGE.match(word.lower())
    group = found.lastgroup if found else None
    if unit == "x":
        return "speedup" if group == "faster" else "factor"
    return "reduction" if group == "down" else "gain"


def _continues(text: str, last: Claim, match: re.Match[str]) -> bool:
    """Whether a number goes on a list that a claim began: "by 3.1% and 4.5%"."""
    between = text[last.span_end : match.start()]
    is_near = len(between) < 60 and not re.search(r"\. |\bwith\b", between)
    return is_near and bool(
        re.search(r"(?:\band\b|,|/)\s(?:by )?(?:up to |over )?$|^\s?(?:and|,|/)", between)
    )


def _claim(
    place: _Place,
    kind: str,
    values: tuple[float | None, float | None, float | None, float | None, float | None],
    unit: str | None,
    sure: float,
) -> Claim:
    sentence = sentence_at(place.text, place.start, place.end)
    metric, direction = metric_near(place.before, place.behind)
    near = place.before[-30:]
    qualifier = next((name for name, words in _QUALIFIER if words.search(near)), None)
    if qualifier is None:
        qualifier = next(
            (n for n, words in _QUALIFIER[4:] if words.search(place.behind[:20])), None
        )
    baseline = _baseline(place.behind[:160]) or _baseline(place.before[-120:])
    span = ("abstract", place.start, place.end)
    return Claim(kind, *values, unit, qualifier, metric, direction, baseline, sentence, *span, sure)


def _baseline(words: str) -> str | None:
    """What the words say a change is measured against, as printed."""
    for found in _BASELINE.finditer(words):
        what = found["what"].strip()
        if not _NOT_A_BASELINE.match(what):
            return what
    return None


def _place(text: str, start: int, end: int) -> _Place:
    before, behind = text[max(0, start - 200) : start], text[end : end + 200]
    for mark in (". ", "; ", "? "):
        before = before.rpartition(mark)[2]
        behind = behind.partition(mark)[0]
    return _Place(text, start, end, before, behind)


def _unit(printed: str) -> str | None:
    unit = printed.strip(" $\\{-").lower()
    if unit in ("%", "percent"):
        return "%"
    if unit.startswith(("percentage point", "point", "pp", "pt")):
        return "points"
    if unit in ("x", "×", "times", "fold"):
        return "x"
    return "dB" if unit == "db" else None


def _number(printed: str) -> float:
    return float(printed.replace(",", ""))
