"""Changes a paper claims in numbers: "3x faster", "from 40.1 to 52.3", "by 4.5 points".

A number is a claim only by a word of change in its own clause: one right behind it ("4% lower"), or
one that leads to it ("improves X by 4%"). Plain scores, sizes, ranges of sizes, dates and settings
are not. Whether a claim is true is not checked.
"""

import re
from typing import NamedTuple

from tasks.derive import asserted, clauses
from tasks.derive.baselines import baselines
from tasks.derive.changes import ACHIEVES, DOWN, FASTER, NOUNS, UP
from tasks.derive.clauses import Lead, Part, Sentence
from tasks.derive.metrics import FASTER_IS, is_metric, metric_of, metrics_in_turn
from tasks.derive.paper import Paper, sentence_span
from tasks.derive.qualifiers import qualifier
from tasks.derive.quantities import Quantity, quantities
from tasks.derive.words import folded, has_one, one_of

VERSION = "claims/7"


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


_SURE = {
    "behind": 0.97,
    "by": 0.97,
    "of": 0.95,
    "pair": 0.95,
    "listed": 0.93,
    "signed": 0.9,
    "direct": 0.9,
    "example": 0.85,
    "brackets": 0.85,
    "colon": 0.85,
    "near": 0.85,
    "rate": 0.85,
}
"""How often claims that are read by each link were right on the labelled papers to work with."""
_NEAR = 30
"""Brackets behind a number begin at most so many characters behind it."""
_BEATS = one_of(
    "exceeds exceed exceeding surpasses surpass surpassing outperforms outperform outperforming "
    "beats"
)
"""Verbs that compare in what the clause before them measures: "2x faster, and exceeds B by 3x"."""
_OF_A_WHOLE = one_of("gain gains gained gaining")
"""Verbs before a percentage of something, which is then no change: "gains 23% of the reward"."""
_A_NAME = re.compile(r"[a-z ][A-Z][\w.]*[ -]$")
"""A name inside a sentence, right before a number."""
_HAS_EFFECT = re.compile(
    r"[^,;:]*?\b(?:leads? to|yields?|results? in|causes?|improves?|reduces?|increases?|"
    r"doubles|triples|quadruples|translates)\b(?! in\b)"
)
"""What a noun of change is followed by where it is a cause: "a 2x increase in length doubles"."""
_RATE = re.compile(
    r"\s(?:the\s)?(?:[a-z-]{3,14}\s)?(?P<what>rate|speed|throughput|performance|accuracy|efficiency)\b"
    r"|\sas\s(?P<as>fast|quick(?:ly)?|efficient(?:ly)?|effective|accurate|many|much|large|long)\b"
)
"""What makes a factor a claim: "3x the rate of", "3 times as fast as"."""
_FAST = ("fast", "quick", "quickly")
_LISTED = re.compile(r",?\s?(?:[,/&]|and|or|to)\s?(?:by |up to |over |about |an? )*[+$~-]?$")
_AND_ANOTHER = re.compile(r"\s(?:[a-z-]{3,20}\s){1,2}(?:and|or)\s[~$]?")
"""What stands between two numbers of which the noun behind the second speaks."""
_LIST_GOES_ON = re.compile(r"(?:,|/|&|\band|\bor)\s(?:by |up to |over |about |an? |even )*[+$~-]?$")
_IN_BRACKETS = re.compile(r"^[^(),;]{0,24}\([>~+-]?$")
_OTHER_WAY = {" absolute (": "relative", " relative (": "absolute"}
"""What stands between two amounts of one change, and behind the second: "1% absolute (4%
relative)"."""
_SEPARATES = re.compile(r", | and ")
_FACTOR = re.compile(r"\bfactor (?:of|up to)\b")
_A_SHARE = re.compile(r"\s(?:v\.?s\b|of\s(?:the|its|their|all|our)\b|accuracy|success|of users)")
_A_SCORE = re.compile(
    r"\s(?:[\w-]+\s){0,3}?(?:accuracy|rate|score|recall|precision|f1)\b", re.IGNORECASE
)
"""What an article and a number stand before when it is a score: "and a 97% success rate"."""
_ONLY_USES = re.compile(
    r"\b(?:accounts? for|only uses?|using only|trained on|with only|top)\s[^.,;]{0,25}$"
)
_USED = ("account", "only", "trained on", "top")
"""Every share of this kind has one of these before it."""
_RANGES = ("ranging ", "range ", "ranges ")
_UNDER_WHICH = re.compile(r"^\W*if\b|\b(?:when|once|after|until|as (?:the|we|its|their|more))\b")
"""What stands in a clause that tells under which change another one came about."""
_SET = re.compile(
    r"\b(?:number of|test-time compute|resolution|learning rate|batch size|temperature|rank)\b"
)
"""What is set rather than measured."""
_IN_A_RANGE = re.compile(r"\b(?:rang\w+|vary\w*|varies|sizes?|scales?|span\w*)\s[^.]{0,20}$")


class _Read(NamedTuple):
    """A quantity that is a claim, its kind, and the word of change it was read by."""

    quantity: Quantity
    kind: str
    link: str
    lead: Lead | None


def claims(paper: Paper) -> list[Claim]:
    """The claims of a title and an abstract, in the order of the texts."""
    claimed = _of_text(paper.abstract or "")
    if has_one(paper.title, _TITLE_UNITS) and _IN_TITLE.search(paper.title):
        claimed = [*_of_title(paper.title), *claimed]
    return claimed


_TITLE_UNITS = ("%", "×", "fold", "times", "points", "x", "X")
"""What every title that claims has one of, behind its number."""
_IN_TITLE = re.compile(r"\d\s?(?:\\?%|[xX×]\s|-?fold\b|times\b|points\b)")


def _of_title(title: str) -> list[Claim]:
    """The claims of a title, which is read in small letters: its capitals are no names."""
    lowered, sentence = folded(title), title.strip()
    found: list[Claim] = []
    for one in _of_text(lowered):
        baseline = _printed(title, lowered, one.baseline)
        found.append(one._replace(sentence=sentence, found_in="title", baseline=baseline))
    return found


def _printed(title: str, lowered: str, said: str | None) -> str | None:
    """What is said in small letters, as the title prints it."""
    place = lowered.find(said) if said else -1
    return title[place : place + len(said)] if said and place >= 0 else said


def _of_text(text: str) -> list[Claim]:
    """The claims of a text, in order."""
    found: list[Claim] = []
    listed = list(quantities(text))
    while listed:
        first, last = sentence_span(text, listed[0].start, listed[0].end)
        inside = [one for one in listed if one.start < last] or listed[:1]
        found += _of_sentence(text, Sentence(text, first, last), inside)
        listed = listed[len(inside) :]
    return found


def _of_sentence(text: str, sentence: Sentence, inside: list[Quantity]) -> list[Claim]:
    """The claims among the quantities of a sentence."""
    read: list[_Read] = []
    for number, listed in enumerate(inside):
        quantity = listed
        last = read[-1] if read and read[-1].quantity is inside[number - 1] else None
        if last and _is_told_again(text, last.quantity, quantity):
            quantity = inside[number] = quantity._replace(is_pair=True)
        one = _read(text, sentence, quantity) or _behind_a_list(text, sentence, inside[number:])
        if one is None and last is not None:
            one = _goes_on(text, sentence, last, quantity)
        if one is None or _is_impossible(one) or not _is_asserted(sentence, one):
            continue
        if last and last.quantity.unit is None and _is_list(text, last.quantity, quantity):
            read[-1] = last._replace(quantity=last.quantity._replace(unit=quantity.unit))
        read.append(one)
    return _claims(text, sentence, inside, read) if read else []


def _is_told_again(text: str, last: Quantity, quantity: Quantity) -> bool:
    """Whether two values in brackets say a change again: "a 2.1% gain (38.7% to 40.8%)"."""
    if quantity.high is None or last.high is not None:
        return False
    is_in_brackets = (
        text[quantity.start - 1] == "(" and text[quantity.end : quantity.end + 1] == ")"
    )
    return is_in_brackets and quantity.start - last.end < _NEAR


def _read(text: str, sentence: Sentence, quantity: Quantity) -> _Read | None:
    """What a quantity claims by the words of its own clause; None when nothing."""
    if quantity.is_pair:
        return _pair(text, sentence, quantity)
    if quantity.unit is None and _FACTOR.search(text, max(0, quantity.start - 24), quantity.start):
        quantity = quantity._replace(unit="x")
    before = clauses.lead_before(sentence, quantity.start)
    if before and before.link == "by" and _is_said(text, quantity):
        return _by(quantity, before)
    behind = _behind(text, sentence, quantity)
    if behind or _is_share(text, sentence, quantity, before):
        return behind
    return _led(sentence, quantity, before)


def _behind(text: str, sentence: Sentence, quantity: Quantity) -> _Read | None:
    """A quantity that the words behind it make a change: "4% lower", "3x the rate".

    A bare number right behind a name is its version: "FernNet 3.0 improvements".
    """
    is_version = quantity.unit is None and quantity.end - quantity.start <= len("3.5")
    if is_version and _A_NAME.search(text, sentence.first, quantity.start):
        return None
    lead = clauses.lead_behind(sentence, quantity.end)
    if lead and _is_given(sentence, quantity, lead):
        return None
    if lead and (quantity.unit or quantity.is_decimal or lead.word in NOUNS):
        return _by(quantity, lead)
    rate = _RATE.match(text, quantity.end) if quantity.unit == "x" else None
    if rate is None:
        return None
    is_speedup = rate["what"] in FASTER_IS or rate["as"] in _FAST
    return _Read(quantity, "speedup" if is_speedup else "factor", "rate", None)


def _is_given(sentence: Sentence, quantity: Quantity, lead: Lead) -> bool:
    """Whether a change is a setting or a rate: "at a 4x compression ratio", "each 2x increase"."""
    number, place = sentence.at(quantity.start), sentence.at(lead.start)
    before = sentence.words[max(0, number - 4) : number]
    if before[-1:] in (["every"], ["each"]):
        return True
    if before in (["a"], ["an"]):
        return _HAS_EFFECT.match(sentence.lowered(lead.start, sentence.last)) is not None
    is_ratio = lead.word == "compression" and sentence.bare[place + 1 :][:1] in (
        ["ratio"],
        ["rate"],
    )
    return is_ratio and ACHIEVES.isdisjoint(before)


def _led(sentence: Sentence, quantity: Quantity, before: Lead | None) -> _Read | None:
    """A quantity that a word before it, or its own sign, makes a change: "a gain of 4%", "+4%"."""
    if before and before.link == "of" and (quantity.unit or quantity.is_decimal):
        return _by(quantity, before)
    if quantity.sign:
        return _signed(sentence, quantity)
    if before and before.link in ("direct", "near") and _is_level(sentence, quantity, before):
        return None
    is_fit = quantity.unit in ("x", "points") or (
        quantity.unit and before and before.link != "near"
    )
    return _by(quantity, before) if before and is_fit else None


def _is_level(sentence: Sentence, quantity: Quantity, lead: Lead) -> bool:
    """Whether a number is no amount of a change, but a setting, a score that is passed, or a share:
    "at 10% of the cost", "surpasses 21%", "an even lower 45%", "gains 23% of the reward"."""
    if clauses.is_at(sentence, quantity.start) or lead.word in _BEATS or lead.word == "lower":
        return True
    is_of = sentence.words[sentence.at(quantity.end) + 1 :][:1] == ["of"]
    return is_of and quantity.unit == "%" and lead.word in _OF_A_WHOLE


def _is_share(text: str, sentence: Sentence, quantity: Quantity, before: Lead | None) -> bool:
    """Whether a quantity is a score or what is used: "e.g., 48% accuracy", "using only 10%"."""
    if before and before.link == "example" and _A_SHARE.match(text, quantity.end):
        return True
    near = folded(text[max(sentence.first, quantity.start - 50) : quantity.start])
    return has_one(near, _USED) and _ONLY_USES.search(near) is not None


def _by(quantity: Quantity, lead: Lead) -> _Read:
    return _Read(quantity, _kind(lead.way, lead.word, quantity.unit), lead.link, lead)


def _kind(way: str, word: str, unit: str | None) -> str:
    if unit == "x":
        return "speedup" if way == FASTER or word == "throughput" else "factor"
    return "reduction" if way == DOWN else "gain"


def _is_said(text: str, quantity: Quantity) -> bool:
    """Whether a number after "by" is an amount: with a unit, a fraction, or a metric behind it."""
    if quantity.unit or quantity.is_decimal:
        return True
    return is_metric(text[quantity.end : quantity.end + 16])


def _pair(text: str, sentence: Sentence, quantity: Quantity) -> _Read | None:
    """A change from one value to another; a range of sizes is none."""
    lead = clauses.lead_in_clause(sentence, quantity.start)
    lead = lead or clauses.went_from(sentence, quantity.start)
    near = text[max(0, quantity.start - 24) : quantity.start]
    if lead and lead.word in NOUNS and quantity.unit and near.endswith(_RANGES):
        within = quantity._replace(is_pair=False)
        return _by(within, lead._replace(link="near"))
    if lead is None or _IN_A_RANGE.search(text[max(0, quantity.start - 40) : quantity.start]):
        return None
    if _is_setting(sentence, quantity, lead):
        return None
    return _Read(quantity, "from_to", "pair", lead)


def _is_setting(sentence: Sentence, quantity: Quantity, lead: Lead) -> bool:
    """Whether what changes from one value to another is set: "increases the rank from 8 to 64"."""
    if _UNDER_WHICH.search(sentence.lowered(sentence.first, lead.start).rpartition(",")[2]):
        return True
    between = sentence.lowered(lead.start, quantity.start)
    return lead.way == UP and _SET.search(between) is not None


def _signed(sentence: Sentence, quantity: Quantity) -> _Read | None:
    """A number with a sign of its own, such as "(+4%)"; without a unit, only beside a change."""
    lead = clauses.lead_in_clause(sentence, quantity.start)
    if quantity.unit is None and lead is None:
        return None
    way = DOWN if quantity.sign == "-" else ""
    return _Read(quantity, _kind(way, "", quantity.unit), "signed", lead)


def _is_list(text: str, one: Quantity, other: Quantity) -> bool:
    """Whether only a mark or "and" stands between two quantities: "4.8 and 10.9 points"."""
    between = text[one.end : other.start]
    return len(between) < 24 and _LISTED.fullmatch(between) is not None


def _is_coordinated(text: str, one: Quantity, other: Quantity) -> bool:
    """Whether two quantities of one unit have a noun each, joined by "and"."""
    between = text[one.end : other.start]
    return one.unit == other.unit and _AND_ANOTHER.fullmatch(between) is not None


def _behind_a_list(text: str, sentence: Sentence, rest: list[Quantity]) -> _Read | None:
    """What the word behind the next quantities of a list says of the first: "3x and 4x faster".

    In "3x memory and 4x latency reduction" too, where both have the same unit.
    """
    if len(rest) < 2 or rest[0].is_pair or rest[1].unit is None:
        return None
    near = text[max(0, rest[0].start - 6) : rest[0].start]
    if near.endswith(" to ") and not near.endswith("up to "):
        return None
    last = 0
    while last + 1 < len(rest) and _is_list(text, rest[last], rest[last + 1]):
        last += 1
    is_list = last > 0
    if not is_list and not _is_coordinated(text, rest[0], rest[1]):
        return None
    one = clauses.lead_behind(sentence, rest[max(last, 1)].end)
    if one is None or not (is_list or one.word in NOUNS):
        return None
    quantity = rest[0]._replace(unit=rest[0].unit or rest[1].unit)
    return _by(quantity, one)


def _goes_on(text: str, sentence: Sentence, last: _Read, quantity: Quantity) -> _Read | None:
    """A number that goes on with the list that a claim began: "by 3.1% on A and 4.5% on B"."""
    between = text[last.quantity.end : quantity.start]
    is_same = last.quantity.is_pair and _IN_BRACKETS.search(between) is not None
    other_way = _OTHER_WAY.get(between)
    if other_way is not None:
        is_same = text[quantity.end : quantity.end + 9] in (f" {other_way}", f"-{other_way}")
    if last.lead and quantity.unit and is_same:
        return _by(quantity, last.lead._replace(link="listed"))
    if not _may_go_on(between, last, quantity):
        return None
    if not quantity.sign and (
        _A_SHARE.match(text, quantity.end)
        or (between.endswith((" a ", " an ")) and _A_SCORE.match(text, quantity.end))
    ):
        return None
    lead = clauses.lead_in_clause(sentence, quantity.start)
    is_new = lead is not None and lead.start > last.quantity.start
    if lead is None and last.link == "colon":
        return _Read(quantity, last.kind, "colon", last.lead)
    if lead is None or (is_new and (last.lead is None or lead.start != last.lead.start)):
        return None
    return _Read(quantity, last.kind, "listed", last.lead)


def _may_go_on(between: str, last: _Read, quantity: Quantity) -> bool:
    """Whether a number has the unit of the claim before it, and only a list stands between."""
    if quantity.is_pair or last.quantity.unit not in (None, quantity.unit) or len(between) > 100:
        return False
    if quantity.unit is None and not quantity.is_decimal:
        return False
    is_list = _LIST_GOES_ON.search(between) is not None
    return is_list and " with " not in between and ";" not in between


def _is_impossible(one: _Read) -> bool:
    """Whether a reduction is by more than all of it."""
    largest = one.quantity.high or one.quantity.low
    return one.kind == "reduction" and one.quantity.unit == "%" and largest > 100


def _is_asserted(sentence: Sentence, one: _Read) -> bool:
    """Whether the words around a number say that its change came about."""
    quantity, lead = one.quantity, one.lead
    if asserted.may_take_back(sentence.said):
        begin, finish = sentence.clause(quantity.start, quantity.end)
        if asserted.is_taken_back(_told(sentence, begin, finish)):
            return False
    if not asserted.may_deny(sentence.bare, sentence.said):
        return True
    before = _told(sentence, sentence.first, quantity.start)
    behind = _told(sentence, quantity.end, sentence.last)
    if asserted.is_only_thought(before, behind) or asserted.is_of_others(before):
        return False
    if lead is None or lead.start > quantity.start:
        return not asserted.is_no_change(before, "", is_noun=True)
    told = _told(sentence, sentence.first, lead.start)
    between = _told(sentence, lead.start, quantity.start)
    return not asserted.is_no_change(told, between, is_noun=lead.word in NOUNS)


def _told(sentence: Sentence, start: int, end: int) -> str:
    """A span of a sentence in small letters, without marks of emphasis."""
    return asserted.unmarked(sentence.lowered(start, end))


def _claims(
    text: str, sentence: Sentence, inside: list[Quantity], read: list[_Read]
) -> list[Claim]:
    """The rows of a sentence, each with what its own clause says of its number."""
    printed = text[sentence.first : sentence.last].strip()
    parts = [_part(text, sentence, inside, read, number) for number in range(len(read))]
    against = baselines(text, sentence.first, sentence.last, parts)
    measured = metrics_in_turn(text, sentence.first, parts) if len(parts) > 1 else None
    measured = measured or [
        metric_of(text, part, one.lead) for one, part in zip(read, parts, strict=True)
    ]
    rows: list[Claim] = []
    for one, part, baseline, (metric, direction) in zip(
        read, parts, against, measured, strict=True
    ):
        kind = one.kind
        if kind == "factor" and one.lead and metric in FASTER_IS and one.lead.way != DOWN:
            kind = "speedup"
        if kind == "factor" and one.lead and one.lead.word in _BEATS and rows and metric is None:
            kind = rows[-1].kind if rows[-1].kind == "speedup" else kind
        told = (one.quantity.unit, qualifier(text, part), metric, direction, baseline)
        place = (printed, "abstract", part.start, part.end, _SURE[one.link])
        rows.append(Claim(kind, *_values(one.quantity), *told, *place))
    return rows


def _part(
    text: str, sentence: Sentence, inside: list[Quantity], read: list[_Read], number: int
) -> Part:
    """The part of its clause that belongs to a quantity: not that of its neighbours."""
    start, end = read[number].quantity.start, read[number].quantity.end
    begin, finish = sentence.clause(start, end)
    since = max((one.end for one in inside if begin < one.end <= start), default=begin)
    if since > begin:
        marks = list(_SEPARATES.finditer(text, since, start))
        begin = marks[-1].end() if marks else since
    until = min((one.start for one in inside if one.start >= end), default=finish)
    following = read[number + 1].lead if number + 1 < len(read) else None
    if following and following.start >= end:
        until = min(until, following.start)
    return Part(begin, start, end, min(until, finish))


def _values(
    quantity: Quantity,
) -> tuple[float | None, float | None, float | None, float | None, float | None]:
    """The value, the ends of a range, and the values before and after; None where it has none."""
    low, high = quantity.low, quantity.high
    if quantity.is_pair:
        return None, None, None, low, high
    return (low, None, None, None, None) if high is None else (None, low, high, None, None)
