"""The taxonomy of topics, read from `topics.toml`, and the search for its phrases in a text.

One automaton (Aho-Corasick) looks for all phrases while it reads a text once, so the cost does not
grow with the taxonomy. Case, hyphens and a plural s do not matter; a punctuation mark and a blank
between two words become two blanks, which no phrase has.
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from operator import itemgetter
from typing import Any

from tasks.derive.search import SMALL, Phrases

Hit = tuple[str, int, int, str]
"""Where a text has a phrase, and what it means: the topic, start, end, and whether the phrase is
`about` the topic, an `instrument` that any paper may use, or `not` the topic. There are many."""

CONTRIBUTES = "we propose"
"""What stands for a topic in a hit of words that say what a paper does: "we introduce"."""
_DOES = (
    "propose introduce present develop design build release describe study investigate explore "
    "examine address focus aim formulate analyze construct create survey review establish curate"
)
_SAYS = (
    "this paper",
    "this work",
    "this survey",
    "this study",
    "this report",
    "this article",
    "is presented",
    "is proposed",
    "is introduced",
    "the proposed",
    "our method",
    "our approach",
    "our model",
    "our framework",
    "our benchmark",
    "our work",
    "in this paper",
    "in this work",
)
_NOT_WORDS = "-/_'’.,;:()[]{}!?\"“”\\$&~*\n\t"
_READ_AS = SMALL | dict.fromkeys(_NOT_WORDS, " ")
_KEYS = {"phrases": "about", "instruments": "instrument", "not": "not"}


def _listed() -> tuple[int, dict[str, dict[str, dict[str, list[str]]]]]:
    text = (resources.files("tasks.derive") / "topics.toml").read_text(encoding="utf-8")
    read: dict[str, Any] = tomllib.loads(text)
    return read.pop("version"), read


def _meanings() -> Iterator[tuple[str, str, str]]:
    """Every phrase with its topic and sign."""
    for topic, entry in ((t, e) for topics in _AREAS.values() for t, e in topics.items()):
        for key, phrases in entry.items():
            for phrase in phrases:
                yield phrase, topic, _KEYS[key]
    for verb in _DOES.split():
        yield f"we {verb}", CONTRIBUTES, "about"
        yield f"we also {verb}", CONTRIBUTES, "about"
    for said in _SAYS:
        yield said, CONTRIBUTES, "about"


def _phrases(meanings: Iterable[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """What each phrase means; the phrase as it is looked for, with a blank on both sides."""
    found: dict[str, list[tuple[str, str]]] = {}
    for phrase, topic, sign in meanings:
        words = " ".join("".join(_READ_AS.get(letter, letter) for letter in phrase).split())
        for form in (f" {words} ", f" {words}s "):
            found.setdefault(form, []).append((topic, sign))
    return found


_VERSION, _AREAS = _listed()
TAXONOMY_VERSION = _VERSION
AREAS = {topic: area for area, topics in _AREAS.items() for topic in topics}
"""The area of each topic."""
_PHRASES = _phrases(_meanings())
_MEANINGS = list(_PHRASES.values())
_SEARCH = Phrases(list(_PHRASES), _READ_AS)


def hits_in(text: str) -> list[Hit]:
    """Where a text has phrases, in order, without those that a longer phrase denies."""
    matches = _SEARCH.matches(text)
    matches.sort(key=start_of)
    hits = [
        (topic, start, end - 2, sign)
        for number, start, end in matches
        for topic, sign in _MEANINGS[number]
    ]
    denials = [hit for hit in hits if hit[3] == "not"]
    if not denials:
        return hits
    denied = {hit[0] for hit in denials}
    return [hit for hit in hits if hit[0] not in denied or not _is_denied(hit, denials)]


start_of = itemgetter(1)
"""Where a match or a hit begins."""


def _is_denied(hit: Hit, denials: Sequence[Hit]) -> bool:
    """Whether a hit says what its topic is not, or lies in one that does."""
    topic, start, end, sign = hit
    return sign == "not" or any(
        denied == topic and first <= start and end <= last for denied, first, last, _ in denials
    )
