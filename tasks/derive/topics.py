"""Which topics of AI research a paper is about, by the phrases of `topics.toml`.

A phrase alone says that a topic is mentioned. A paper is about it when the title has it, when
several sentences do, or when the sentences that say what the paper does and keywords agree. A
mention in a list of uses, in a comparison, or as a tool counts little; `role` says which it was.
Where nothing says so much, the paper is about the strongest topic, if any is more than mentioned.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from tasks.derive.paper import Paper
from tasks.derive.taxonomy import AREAS, CONTRIBUTES, TAXONOMY_VERSION, Hit, hits_in, start_of
from tasks.derive.words import folded, has_one, one_of

VERSION = f"topics/{TAXONOMY_VERSION}"


class Topic(NamedTuple):
    """A topic and the words that indicate it; the fields are columns of derived.paper_topics."""

    topic: str
    area: str
    method: str
    role: str
    evidence: str
    found_in: str
    span_start: int
    span_end: int
    confidence: float


_topic = tuple.__new__
"""Makes a `Topic` in a third of the time that its own constructor takes; there are many."""
_IN_TITLE, _SENTENCE, _DOES, _AT_AN_END, _KEYWORD = 3.0, 1.0, 0.7, 0.2, 0.6
"""What a mention in the title adds to a topic's weight; what a sentence does, and more if it says
what the paper does, or is the first or the last; what a keyword does."""
_PASSING = 0.25
"""What a sentence weighs that only lists the topic, compares with it, or uses it as a tool."""
_CLEAR = 3
"""In more sentences than these, or in the title, a topic is no passing mention."""
_GENERIC = {"large language models": 1.0, "evaluation and benchmarks": 0.2, "reasoning": 0.5}
"""Topics that most papers mention, and the weight they need beyond others."""
_ENOUGH = 2.8
"""The weight from which a paper is about a topic: its confidence is `ABOUT` or more."""
_STRONGEST = 1.1
"""The weight from which a topic is more than mentioned. It is enough for the strongest topic of a
paper in which none but generic ones weighs enough."""
_LEAST = (_STRONGEST, 1.8, _ENOUGH, 4.5)
_CONFIDENCES = (0.47, 0.62, 0.79, 0.9, 0.96)
"""How often a topic was right on the labelled papers: below the first weight of `_LEAST`, from it
on, from the second on, and so on."""
_APPLICATION = re.compile(
    r"\b(?:applications?|uses?|domains|fields|areas|industries|scenarios|sectors)\b"
    r"[^.;]{0,60}?(?:such as|including|like|e\.g|\bin\b|\bto\b|\bfor\b|spanning|:)[^.;]{0,80}$"
)
_BESIDE = re.compile(
    r"\b(?:using|via|scored by|judged by|evaluated (?:on|by)|tested on|experiments on|powered by|"
    r"with the help of|unlike|instead of|rather than|compared (?:to|with)|in contrast to|beyond|"
    r"without|outperform(?:s|ing)?|surpass(?:es|ing)?|inspired by|competitors to|advances in|"
    r"advancements in|progress in|success of|akin to|similar to|alternatives to|integrated into|"
    r"compatible with|concerns about|limitations like|such as|including|e\.g\.?,?|like)"
    r"\s[^.;]{0,40}$"
)
"""Words after which a topic is a tool, a test set, or what the paper compares itself with."""
_LONGEST_BESIDE = 60
"""They begin at most so many characters before the topic."""
_LONGEST_SPELLED = 100
"""What is spelled out before an abbreviation begins at most so many characters before it."""
_WITHOUT = ("without ", "beyond ", " no ", " not ", "instead of ", "rather than ")
"""What stands in a title before what the paper is not about."""
_DENIALS = ("ithout ", "eyond ", " no ", " No ", " not ", " Not ", "instead of ", "rather than ")
"""Titles without any of these have none of those."""
_USES = one_of(
    "application applications use uses domains fields areas industries scenarios sectors"
)
_CUES = one_of(
    "using via scored judged evaluated tested experiments powered help unlike instead rather "
    "compared contrast beyond without outperform outperforms outperforming surpass surpasses "
    "surpassing inspired competitors advances advancements progress success akin similar "
    "alternatives into compatible about limitations such including e.g. (e.g., e.g., like Unlike "
    "Beyond Using Without"
)
_SIGNS = _USES | _CUES
"""Words without which neither pattern matches."""
_REACH = 110


def topics(paper: Paper) -> list[Topic]:
    """The topics of a paper with their evidence, each once for phrases and once for keywords."""
    said = _mentions(paper.title, paper.abstract or "", paper.ai_keywords or ())
    keywords = said.keywords
    weighed = [
        (topic, *_weight(said, topic, topic in keywords))
        for topic in dict.fromkeys((*said.titled, *said.found, *keywords))
    ]
    raised = _strongest(weighed)
    rows = []
    for topic, weight, said_as in weighed:
        sure, role = _judged(weight, said_as, raised)
        first = said.titled.get(topic) or _first(said.found.get(topic))
        if first:
            rows.append(_row(said, first, role, sure))
        if topic in keywords:
            place, keyword = keywords[topic]
            span = ("ai_keywords", place, place + 1)
            rows.append(Topic(topic, AREAS[topic], "keyword", role, keyword, *span, sure))
    return rows


class _Mentions(NamedTuple):
    """The first hit of each topic in the title, and its hits in the abstract by sentence.

    `text` is both, the abstract from `offset` on; hits are places in it. `does` are the sentences
    that say what the paper does. Sentences are numbered from 1. `keywords` are the topics of
    keywords, each with the place of its first keyword in the list.
    """

    text: str
    offset: int
    titled: dict[str, Hit]
    found: dict[str, dict[int, list[Hit]]]
    does: set[int]
    n_sentences: int
    keywords: dict[str, tuple[int, str]]


def _mentions(title: str, abstract: str, keywords: Sequence[str]) -> _Mentions:
    """What title, abstract and keywords mention; all are searched at once."""
    text, offset = f"{title}\n\n{abstract}", len(title) + 2
    listed: dict[str, tuple[int, str]] = {}
    if keywords:
        end = len(text) + 2
        every = hits_in("  ".join((text, *keywords)))
        n_hits = bisect_left(every, end, key=start_of)
        hits = every[:n_hits]
        listed = _of_keywords(keywords, every[n_hits:], end)
    else:
        hits = hits_in(text)
    hits = _without_other_senses(text, hits)
    starts = _starts(text, offset)
    titled: dict[str, Hit] = {}
    found: dict[str, dict[int, list[Hit]]] = {}
    does = set()
    number, n_sentences = 0, len(starts)
    for hit in hits:
        topic, start, _, sign = hit
        while number < n_sentences and starts[number] <= start:
            number += 1
        if topic is CONTRIBUTES:
            does.add(number)
        elif not number:
            if sign == "about" and topic not in titled:
                titled[topic] = hit
        elif topic not in found:
            found[topic] = {number: [hit]}
        else:
            found[topic].setdefault(number, []).append(hit)
    if titled and has_one(title, _DENIALS):
        titled = {topic: hit for topic, hit in titled.items() if not _is_denied(text, hit[1])}
    return _Mentions(text, offset, titled, found, does, n_sentences, listed)


def _is_denied(text: str, start: int) -> bool:
    """Whether what stands in a title is what the paper goes without: "without distillation"."""
    return text[:start].lower().endswith(_WITHOUT)


def _starts(text: str, first: int) -> list[int]:
    """Where the sentences of a text begin, from the first on."""
    starts = [first]
    place = text.find(". ", first)
    while place >= 0:
        starts.append(place + 2)
        place = text.find(". ", place + 2)
    return starts


def _weight(said: _Mentions, topic: str, is_keyword: bool) -> tuple[float, str]:
    """What the mentions of a topic weigh together, and its role in them."""
    is_titled, sentences = topic in said.titled, said.found.get(topic)
    weight = (_IN_TITLE if is_titled else 0.0) + (_KEYWORD if is_keyword else 0.0)
    if topic in _GENERIC:
        weight -= _GENERIC[topic]
    if not sentences:
        return weight, "subject"
    added, role = _weighed(said, sentences, is_clear=is_titled)
    return weight + added, role


def _judged(weight: float, role: str, raised: float | None) -> tuple[float, str]:
    """How sure it is that a paper is about a topic, and what the topic is in it."""
    if weight >= _ENOUGH or (weight == raised and role == "subject"):
        weight, role = max(weight, _ENOUGH), "subject"
    elif role == "subject" and weight < _STRONGEST:
        role = "mention"
    return _CONFIDENCES[bisect_right(_LEAST, weight)], role


def _strongest(weighed: Sequence[tuple[str, float, str]]) -> float | None:
    """The weight of the strongest subject, where a paper is about it though it does not weigh
    enough: because none but generic topics does. Else None."""
    most = most_generic = 0.0
    for topic, weight, role in weighed:
        if role == "subject" and weight > most:
            if topic in _GENERIC:
                most_generic = max(weight, most_generic)
            else:
                most = weight
    strongest = most if most >= _STRONGEST else most_generic
    return strongest if _STRONGEST <= strongest < _ENOUGH else None


def _weighed(
    said: _Mentions, sentences: dict[int, list[Hit]], *, is_clear: bool
) -> tuple[float, str]:
    """What the sentences that mention a topic weigh, and the role of the topic in them.

    Where the title or many sentences mention it (`is_clear`), each counts as one of the subject.
    """
    is_clear = is_clear or len(sentences) > _CLEAR
    does, n_sentences = said.does, said.n_sentences
    weight, strongest = 0.0, "instrument"
    for number, hits in sentences.items():
        is_told = is_clear and (hits[0][3] == "about" or _is_about(hits))
        role = "subject" if is_told else _role(said, hits)
        if role == "subject":
            strongest = role
            weight += _SENTENCE if number not in does else _SENTENCE + _DOES
            if number in (1, n_sentences):
                weight += _AT_AN_END
        else:
            weight += _PASSING
            strongest = role if strongest == "instrument" else strongest
    return weight, strongest


def _is_about(hits: Sequence[Hit]) -> bool:
    """Whether one of these mentions is more than an instrument that any paper may use."""
    return any(sign == "about" for _, _, _, sign in hits)


def _first(sentences: dict[int, list[Hit]] | None) -> Hit | None:
    """The first hit in the abstract."""
    return next(iter(sentences.values()))[0] if sentences else None


def _row(said: _Mentions, hit: Hit, role: str, sure: float) -> Topic:
    topic, start, end, _ = hit
    evidence = said.text[start:end]
    found_in = "title"
    if start >= said.offset:
        found_in, start, end = "abstract", start - said.offset, end - said.offset
    cells = (topic, AREAS[topic], "phrase", role, evidence, found_in, start, end, sure)
    return _topic(Topic, cells)


def _role(said: _Mentions, hits: Sequence[Hit]) -> str:
    """What the mentions of one sentence say: the first that is the subject decides."""
    role = "instrument"
    for _, start, _, sign in hits:
        if sign == "instrument":
            continue
        before = said.text[max(said.offset, start - _REACH) : start].rpartition(". ")[2]
        words = before.split()
        if _SIGNS.isdisjoint(words):
            return "subject"
        is_use = not _USES.isdisjoint(words) and _APPLICATION.search(folded(before))
        if is_use:
            role = "application"
        elif _CUES.isdisjoint(words) or not _is_beside(before):
            return "subject"
    return role


def _is_beside(before: str) -> bool:
    """Whether the words before a topic make it a tool, a test set, or a thing to compare with."""
    return _BESIDE.search(folded(before), len(before) - _LONGEST_BESIDE) is not None


def _without_other_senses(text: str, hits: list[Hit]) -> list[Hit]:
    """Hits without abbreviations that the text spells out as something else: "(TTS)"."""
    wrong: set[tuple[str, str]] = set()
    for number, (topic, start, end, _) in enumerate(hits):
        if text[end : end + 1] == ")" and text[start - 1 : start] == "(":
            said = text[start:end].rstrip("s")
            if sum(map(str.isupper, said)) > 1 and not _is_spelled(topic, start, hits, number):
                wrong.add((topic, said))
    if not wrong:
        return hits
    return [hit for hit in hits if (hit[0], text[hit[1] : hit[2]].rstrip("s")) not in wrong]


def _is_spelled(topic: str, place: int, hits: Sequence[Hit], number: int) -> bool:
    """Whether words for the same topic stand right before the brackets of an abbreviation, which
    is the hit of this number."""
    for before in range(number - 1, -1, -1):
        said, start, end, _ = hits[before]
        if said == topic and place - 25 <= end < place:
            return True
        if start < place - _LONGEST_SPELLED:
            return False
    return False


def _of_keywords(
    keywords: Sequence[str], hits: Sequence[Hit], first: int
) -> dict[str, tuple[int, str]]:
    """The topics of keywords by their hits in the list, which begins at `first`."""
    ends = list(accumulate((len(keyword) + 2 for keyword in keywords), initial=first))[1:]
    found: dict[str, tuple[int, str]] = {}
    for topic, start, _, sign in hits:
        if sign == "about" and topic is not CONTRIBUTES:
            place = bisect_right(ends, start)
            found.setdefault(topic, (place, keywords[place]))
    return found
