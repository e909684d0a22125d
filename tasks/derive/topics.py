"""Which topics of AI research a paper is about, by the phrases of `topics.toml`.

A phrase alone says that a topic is mentioned. A paper is about it when the title has it, when
several sentences do, or when the sentences that say what the paper does and keywords agree. A
mention in a list of uses, in a comparison, or as a tool counts little; `role` says which it was.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from schemas.derived import ABOUT
from tasks.derive.paper import Paper
from tasks.derive.taxonomy import AREAS, CONTRIBUTES, TAXONOMY_VERSION, Hit, hits_in
from tasks.derive.words import folded, one_of

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


_IN_TITLE, _DOES, _AT_AN_END, _KEYWORD = 3.0, 0.7, 0.2, 0.6
"""What a mention in the title adds to a topic's weight; what a sentence that says what the paper
does, the first or the last sentence; what a keyword does. Any other sentence weighs 1."""
_PASSING = 0.25
"""What a sentence weighs that only lists the topic, compares with it, or uses it as a tool."""
_CLEAR = 3
"""In more sentences than these, or in the title, a topic is no passing mention."""
_GENERIC = {"large language models": 1.0, "evaluation and benchmarks": 0.5, "reasoning": 0.5}
"""Topics that most papers mention, and the weight they need beyond others."""
_CONFIDENCE = (
    (4.5, 0.98), (3.0, 0.94), (2.4, 0.93), (1.9, 0.92), (1.1, 0.69), (0.9, 0.65), (-9.0, 0.45)
)  # fmt: skip
"""How often a topic of at least such a weight was right on the labelled papers to work with."""
_APPLICATION = re.compile(
    r"\b(?:applications?|uses?|domains|fields|areas|industries|scenarios|sectors)\b"
    r"[^.;]{0,60}?(?:such as|including|like|e\.g|\bin\b|\bto\b|\bfor\b|spanning|:)[^.;]{0,80}$"
)
_INSTRUMENT = re.compile(
    r"\b(?:using|via|scored by|judged by|evaluated (?:on|by)|tested on|experiments on|powered by|"
    r"with the help of|benchmarks? (?:such as|like)|datasets? (?:such as|like|"
    r"including))\s[^,.;]{0,30}$"
)
_CONTRAST = re.compile(
    r"\b(?:unlike|instead of|rather than|compared (?:to|with)|in contrast to|beyond|without|"
    r"outperform(?:s|ing)?|"
    r"surpass(?:es|ing)?|inspired by|competitors to|advances in|advancements in|progress in|"
    r"success of|akin to|"
    r"similar to|alternatives to|integrated into|compatible with|concerns about|limitations like|"
    r"such as|including|e\.g\.?,?|like|single task like)\s[^.;]{0,40}$"
)
_CUES = one_of(
    "application applications use uses domains fields areas industries scenarios sectors using "
    "via by "
    "powered help such datasets benchmarks experiments tested evaluated scored judged including "
    "like unlike instead rather compared contrast beyond "
    "without inspired competitors advances advancements progress success akin similar "
    "alternatives into "
    "compatible about limitations e.g. (e.g., e.g., outperforms outperforming surpasses surpassing "
    "outperform surpass Unlike Beyond Using"
)
"""Words without which no pattern of another role matches."""
_REACH = 110


def topics(paper: Paper) -> list[Topic]:
    """The topics of a paper with their evidence, each once for phrases and once for keywords."""
    abstract = paper.abstract or ""
    titled, mentions, does, n_sentences = _mentions(paper.title, abstract)
    keywords = _of_keywords(paper.ai_keywords or ())
    rows = []
    for topic in dict.fromkeys((*titled, *mentions, *keywords)):
        weight = _IN_TITLE if topic in titled else 0.0
        weight += _KEYWORD if topic in keywords else 0.0
        role = "subject"
        if topic in mentions:
            is_clear = topic in titled or len(mentions[topic]) > _CLEAR
            text = "" if is_clear else abstract
            added, role = _weighed(text, mentions[topic], does, n_sentences)
            weight += added
        sure = _sure(weight - _GENERIC.get(topic, 0.0))
        if topic in titled:
            rows.append(_row(titled[topic], "subject", paper.title, "title", sure))
        elif topic in mentions:
            first = next(iter(mentions[topic].values()))[0]
            rows.append(
                _row(first, "subject" if sure >= ABOUT else role, abstract, "abstract", sure)
            )
        if topic in keywords:
            place, keyword = keywords[topic]
            said = (keyword, "ai_keywords", place, place + 1)
            role = "subject" if topic in titled or sure >= ABOUT else role
            rows.append(Topic(topic, AREAS[topic], "keyword", role, *said, sure))
    return rows


class _Mentions(NamedTuple):
    """The first hit of each topic in the title, and its hits in the abstract by sentence.

    `does` are the sentences that say what the paper does. Sentences are numbered from 1.
    """

    titled: dict[str, Hit]
    mentions: dict[str, dict[int, list[Hit]]]
    does: set[int]
    n_sentences: int


def _mentions(title: str, abstract: str) -> _Mentions:
    """What title and abstract mention; both are searched at once."""
    text, offset = f"{title}\n\n{abstract}", len(title) + 2
    hits = _without_other_senses(text, hits_in(text))
    starts, place = [], offset
    for sentence in abstract.split(". "):
        starts.append(place)
        place += len(sentence) + 2
    titled: dict[str, Hit] = {}
    found: dict[str, dict[int, list[Hit]]] = {}
    does = set()
    for hit in hits:
        topic, start, end, sign = hit
        number = bisect_right(starts, start)
        if topic == CONTRIBUTES:
            does.add(number)
        elif number:
            of_topic = found.get(topic)
            if of_topic is None:
                of_topic = found[topic] = {}
            of_topic.setdefault(number, []).append((topic, start - offset, end - offset, sign))
        elif sign == "about":
            titled.setdefault(topic, hit)
    return _Mentions(titled, found, does, len(starts))


def _weighed(
    text: str, sentences: dict[int, list[Hit]], does: set[int], n_sentences: int
) -> tuple[float, str]:
    """What mentions in an abstract weigh, and the role of the topic in it.

    Without a text every mention counts as one of the subject.
    """
    weight, roles = 0.0, set()
    for number, hits in sentences.items():
        role = _role(text, hits) if text else "subject"
        roles.add(role)
        if role == "subject":
            is_end = number in (1, n_sentences)
            weight += 1.0 + (_DOES if number in does else 0.0) + (_AT_AN_END if is_end else 0.0)
        else:
            weight += _PASSING
    return weight, next(role for role in ("subject", "application", "instrument") if role in roles)


def _sure(weight: float) -> float:
    return next(sure for least, sure in _CONFIDENCE if weight >= least)


def _row(hit: Hit, role: str, text: str, found_in: str, sure: float) -> Topic:
    topic, start, end, _ = hit
    evidence = text[start:end]
    return Topic(topic, AREAS[topic], "phrase", role, evidence, found_in, start, end, sure)


def _role(text: str, hits: Sequence[Hit]) -> str:
    """What the mentions of one sentence say: the first that is the subject decides."""
    role = "instrument"
    for _, start, _, sign in hits:
        if sign == "instrument":
            continue
        before = text[max(0, start - _REACH) : start].rpartition(". ")[2]
        if _CUES.isdisjoint(before.split()):
            return "subject"
        lowered = folded(before)
        if _APPLICATION.search(lowered):
            role = "application"
        elif not (_INSTRUMENT.search(lowered) or _CONTRAST.search(lowered)):
            return "subject"
    return role


def _without_other_senses(text: str, hits: list[Hit]) -> list[Hit]:
    """Hits without abbreviations that the text spells out as something else: "(TTS)"."""
    if "(" not in text:
        return hits
    wrong: set[tuple[str, str]] = set()
    for topic, start, end, _ in hits:
        if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
            said = text[start:end].rstrip("s")
            if sum(map(str.isupper, said)) > 1 and not _is_spelled(topic, start, hits):
                wrong.add((topic, said))
    if not wrong:
        return hits
    return [hit for hit in hits if (hit[0], text[hit[1] : hit[2]].rstrip("s")) not in wrong]


def _is_spelled(topic: str, place: int, hits: Sequence[Hit]) -> bool:
    """Whether words for the same topic stand right before the brackets of an abbreviation."""
    return any(said == topic and place - 25 <= end < place for said, _, end, _ in hits)


def _of_keywords(keywords: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The topics of keywords, each with the place of its first keyword in the list."""
    if not keywords:
        return {}
    ends = list(accumulate(len(keyword) + 2 for keyword in keywords))
    found: dict[str, tuple[int, str]] = {}
    for hit in hits_in("  ".join(keywords)):
        if hit[3] == "about" and hit[0] != CONTRIBUTES:
            place = bisect_right(ends, hit[1])
            found.setdefault(hit[0], (place, keywords[place]))
    return found
