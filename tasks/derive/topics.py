"""Which topics of AI research a paper is about, by the phrases of `topics.toml`.

One automaton (Aho-Corasick) looks for all phrases while it reads a text once, so the cost does not
grow with the taxonomy. Case, hyphens and a plural s do not matter; a punctuation mark and a blank
between two words become two blanks, which no phrase has.
"""

import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from itertools import accumulate
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

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


class _Meaning(NamedTuple):
    """The topic that a phrase indicates or denies."""

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


_Phrases = dict[str, list[_Meaning]]
"""What each phrase means; the phrase as it is looked for, with a blank on both sides."""


def _taxonomy() -> tuple[int, dict[str, str], _Phrases]:
    """The taxonomy's version, the area of each topic, and what its phrases mean."""
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
                for form in _forms(phrase):
                    phrases.setdefault(form, []).append(_Meaning(topic, is_denial))
    return version, areas, phrases


def _forms(phrase: str) -> tuple[str, str]:
    """A phrase as it is looked for, as given and in the plural."""
    words = " ".join(phrase.translate(_FOLDED).split())
    return f" {words} ", f" {words}s "


_TAXONOMY_VERSION, AREAS, _PHRASES = _taxonomy()
VERSION = f"topics/{_TAXONOMY_VERSION}"
_MEANINGS = list(_PHRASES.values())
_AUTOMATON = AhoCorasick(list(_PHRASES), store_patterns=False)


def topics(paper: Paper) -> list[Topic]:
    """The topics of a paper with their evidence, each once for phrases and once for keywords."""
    texts = {"title": paper.title, "abstract": paper.abstract or ""}
    hits = [(found_in, hit) for found_in, text in texts.items() for hit in _hits(text)]
    n_hits = Counter(hit.topic for _, hit in hits)
    found: dict[tuple[str, str], Topic] = {}
    for found_in, hit in hits:
        if (hit.topic, "phrase") not in found:
            span = (found_in, hit.start, hit.end)
            evidence = texts[found_in][hit.start : hit.end]
            sure = _confidence(found_in, n_hits[hit.topic])
            topic = Topic(hit.topic, AREAS[hit.topic], "phrase", evidence, *span, sure)
            found[hit.topic, "phrase"] = topic
    keywords = paper.ai_keywords or ()
    ends = list(accumulate(len(keyword) + 2 for keyword in keywords))
    for hit in _hits("  ".join(keywords)) if keywords else ():
        if (hit.topic, "keyword") not in found:
            place = bisect_right(ends, hit.start)
            span = ("ai_keywords", place, place + 1)
            sure = _confidence("ai_keywords", n_hits[hit.topic])
            topic = Topic(hit.topic, AREAS[hit.topic], "keyword", keywords[place], *span, sure)
            found[hit.topic, "keyword"] = topic
    return list(found.values())


def _confidence(found_in: str, n_hits: int) -> float:
    """Higher in a title, for several hits in the texts, and for a keyword that they have, too."""
    if found_in == "title":
        return 0.95
    if found_in == "ai_keywords":
        return 0.85 if n_hits else 0.6
    return 0.85 if n_hits >= 3 else 0.75 if n_hits == 2 else 0.5


def _hits(text: str) -> list[_Hit]:
    """Where a text has a phrase of a topic, without those that a longer phrase denies."""
    padded = f" {text.translate(_FOLDED)} "
    matches = _AUTOMATON.find_matches_as_indexes(padded, overlapping=True)
    hits = [
        _Hit(meaning.topic, start, end - 2, meaning.is_denial)
        for start, end, number in sorted((start, end, number) for number, start, end in matches)
        for meaning in _MEANINGS[number]
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
