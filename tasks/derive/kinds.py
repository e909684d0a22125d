"""The kind of thing that a name stands for, from the nouns beside it."""

import re

from tasks.derive.words import one_of

_KINDS = {
    "model": "model models network transformer llm mllm vlm lmm agent policy encoder "
    "decoder tokenizer detector classifier generator retriever verifier",
    "method": "method methods approach algorithm technique strategy mechanism paradigm objective "
    "loss procedure scheme recipe module optimizer adapter decoding attack defense",
    "framework": "framework system pipeline architecture",
    "tool": "library toolkit platform engine tool toolbox simulator environment interface codebase",
    "dataset": "dataset datasets corpus corpora collection",
    "benchmark": "benchmark benchmarks testbed leaderboard suite",
    "metric": "metric metrics score measure",
}
KIND_OF = {noun: kind for kind, nouns in _KINDS.items() for noun in nouns.split()}
_ENDS_A_NOUN = one_of(
    "for that which to of with designed built using in on capable trained based from by where "
    "whose and as towards toward specifically"
)
_LETTERS = re.compile(r"[a-z]+(?:-[a-z]+)*|[,.;:]")
_BEHIND = re.compile(
    r"[\s,–—-]{0,4}(?:(?:is|are|as|which is)\s)?(?:a|an|the|our|one of the)\s(.{3,110})"
)


def kind_in(words: str, *, at_end: bool = False) -> str | None:
    """The kind of thing in a noun phrase: that of its last noun with a kind, before a preposition.

    With `at_end` the phrase may contain prepositions, and its first noun with a kind counts.
    """
    if words.isalpha():
        return KIND_OF.get(words.lower())
    kind = None
    for word in _LETTERS.findall(words.lower()):
        if word in KIND_OF:
            kind = KIND_OF[word]
            if at_end:
                return kind
        elif kind and word in _ENDS_A_NOUN:
            return kind
    return kind


def kind_behind(text: str, place: int) -> str | None:
    """The kind of thing named after a name: ", a novel framework", " is a model"."""
    said = _BEHIND.match(text, place)
    return kind_in(said[1].split(". ")[0]) if said else None
