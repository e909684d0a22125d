"""Topics are told by phrases of a readable taxonomy, word for word."""

import random
import re
import tomllib
from collections.abc import Iterator
from importlib import resources

import pytest

from schemas.derived import ABOUT
from tasks.derive.paper import Paper
from tasks.derive.taxonomy import AREAS, CONTRIBUTES, hits_in
from tasks.derive.topics import topics


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
    paper = Paper("On gardens", "We grow (fast) with a Mixture-of-Experts, twice.")
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


def sure(title: str, abstract: str, keywords: tuple[str, ...] = ()) -> float:
    return topics(Paper(title, abstract, ai_keywords=keywords))[0].confidence


def test_a_title_tells_more_surely_than_an_abstract_and_often_more_than_once() -> None:
    often = "We study quantization. It shrinks. Quantization is slow. More quantization."
    assert sure("Quantization", often) > sure("", often) > sure("", "Leaves. Quantization. Roots.")


def test_a_sentence_that_says_what_the_paper_does_and_a_keyword_tell_more() -> None:
    once = "Leaves grow. Quantization is near. Roots grow."
    assert sure("", once.replace("Quantization is", "We study quantization")) > sure("", once)
    assert sure("", once, ("quantization",)) > sure("", once)


def about(title: str, abstract: str) -> set[str]:
    rows = topics(Paper(title, abstract))
    return {row.topic for row in rows if row.confidence >= ABOUT}


def test_where_all_topics_are_light_the_strongest_is_what_the_paper_is_about() -> None:
    light = "Leaves grow. We study quantization of leaves. Mamba is near. Roots grow."
    assert about("On Leaves", light) == {"quantization"}
    assert about("Mamba for Leaves", light) == {"state-space and linear attention"}
    assert about("On Leaves", light.replace("Roots", "We study Mamba. Roots")) == {
        "state-space and linear attention"
    }


def test_what_a_title_goes_without_is_no_topic_of_it() -> None:
    assert about("Quantization of Leaves", "") == {"quantization"}
    assert about("Slow Leaves without Quantization", "") == set()
    assert about("Beyond Quantization: Slow Leaves", "") == set()


def test_a_single_mention_or_one_in_passing_is_never_the_strongest_topic() -> None:
    assert about("On Leaves", "Leaves grow. Quantization is near. Roots grow.") == set()
    passing = "Leaves grow. We use leaves, instead of quantization. Roots grow."
    assert about("On Leaves", passing) == set()


@pytest.mark.parametrize(
    ("abstract", "role"),
    [
        ("Leaves grow. Quantization is near. Roots grow.", "mention"),
        ("Leaves grow. We grow leaves instead of quantization. Roots grow.", "instrument"),
        ("Leaves grow. We study quantization of leaves. Roots grow.", "subject"),
    ],
)
def test_a_topic_that_is_only_mentioned_is_no_subject(abstract: str, role: str) -> None:
    (row,) = topics(Paper("On Leaves", abstract))
    assert row.role == role


ABOUT_A_TOPIC = {
    "the title": ("Quantization of Leaves", ""),
    "what it does, twice": (
        "",
        "We study quantization. Leaves fall. Our quantization is fast. End.",
    ),
    "a benchmark of its own": (
        "",
        "We introduce Foo, a benchmark of 2K prompts. The benchmark is new.",
    ),
    "wider wording": (
        "",
        "We present dLLMs. Diffusion large language models grow. They are dLLMs.",
    ),
    "attack words": ("", "We study attacks on gardens. The attack is unsafe. It works."),
    "an omni-modal model": ("", "We present an omni-modal LLM. The omni-modal LLM hears. It sees."),
    "a first-person video": (
        "",
        "We study first-person video. Long first-person video is hard. So.",
    ),
    "a proactive agent": ("", "We study proactive agents. A proactive agent asks. It waits."),
}


@pytest.mark.parametrize("what", ABOUT_A_TOPIC)
def test_what_a_paper_is_about_is_told_from_the_threshold_on(what: str) -> None:
    title, abstract = ABOUT_A_TOPIC[what]
    assert max(row.confidence for row in topics(Paper(title, abstract))) >= ABOUT


PASSING = {
    "uses": "We grow leaves. Roots follow, with uses in robotics, medical AI and remote sensing.",
    "applications": "Leaves grow. This enables applications such as robotics and video games.",
    "domains": "Leaves grow in domains such as healthcare, robotics and finance. Roots too.",
    "a contrast": "Leaves grow. Unlike diffusion models, ours is short. Roots grow.",
    "an advance": "Leaves grow. Inspired by advances in speech recognition, we water. Roots grow.",
    "a rival": "Leaves grow. It outperforms retrieval-augmented generation. Roots grow.",
    "a judge": "Leaves grow. Answers are scored by LLM-as-a-judge. Roots grow.",
    "a test set": "Leaves grow. It works on GSM8K. Roots grow.",
    "another test set": "Leaves grow. We report experiments on HumanEval. Roots grow.",
}


@pytest.mark.parametrize("what", PASSING)
def test_a_passing_mention_is_no_subject(what: str) -> None:
    rows = topics(Paper("On gardens", PASSING[what]))
    assert rows
    for row in rows:
        assert row.confidence < ABOUT, row
        assert row.role in ("instrument", "application"), row


@pytest.mark.parametrize(
    "abstract",
    [
        "Test-time scaling (TTS) is slow. TTS waits. We study TTS.",
        "We study root-cause diagnosis. The diagnosis of faults is slow. Diagnosis helps.",
        "We train an adapter-free model. It is adapter-free. Adapter-free models grow.",
        "We use vector quantization. Residual vector quantization is near.",
        "We study text segmentation. Text segmentation cuts. Topic segmentation is near.",
        "Leaf aware growing (RAG) is slow. RAG waits. We study RAG.",
        "Dry indoor trees (DiT) are slow. DiT waits. We study DiT.",
    ],
)
def test_another_sense_of_a_word_is_told_apart_by_its_neighbours(abstract: str) -> None:
    other = {
        *("speech synthesis", "medicine", "parameter-efficient fine-tuning", "quantization"),
        *("segmentation", "retrieval-augmented generation", "diffusion models"),
    }
    assert not told("On gardens", abstract) & other


def test_an_abbreviation_that_is_spelled_out_as_the_topic_counts() -> None:
    spelled = "We study retrieval-augmented generation (RAG). RAG is slow. RAG waits."
    assert "retrieval-augmented generation" in told("On gardens", spelled)


Meaning = tuple[list[str], str, bool]
"""The words of a phrase, its topic, and whether it denies it."""


def taxonomy() -> Iterator[Meaning]:
    """Every phrase of the taxonomy, in the singular and in the plural."""
    text = (resources.files("tasks.derive") / "topics.toml").read_text(encoding="utf-8")
    areas = [area for area in tomllib.loads(text).values() if isinstance(area, dict)]
    for topic, entry in (item for area in areas for item in area.items()):
        for key in ("phrases", "instruments", "not"):
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
        found: dict[str, tuple[int, int]] = {}
        for topic, start, end, _ in hits_in(text):
            if topic != CONTRIBUTES:
                found.setdefault(topic, (start, end))
        assert found == plainly_told(text, phrases), text


def test_the_taxonomy_is_readable_and_sound() -> None:
    text = (resources.files("tasks.derive") / "topics.toml").read_text(encoding="utf-8")
    taxonomy = tomllib.loads(text)
    assert taxonomy.pop("version") >= 1
    assert len(AREAS) >= 60
    for area in taxonomy.values():
        for told_by in area.values():
            assert told_by.keys() <= {"phrases", "instruments", "not"}
            assert all(phrase == phrase.strip() and phrase for phrase in told_by["phrases"])


def plainly(words: list[str]) -> str:
    """Words as the search reads them, between blanks."""
    return f" {' '.join(re.sub(r'[-()]', ' ', ' '.join(words)).split())} "


def test_what_denies_a_topic_holds_words_that_would_name_it() -> None:
    text = (resources.files("tasks.derive") / "topics.toml").read_text(encoding="utf-8")
    areas = [area for area in tomllib.loads(text).values() if isinstance(area, dict)]
    named = [(plainly(words), topic) for words, topic, is_denial in taxonomy() if not is_denial]
    for topic, entry in (item for area in areas for item in area.items()):
        for denial in entry.get("not", ()):
            words = denial.lower().split()
            forms = (plainly(words), plainly([*words[:-1], f"{words[-1]}s"]))
            assert any(of == topic and said in form for said, of in named for form in forms), (
                topic,
                denial,
            )
