"""Topics are told by phrases of a readable taxonomy, word for word."""

import random
import tomllib
from collections.abc import Iterator
from importlib import resources

from tasks.derive.paper import Paper
from tasks.derive.topics import AREAS, topics


def told(title: str, abstract: str = "", keywords: tuple[str, ...] = ()) -> set[str]:
    return {topic.topic for topic in topics(Paper(title, abstract, ai_keywords=keywords))}


def test_case_hyphens_and_a_plural_do_not_matter() -> None:
    for text in ("Text-to-Image gardens", "text to image", "TEXT-TO-IMAGE"):
        assert "text-to-image generation" in told(text)
    assert "diffusion models" in told("On diffusion models")


def test_a_phrase_ends_at_a_mark_and_at_the_edge_of_a_word() -> None:
    assert told("Long, context") == set()
    assert told("Fragile ragged RAGs") == {"retrieval-augmented generation"}
    assert told("ragged gardens") == set()


def test_a_longer_phrase_that_means_something_else_denies_a_topic() -> None:
    assert told("A vision-language model") == {"vision-language models"}
    assert told("Step distillation") == {"generation distillation and speed"}


def test_evidence_stands_where_the_span_says() -> None:
    paper = Paper("On gardens", "We prune (fast) with a Mixture-of-Experts, twice.")
    (topic,) = topics(paper)
    assert topic.evidence == "Mixture-of-Experts"
    assert paper.abstract is not None
    assert paper.abstract[topic.span_start : topic.span_end] == topic.evidence
    assert topic.area == AREAS[topic.topic]


def test_keywords_of_the_source_are_kept_apart_from_phrases() -> None:
    rows = topics(Paper("Quantization", "", ai_keywords=("leaf", "4-bit quantization")))
    assert [(row.method, row.evidence, row.span_start) for row in rows] == [
        ("phrase", "Quantization", 0),
        ("keyword", "4-bit quantization", 1),
    ]


def test_a_title_tells_more_surely_than_an_abstract_and_often_more_than_once() -> None:
    def sure(title: str, abstract: str) -> float:
        return topics(Paper(title, abstract))[0].confidence

    assert sure("Quantization", "") > sure("", "quantization " * 3) > sure("", "quantization")


Meaning = tuple[list[str], str, bool]
"""The words of a phrase, its topic, and whether it denies it."""


def taxonomy() -> Iterator[Meaning]:
    """Every phrase of the taxonomy, in the singular and in the plural."""
    text = (resources.files("tasks.derive") / "topics.toml").read_text(encoding="utf-8")
    areas = [area for area in tomllib.loads(text).values() if isinstance(area, dict)]
    for topic, entry in (item for area in areas for item in area.items()):
        for key in ("phrases", "not"):
            for phrase in entry.get(key, ()):
                words = phrase.lower().split()
                yield words, topic, key == "not"
                yield [*words[:-1], f"{words[-1]}s"], topic, key == "not"


def plainly_told(text: str, phrases: list[Meaning]) -> dict[str, tuple[int, int]]:
    """Where a text of lower-case words and blanks first has each topic, by the plainest search."""
    words = text.split(" ")
    starts = [sum(len(word) + 1 for word in words[:place]) for place in range(len(words))]
    hits = [
        (topic, starts[place], starts[place] + len(" ".join(said)), is_denial)
        for place in range(len(words))
        for said, topic, is_denial in phrases
        if words[place : place + len(said)] == said
    ]
    denials = [hit for hit in hits if hit[3]]
    found: dict[str, tuple[int, int]] = {}
    for topic, start, end, is_denial in sorted(hits):
        denied = any(of == topic and a <= start and end <= b for of, a, b, _ in denials)
        if not is_denial and not denied:
            found.setdefault(topic, (start, end))
    return found


def test_all_phrases_are_found_that_a_search_word_by_word_finds() -> None:
    phrases = list(taxonomy())
    vocabulary = sorted({word for words, _, _ in phrases for word in words} | {"", "a", "gärten"})
    dice = random.Random(1)  # noqa: S311 - reproducible texts, no secret
    for _ in range(40):
        listed = [" ".join(words) for words, _, _ in dice.choices(phrases, k=8)]
        text = " ".join([*listed, *dice.choices(vocabulary, k=12), *listed[:2]])
        found = {t.topic: (t.span_start, t.span_end) for t in topics(Paper("", text))}
        assert found == plainly_told(text, phrases), text


def test_the_taxonomy_is_readable_and_sound() -> None:
    text = (resources.files("tasks.derive") / "topics.toml").read_text(encoding="utf-8")
    taxonomy = tomllib.loads(text)
    assert taxonomy.pop("version") >= 1
    assert len(AREAS) >= 60
    for area in taxonomy.values():
        for told_by in area.values():
            assert told_by.keys() <= {"phrases", "not"}
            assert all(phrase == phrase.strip() and phrase for phrase in told_by["phrases"])
