"""Changes a paper claims in numbers: "3x faster", "from 40.1 to 52.3", "by 4.5 points".

A number is a claim only beside words of change. Plain scores, sizes, ranges of sizes, dates and
resolutions are not. Whether a claim is true is not checked.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasks.derive import changes
from tasks.derive.metrics import metric_near
from tasks.derive.paper import Paper, sentence_at
from tasks.derive.words import folded, printed

VERSION = "claims/1"


class Claim(NamedTuple):
    """A claim and its place; the fields are columns of derived.paper_claims."""

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


_YEARS = range(1900, 2101)


class _Place(NamedTuple):
    """A quantity, with the text before and after it in its sentence."""

    text: str
    start: int
    end: int
    before: str
    behind: str


def claims(paper: Paper) -> list[Claim]:
    """The claims of an abstract, in the order of the text."""
    text = paper.abstract or ""
    found = list(_from_tos(text))
    claimed = [(claim.span_start, claim.span_end) for claim in found]
    last: Claim | None = None
    read_to = 0
    for digits in changes.DIGITS.finditer(text):
        start = digits.start()
        if start < read_to or not _may_change(text, *digits.span()):
            continue
        match = changes.QUANTITY.match(text, start)
        if match is None or any(a <= start < b for a, b in claimed):
            continue
        claim = _change(text, match, last)
        if claim:
            if last and last.unit is None and claim.unit and _continues(text, last, match):
                found[-1] = last._replace(unit=claim.unit)
            found.append(claim)
            last, read_to = claim, match.end()
    return sorted(found, key=lambda claim: claim.span_start)


def _may_change(text: str, start: int, end: int) -> bool:
    """Whether a number stands alone and has a unit after it or a "by" before it."""
    before = text[max(0, start - 1) : start]
    if before.isalnum() or before in ("_", ".", ",", "^", "/"):
        return False
    if before in ("-", "$") and text[start - 2 : start - 1] not in (" ", "(", "~"):
        return False
    near = text[max(0, start - 40) : start]
    return bool(changes.MAY_BE_UNIT.match(text, end)) or "by " in near or " of " in near


def _from_tos(text: str) -> Iterator[Claim]:
    place = text.find("from ")
    while place >= 0:
        match = changes.FROM_TO.match(text, place)
        claim = _from_to(text, match) if match else None
        if claim:
            yield claim
        place = text.find("from ", place + 5)


def _from_to(text: str, match: re.Match[str]) -> Claim | None:
    """A change from one value to another; a range of sizes or counts is none."""
    units = [unit.strip() for unit in (match["unit_from"], match["unit_to"]) if unit]
    if any(unit.lower() in changes.SIZES for unit in units):
        return None
    place = _place(text, *match.span())
    before, after = _number(match["from"]), _number(match["to"])
    if not changes.CHANGE.search(folded(place.before)) or changes.IN_A_RANGE.search(place.before):
        return None
    if not units and before in _YEARS and after in _YEARS:
        return None
    unit = next((_unit(unit) or unit for unit in reversed(units)), None)
    values = (None, None, None, before, after)
    return _claim(place, "from_to", values, unit, 0.9)


def _change(text: str, match: re.Match[str], last: Claim | None) -> Claim | None:
    """A change by a number beside words of change; None for any other number."""
    unit = _unit(match["unit"] or match["unit_low"] or "")
    place = _place(text, *match.span())
    is_sum = text[match.start() - 1 : match.start()] in ("+", "↑")
    goes_on = last is not None and last.unit in (None, unit) and _continues(text, last, match)
    is_said = bool(changes.BY_ONLY.search(place.before[-60:])) and "." in match["low"]
    if unit is None and not is_said and not goes_on:
        return None
    sure = _kind_and_confidence(place, unit)
    if sure is None and last is not None and goes_on:
        sure = last.kind, last.confidence
    if sure is None and is_sum and unit:
        sure = "gain", 0.8
    if sure is None:
        return None
    low, high = _number(match["low"]), match["high"]
    values = (None, low, _number(high), None, None) if high else (low, None, None, None, None)
    return _claim(place, sure[0], values, unit, sure[1])


def _kind_and_confidence(place: _Place, unit: str | None) -> tuple[str, float] | None:
    """The kind of change that the words around a number mean, and the confidence."""
    behind = changes.BEHIND.match(folded(place.behind))
    if behind and unit is not None:
        word = printed(place.behind, behind, "word")
        if not _is_score(word, place.behind):
            return _kind(word, unit), 0.93
    before = place.before[-120:]
    lowered = folded(before)
    if changes.NO_CHANGE.search(lowered[-60:]):
        return None
    said = [m for m in changes.CHANGE.finditer(lowered) if not before.startswith(" than", m.end())]
    if not said or changes.SCORE_OF.search(lowered):
        return None
    word, tail = printed(before, said[-1]), before[said[-1].end() :]
    if changes.BY.search(place.before[-80:]) and len(tail) < 90:
        is_by = bool(re.search(r"\bby\b", tail[-50:] or ""))
        is_of = bool(re.search(r"\b(?:of|up to)\b", tail)) and len(tail) < 45
        if is_by or is_of or len(tail) < 12:
            by_verb = word if tail.startswith(" by") else printed(before, said[0])
            return _kind(by_verb if is_by else word, unit), 0.92 if is_by else 0.85
    if unit == "x" and len(tail) < 40:
        return _kind(word, unit), 0.75
    return None


def _is_score(word: str, behind: str) -> bool:
    return word.lower() in ("absolute", "relative") and not changes.CHANGE.search(
        folded(behind[:60])
    )


def _kind(word: str, unit: str | None) -> str:
    found = changes.CHANGE.match(folded(word.lower()))
    group = found.lastgroup if found else None
    if unit == "x":
        return "speedup" if group == "faster" else "factor"
    return "reduction" if group == "down" else "gain"


def _continues(text: str, last: Claim, match: re.Match[str]) -> bool:
    """Whether a number continues a list that a claim began: "by 3.1% and 4.5%"."""
    between = text[last.span_end : match.start()]
    return len(between) < 80 and bool(changes.LISTED.match(between))


def _claim(
    place: _Place,
    kind: str,
    values: tuple[float | None, float | None, float | None, float | None, float | None],
    unit: str | None,
    sure: float,
) -> Claim:
    sentence = sentence_at(place.text, place.start, place.end)
    metric, direction = metric_near(place.before, place.behind)
    near, next_ = folded(place.before[-30:]), folded(place.behind[:20])
    qualifier = next((name for name, words in changes.QUALIFIER if words.search(near)), None)
    if qualifier is None:
        qualifier = next((n for n, words in changes.QUALIFIER[4:] if words.search(next_)), None)
    baseline = _baseline(place.behind[:160]) or _baseline(place.before[-120:])
    span = ("abstract", place.start, place.end)
    return Claim(kind, *values, unit, qualifier, metric, direction, baseline, sentence, *span, sure)


def _baseline(words: str) -> str | None:
    """What a change is measured against, as printed."""
    for found in changes.BASELINE.finditer(words):
        what = found["what"].strip()
        if not changes.NOT_A_BASELINE.match(what):
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
