"""Numbers that may be a change: a value or a range, its unit, its sign, and where it stands."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasks.derive.words import has_one


class Quantity(NamedTuple):
    """A number in a text; `value_from` and `value_to` for "from A to B" and "A -> B"."""

    start: int
    end: int
    low: float
    high: float | None
    unit: str | None
    sign: str
    """`+` or `-` where one is printed before the number."""
    is_decimal: bool = False
    """Whether it is printed with a decimal point: amounts are, counts are not."""
    is_pair: bool = False
    """Whether it is a pair: `low` before, `high` after."""


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,9}(?:\.\d{1,6})?"
_NOT_POINTS = (
    r"(?!data|key|time|end|view|way|check|bullet|pain|turning|start|more|of|to|on|and|in|for)"
)
_UNIT = (
    r"[* ]{0,3}\\?%(?:p\b)?|\s?percent(?:age[ -]points?)?\b|"
    r"[\s-]?(?:pp|pts?|points?|dB|p\.p\.)(?!\w)|"
    rf"\s{_NOT_POINTS}[A-Za-z0-9@-]{{1,12}}(?:\s{_NOT_POINTS}[A-Za-z0-9@-]{{1,12}})?\s(?:pp|points?)\b(?!\scloud)|"
    r"\s?[$\\{]{0,3}(?:×|\\?times\b)\$?|\s?[xX](?![\w])|-?\s?fold\b|"
    r"\s(?:(?:box|mask)\s)?(?:mAP(?:@?\d\d)?|mIoU|AP|IoU|nDCG|p-MRR|MRR|BLEU|PSNR|Elo)\b(?!\s(?:points?|scores?))"
)
_MEASURE = (
    r"\s?(?:seconds?|secs?|s|ms|minutes?|mins?|hours?|hrs?|days?|weeks?|GB|MB|GiB|FPS|fps|Hz|"
    r"tokens?|steps?|languages|frames|samples)\b"
)
"""Words that are units of a value before or after a change."""
_DIGITS = re.compile(r"[0-9][0-9.,]*")
_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_IN_A_NUMBER = (b"0", b".", b",")
_MAY_BE_UNIT = re.compile(
    r"[\s$\\{*]{0,5}(?:[%×xX~–—-]|percent|p[tp.]|point|times|fold|dB|to\s|right|→)"
)
_CHANGE_SOON = re.compile(
    r"\s(?:[\w-]{2,14}\s){0,3}?"
    r"(?:improve|gain|drop|increase|decrease|enhance|reduc|boost|decline|degrad|points|higher|lower)"
)
_QUANTITY = re.compile(
    rf"(?P<low>{_NUMBER})(?P<unit_low>{_UNIT}|{_MEASURE})?"
    rf"(?:\s?(?:[-–—~]{{1,2}}|to)\s?[+−-]?(?P<high>{_NUMBER})"
    r"(?=\s?(?:\\?%|×|x\b|X\b|percent|p[pt]|point|-?fold|times\b|"
    r"\s?(?:[A-Za-z0-9@-]{1,12}\s){0,2}(?:gain|increase|points))))?"
    r"(?:\s?(?:±|\\pm|\+/-)\s?\d{1,4}(?:\.\d{1,4})?)?"
    r"(?:(?<=\d)[-–]{1,2}(?P<same>\d{1,4}\.\d{1,4})(?![\w.]))?"
    rf"(?P<unit>{_UNIT})?"
    r"(?!\w|/\s?[A-Za-z]|\.\d|-(?:shot|step|bit|way|hop|layer|token|billion|million|k\b))"
)
_BETWEEN = re.compile(
    rf"(?P<low>{_NUMBER})(?:{_UNIT})?\sand\s(?P<high>{_NUMBER})(?P<unit>{_UNIT})(?![\w/])"
)
"""Behind "between": "by between 5 and 11 points"."""
_PAIR = re.compile(
    rf"(?P<low>{_NUMBER})(?P<unit_low>{_UNIT})?\s?[$\\]{{0,2}}(?:->|→|rightarrow|to(?=\\))\$?\s?"
    rf"(?P<high>{_NUMBER})(?P<unit>{_UNIT})?(?![\w/])"
)
_FROM_TO = re.compile(
    rf"from\s(?:[a-z-]{{1,12}}\s){{0,2}}(?:[~$<>]|sim\s?)?(?P<low>{_NUMBER})(?P<unit_low>{_UNIT}|{_MEASURE})?"
    r"(?:\s\([^()]{1,40}\)|\s(?:with|at|in|on|for|of)(?:\s[\w-]{1,14}){1,3}?)?"
    r"\s(?:down |up )?to\s(?:[a-z-]{1,12}\s){0,2}(?:[~$]|\*{1,2}|sim\s?)?"
    rf"(?P<high>{_NUMBER})(?P<unit>{_UNIT}|{_MEASURE})?(?![\w/]|\.\d|-[A-Za-z])"
)
_SIZES = ("B", "K", "D", "b", "k")
"""Letters right behind a number that is a size or a dimension: 7B, 16K, 3D."""
_ARROWS = ("→", "->", "rightarrow")
_SIZE = re.compile(r"\s?(?:[BMKTbmkt]|TB|tb|billion|million|thousand|trillion|parameters?|bits?)\b")
_UNIT_ENDS = ("%", "x", "×")
"""What stands before the bar between two numbers of a list: "by 7.8%/5.3%"."""
_ABOUT = ("\\sim$", "\\approx$")
"""What may stand before a number without a blank: "$\\sim$35%"."""
_YEARS = range(1900, 2101)
_FAR_ABOVE, _LEAST_LEVEL, _MOST_LEVEL = 4, 30, 100
"""A number so many times as large as an amount before it may be a level, if it is between these."""


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers of a text that may be changes, in order; most are left out at a glance."""
    read_to, listed_to = 0, -1
    is_paired = "from " in text or has_one(text, _ARROWS)
    for start, end in _printed_numbers(text):
        if start < read_to or text[end : end + 1] in _SIZES or not _stands_alone(text, start):
            continue
        found = _pair(text, start, end) if is_paired else None
        if found is None and (start < listed_to or _may_change(text, start, end)):
            found = _single(text, start)
        if found:
            read_to = found.end
            listed_to = found.end + 40 if found.unit is None and found.is_decimal else -1
            yield found


def _printed_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where the numbers of a text begin and end, points and commas in them included."""
    if not text.isascii():
        yield from (digits.span() for digits in _DIGITS.finditer(text))
        return
    zeros = text.encode().translate(_AS_ZERO)
    start = zeros.find(b"0")
    while start >= 0:
        end = start + 1
        while zeros[end : end + 1] in _IN_A_NUMBER:
            end += 1
        yield start, end
        start = zeros.find(b"0", end)


def _stands_alone(text: str, start: int) -> bool:
    """Whether a number begins at a place: not inside a word, a name or another number."""
    before = text[start - 1 : start] if start else ""
    if before.isalnum():
        return (
            text[max(0, start - 3) : start] == "sim"
            and not text[max(0, start - 4) : start - 3].isalpha()
        )
    if before == "/":
        return text[max(0, start - 2) : start - 1] in _UNIT_ENDS
    if before in ("_", ".", ",", "^", "@"):
        return False
    further = text[start - 2 : start - 1] if start > 1 else " "
    is_free = before not in ("-", "−", "$") or further in (" ", "(", "~")
    return is_free or text.endswith(_ABOUT, max(0, start - 9), start)


def _may_change(text: str, start: int, end: int) -> bool:
    """Whether a number has a unit after it, or a word or sign beside it that leads to a change."""
    if _MAY_BE_UNIT.match(text, end) or text[start - 1 : start] == "+":
        return True
    near = text[max(0, start - 40) : start]
    if "by " in near or " of " in near:
        return True
    if "." not in text[start:end]:
        return "points" in text[end : end + 36]
    return _CHANGE_SOON.match(text, end) is not None


def _pair(text: str, start: int, end: int) -> Quantity | None:
    """A value before and after a change; None for sizes, years and single numbers."""
    near = text[end : end + 24]
    if has_one(near, _ARROWS):
        match, begin = _PAIR.match(text, start), start
    else:
        begin = text.rfind("from ", max(0, start - 32), start)
        match = _FROM_TO.match(text, begin) if begin >= 0 else None
        if match is None or match.start("low") != start:
            return None
    if match is None or any(_SIZE.match(text, match.end(name)) for name in ("low", "high")):
        return None
    low, high = _number(match["low"]), _number(match["high"])
    unit = next((unit_of(match[name]) for name in ("unit", "unit_low") if match[name]), None)
    if unit is None and low in _YEARS and high in _YEARS:
        return None
    return Quantity(begin, match.end(), low, high, unit, "", is_pair=True)


def _single(text: str, start: int) -> Quantity | None:
    between = _BETWEEN.match(text, start) if text.endswith("between ", 0, start) else None
    if between:
        ends = _number(between["low"]), _number(between["high"])
        return Quantity(start, between.end(), *ends, unit_of(between["unit"]), "")
    match = _QUANTITY.match(text, start)
    if match is None:
        return None
    upper = match["high"] or (match["same"] if "." in match["low"] else None)
    low, high = _number(match["low"]), _number(upper) if upper else None
    first, last = match["unit_low"] or "", match["unit"] or ""
    sign, is_decimal = _sign(text, start), "." in match["low"]
    if high is not None and first and text.startswith(" to ", match.end("unit_low")):
        if last and unit_of(last) != unit_of(first):
            return Quantity(
                start, match.end("unit_low"), low, None, unit_of(first), sign, is_decimal
            )
        if _may_be_level(text, start, low, high):
            return None
    unit = unit_of((last or first) if upper else (first or last))
    if high is not None and high < low and unit:
        return Quantity(start, match.end(), low, high, unit, "", is_pair=True)
    return Quantity(start, match.end(), low, high, unit, sign, is_decimal)


def _may_be_level(text: str, start: int, low: float, high: float) -> bool:
    """Whether the second of two numbers may be the level that is reached: "by 3% to 74%"."""
    is_far = high >= _LEAST_LEVEL and _FAR_ABOVE * low < high <= _MOST_LEVEL
    return is_far and text.endswith(("by ", "by +"), 0, start)


def _sign(text: str, start: int) -> str:
    """The sign before a number, `+` or `-`; empty where there is none."""
    return {"+": "+", "↑": "+", "-": "-", "−": "-", "↓": "-"}.get(text[start - 1 : start], "")


def unit_of(printed: str) -> str | None:
    """The one spelling of a unit: `%`, `points`, `x`, `dB`, or a measure as printed."""
    printed = printed.removeprefix(" box").removeprefix(" mask")
    unit = printed.strip(" $\\{-*").lower()
    if unit in ("%", "percent"):
        return "%"
    if unit in ("%p", "pp", "p.p.", "pt", "pts") or unit.endswith(("point", "points", " pp")):
        return "points"
    if unit in ("x", "×", "times", "fold"):
        return "x"
    return {"db": "dB", "": None}.get(unit, printed.strip())


def _number(printed: str) -> float:
    return float(printed.replace(",", ""))
