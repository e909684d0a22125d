"""Which topics of AI research a paper is about, by the phrases of `topics.toml`.

A text is read once, word by word. Phrases are looked up by their first words, so the cost does not
grow with the taxonomy. Case, hyphens and a plural s do not matter; a punctuation mark and a blank
between two words give an empty word, which ends every phrase.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from importlib import resources
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import NamedTuple

from tasks.derive.paper import Paper


class Topic(NamedTuple):
    """A topic and the words that indicate it; the fields are columns of derived.paper_topics."""

    topic: str
    area: str
    method: str
    evidence: str
    found_in: str
    span_start: int
    span_end: int
    confidence: float


class _Phrase(NamedTuple):
    """The words of a phrase after its second, and the topic it indicates or denies."""

    rest: list[str]
    topic: str
    is_denial: bool


class _Hit(NamedTuple):
    topic: str
    start: int
    end: int
    is_denial: bool


_NOT_WORDS = "-/_'’.,;:()[]{}!?\"“”\\$&~*\n\t"
_FOLDED = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_FOLDED |= dict.fromkeys(map(ord, _NOT_WORDS), " ")


_Phrases = dict[tuple[str, str], list[_Phrase]]
"""Phrases by their first two words; the second is empty for a phrase of one word."""


def _taxonomy() -> tuple[int, dict[str, str], _Phrases]:
    """The taxonomy's version, the area of each topic, and its phrases."""
    text = (resources.files("tasks.derive") / "topics.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    version: int = read.pop("version")
    areas: dict[str, str] = {}
    phrases: _Phrases = {}
    for area, topics in read.items():
        for topic, entry in topics.items():
            areas[topic] = area
            by_sign = ((entry["phrases"], False), (entry.get("not", ()), True))
            for phrase, is_denial in ((p, sign) for listed, sign in by_sign for p in listed):
                for first, *rest in _forms(phrase):
                    begins = (first, rest[0] if rest else "")
                    phrases.setdefault(begins, []).append(_Phrase(rest[1:], topic, is_denial))
    return version, areas, phrases


def _forms(phrase: str) -> Iterator[list[str]]:
    """The words of a phrase as they are matched, as given and in the plural."""
    words = phrase.translate(_FOLDED).split()
    yield words
    yield [*words[:-1], f"{words[-1]}s"]


_TAXONOMY_VERSION, AREAS, _PHRASES = _taxonomy()
VERSION = f"topics/{_TAXONOMY_VERSION}"
_ALONE = {first: phrases for (first, second), phrases in _PHRASES.items() if not second}


def topics(paper: Paper) -> list[Topic]:
    """The topics of a paper with their evidence, each once for phrases and once for keywords."""
    found: dict[tuple[str, str], Topic] = {}
    counts: dict[str, int] = {}
    for found_in, text in (("title", paper.title), ("abstract", paper.abstract or "")):
        for hit in _hits(text):
            counts[hit.topic] = counts.get(hit.topic, 0) + 1
            topic = _topic(hit, text, found_in)
            found.setdefault((hit.topic, "phrase"), topic)
    keywords = paper.ai_keywords or ()
    ends = list(accumulate(len(keyword) + 2 for keyword in keywords))
    for hit in _hits("  ".join(keywords)) if keywords else ():
        place = bisect_right(ends, hit.start)
        if (hit.topic, "keyword") not in found:
            keyword = keywords[place]
            place_of = ("ai_keywords", place, place + 1)
            topic = Topic(hit.topic, AREAS[hit.topic], "keyword", keyword, *place_of, 0.7)
            found[hit.topic, "keyword"] = topic
    return [_sure(topic, counts.get(topic.topic, 0)) for topic in found.values()]


def _topic(hit: _Hit, text: str, found_in: str) -> Topic:
    evidence = text[hit.start : hit.end]
    return Topic(hit.topic, AREAS[hit.topic], "phrase", evidence, found_in, hit.start, hit.end, 0.0)


def _sure(topic: Topic, n_hits: int) -> Topic:
    """The topic with its confidence: higher in a title, and for several hits in an abstract."""
    if topic.found_in == "title":
        return topic._replace(confidence=0.95)
    if topic.method == "keyword":
        return topic._replace(confidence=0.85 if n_hits else 0.6)
    return topic._replace(confidence=0.85 if n_hits >= 3 else 0.75 if n_hits == 2 else 0.5)


def _hits(text: str) -> list[_Hit]:
    """Where a text has a phrase of a topic, without those that a longer phrase denies."""
    words = text.translate(_FOLDED).split(" ")
    matches = [
        (place, place, phrase)
        for place, word in enumerate(words)
        if word in _ALONE
        for phrase in _ALONE[word]
    ]
    for place in [place for place, pair in enumerate(pairwise(words)) if pair in _PHRASES]:
        for phrase in _PHRASES[words[place], words[place + 1]] if words[place + 1] else ():
            last = place + 1 + len(phrase.rest)
            if words[place + 2 : last + 1] == phrase.rest:
                matches.append((place, last, phrase))
    matches.sort(key=itemgetter(0))
    if not matches:
        return []
    n_letters = list(accumulate(map(len, words)))
    hits = [
        _Hit(
            phrase.topic,
            n_letters[first] + first - len(words[first]),
            n_letters[last] + last,
            phrase.is_denial,
        )
        for first, last, phrase in matches
    ]
    denials = [hit for hit in hits if hit.is_denial]
    if not denials:
        return hits
    return [hit for hit in hits if not hit.is_denial and not _is_denied(hit, denials)]


def _is_denied(hit: _Hit, denials: Sequence[_Hit]) -> bool:
    return any(
        denial.topic == hit.topic and denial.start <= hit.start and hit.end <= denial.end
        for denial in denials
    )
