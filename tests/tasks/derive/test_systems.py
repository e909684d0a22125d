"""What a paper introduces is found by its name; the many acronyms that are no system are not."""

import pytest

from tasks.derive.names import is_initials, is_strong, name_key, split_version
from tasks.derive.paper import Paper
from tasks.derive.systems import systems


def names(title: str, abstract: str = "", github_repo: str | None = None) -> list[str]:
    return [system.name for system in systems(Paper(title, abstract, github_repo))]


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("FernNet: Growing Networks", "FernNet is small.", ["FernNet"]),
        ("GRDN-2: A Benchmark for Gardens", "", ["GRDN-2"]),
        ("Moss: A Quiet Model", "We train Moss for a week.", ["Moss"]),
        ("Moss: A Quiet Model", "We train it for a week.", []),
        ("Ivy and Lawn Tools", "", []),
        ("Growing Things: How to Prune", "We prune.", []),
        ("LLMs: A Survey of Gardens", "", []),
        ("GPT-4: What It Knows of Plants", "We ask GPT-4.", []),
        ("Do Plants Grow? A Study", "", []),
        ("Fern3 Technical Report", "", ["Fern3"]),
        ("Introducing FernNet", "", ["FernNet"]),
        ("Slow Gardens (SlowGa) for All", "", ["SlowGa"]),
    ],
)
def test_the_head_of_a_title_names_the_system(
    title: str, abstract: str, expected: list[str]
) -> None:
    assert names(title, abstract) == expected


def test_a_plain_word_before_the_colon_counts_when_the_repository_has_it_too() -> None:
    assert names("Moss: A Model", "", github_repo="https://github.com/lab/moss") == ["Moss"]


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("We propose FernNet, a new network.", ["FernNet"]),
        ("This paper introduces FernNet (Fern Network).", ["FernNet"]),
        ("In this work, we present Quiet Garden, a simple method.", ["Quiet Garden"]),
        ("We propose a method for growing, called FernNet.", ["FernNet"]),
        ("We describe a framework, dubbed Quiet Garden, for pruning.", ["Quiet Garden"]),
        ("We introduce Fern Aware Growing (FAG) for plants.", ["FAG"]),
        ("We propose a novel method for shared leaf growing (SLGro).", ["SLGro"]),
        ("We release FernBench and FernData for all.", ["FernBench", "FernData"]),
        ("We build the FernBench dataset.", ["FernBench"]),
        ("Our method, FernNet, grows well.", ["FernNet"]),
        ("We propose to use large language models (LLMs) for NLP.", []),
        ("We apply reinforcement learning (RL) and measure WER.", []),
        ("We present experiments on GPT-4 and Llama 3.", []),
        ("Existing methods propose FernNet and stop there.", []),
        ("We propose a CLIP-based method and an LLM-driven one.", []),
        ("We show results on models (e.g., FernNet, MossNet).", []),
        ("We introduce 3D-consistent growing.", []),
        ("We present the first study of gardens.", []),
    ],
)
def test_an_abstract_names_what_it_introduces(abstract: str, expected: list[str]) -> None:
    assert names("On gardens", abstract) == expected


def test_an_acronym_and_what_it_stands_for_are_one_system_with_an_alias() -> None:
    (system,) = systems(Paper("On gardens", "We propose Fern Aware Growing (FAGro), a method."))
    assert (system.name, system.aliases) == ("FAGro", ("Fern Aware Growing",))
    assert system.pattern == "propose"


def test_the_title_and_the_abstract_name_a_system_once() -> None:
    abstract = "We propose Fern Network, a method. FernNet grows. We present FernNet-7B."
    rows = systems(Paper("FernNet: Growing", abstract))
    assert [row.name_key for row in rows] == ["fernnet"]


@pytest.mark.parametrize(
    ("abstract", "kind"),
    [
        ("We introduce FernNet, a large language model for plants.", "model"),
        ("We introduce FernNet, a benchmark dataset for growing.", "dataset"),
        ("We introduce the FernNet benchmark.", "benchmark"),
        ("We propose a training method called FernNet.", "method"),
        ("We propose FernNet.", None),
    ],
)
def test_the_nouns_beside_a_name_say_what_it_is(abstract: str, kind: str | None) -> None:
    (system,) = systems(Paper("On gardens", abstract))
    assert system.kind == kind


def test_a_span_is_where_the_name_stands() -> None:
    abstract = "Much grows. We propose FernNet, a network."
    (system,) = systems(Paper("On gardens", abstract))
    assert abstract[system.span_start : system.span_end] == "FernNet"
    assert system.sentence == "We propose FernNet, a network."


@pytest.mark.parametrize(
    ("name", "base", "tag"),
    [
        ("Fern-7B", "Fern", "7B"),
        ("FernNet v2", "FernNet", "2"),
        ("Fern2.5-7B", "Fern", "2.5 7B"),
        ("Fern-7B-Instruct", "Fern", "7B-Instruct"),
        ("Fern-2", "Fern", "2"),
        ("FernNet", "FernNet", None),
        ("4DFern", "4DFern", None),
    ],
)
def test_version_and_size_are_no_part_of_the_key(name: str, base: str, tag: str | None) -> None:
    assert split_version(name) == (base, tag)
    assert name_key(name) == base.lower()


@pytest.mark.parametrize(("word", "is_one"), [("FernNet", True), ("Fern", False), ("GRDN", True)])
@pytest.mark.parametrize("ending", ["", "-Bench"])
def test_a_word_is_strong_by_its_letters(word: str, is_one: bool, ending: str) -> None:
    assert is_strong(word + ending) == (is_one or bool(ending))


@pytest.mark.parametrize(
    "word", ["7B", "4x", "10%", "GPT-4-based", "2D-aware", "the", "LLM-driven"]
)
def test_sizes_and_adjectives_are_not_strong(word: str) -> None:
    assert not is_strong(word)


def test_initials_stand_in_their_phrase_in_order() -> None:
    assert is_initials("FAG", "Fern Aware Growing")
    assert is_initials("FernGro", "Fern Growing")
    assert not is_initials("FAG", "Moss Aware Growing")
    assert not is_initials("FAG", "Fern Growing")
