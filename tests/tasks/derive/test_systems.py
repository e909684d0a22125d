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


def parts(abstract: str, title: str = "On gardens") -> list[str]:
    return [row.name for row in systems(Paper(title, abstract)) if row.role == "part"]


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        (
            "FernNet has three parts: (i) FernAlign for leaves; (ii) Slot Grouping for roots.",
            ["FernAlign", "Slot Grouping"],
        ),
        (
            "It has two modules. First, Cross-Ring Overlap (CRO). Second, Ring Cutting for roots.",
            ["Cross-Ring Overlap", "Ring Cutting"],
        ),
        (
            "We design two strategies: Margin Weeding and Early Mowing.",
            ["Margin Weeding", "Early Mowing"],
        ),
        ("We propose a Local Leaf Attention module for leaves.", ["Local Leaf Attention"]),
        ("They face two challenges: (1) Poor Soil Quality: soil is dry. (2) High Water Costs.", []),
        ("Our findings are: (1) Less Rain: it is dry. (2) More Sun, which burns.", []),
    ],
)
def test_named_parts_of_a_system_are_told_from_systems(abstract: str, expected: list[str]) -> None:
    assert parts(abstract) == expected


def test_a_dataset_of_its_own_in_a_list_is_no_part() -> None:
    rows = systems(Paper("On gardens", "We introduce: (i) FernData, a dataset of ferns; and more."))
    assert [(row.name, row.role, row.kind) for row in rows] == [("FernData", "system", "dataset")]


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        # names that act
        ("We study plants. Under this view, FernNet uses leaves.", ["FernNet"]),
        ("We study plants. At its core, DeepFern performs growth.", ["DeepFern"]),
        ("Our view is new: PlantRL learns to grow.", ["PlantRL"]),
        ("Existing tools are slow: FernNet uses leaves. We study it.", []),
        ("We instantiate the recipe with Fern-8B.", ["Fern-8B"]),
        ("With FernGym we train Fern-R1.", ["Fern-R1"]),
        ("We train a tall detector (FernDet) on leaves.", ["FernDet"]),
        # a long name with its acronym, without a verb of proposal
        ("Our stealthy Quiet Echo Insertion (QEI) attack is strong.", ["QEI"]),
        ("Our tall fern growing (TFG) framework grows.", ["TFG"]),
        ("We explore Slow Leaf Growing (SLG), a framework for leaves.", ["SLG"]),
        ("We introduce Quick Leaf Models (QLMs), which grow.", ["QLMs"]),
        ("Our method leverages Gaussian Process Regression (GPR) to grow.", []),
        # a second name beside the first
        (
            "We introduce FernSet, a dataset of ferns, alongside Fern-Bench.",
            ["FernSet", "Fern-Bench"],
        ),
        ("We release FernNet, a model, together with FernGym.", ["FernNet", "FernGym"]),
        (
            "We present MDU, a benchmark of ferns, and MDU-45k, a dataset of roots.",
            ["MDU", "MDU-45k"],
        ),
        # the whole name
        ("We propose Multi-level Spatial RoPE for plants.", ["Multi-level Spatial RoPE"]),
        ("We propose Evidence-guided LeafRAG for plants.", ["Evidence-guided LeafRAG"]),
        ("We introduce Sketch-aware FernNet, a model.", ["Sketch-aware FernNet"]),
        # the name, not its task; no problems
        ("We propose an efficient XYZS method, named Heron, for plants.", ["Heron"]),
        ("We present a novel QWRT framework, dubbed Heron, for plants.", ["Heron"]),
        ("We propose a fast ABCD approach called Heron.", ["Heron"]),
        ("This paradigm introduces a Teacher-Sight Gap.", []),
        ("We formulate the Leaf-Root Problem.", []),
        ("We formulate it as a Generalized Watering Bridge (GWB) problem.", []),
        ("We introduce a Leafy Relational Benchmark LRB, a benchmark of ferns.", ["LRB"]),
        ("We propose \\OurMethod, a model of ferns.", []),
        ("We describe the Dry-Soil Paradox.", []),
        # in brackets
        ("We build a method (termed FernX) for plants.", ["FernX"]),
        ("We use a tall pot (called FernPot) for plants.", ["FernPot"]),
        ("It is a rule (dubbed RootRL) of gardens.", ["RootRL"]),
        # words with a hyphen before a known name
        ("We develop a multi-LoRA training method.", []),
        ("Our method builds upon FernBase and grows.", []),
        ("We evaluate our method on the public FernSemble dataset.", []),
    ],
)
def test_a_name_is_found_however_it_is_introduced(abstract: str, expected: list[str]) -> None:
    assert names("On gardens", abstract) == expected


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Look and Copy: Learning from Clips", "Look at this. Copy it.", []),
        ("Watering of Large Gardens: A Survey", "Watering of Large Gardens is old.", []),
        ("Weed and Water: Gardens", "We weed. Water helps plants.", []),
        ("Prune, Water and Grow: Gardens", "We prune. Grow fast.", []),
        (
            "Swan and FernBench: Models and Tests",
            "We introduce Swan. It uses FernBench.",
            ["Swan", "FernBench"],
        ),
    ],
)
def test_verbs_of_a_title_are_no_names(title: str, abstract: str, expected: list[str]) -> None:
    assert names(title, abstract) == expected


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("FernEval: A Benchmark for Model-Generated Pages", "benchmark"),
        ("FernEval: A Dataset of Framework-Free Pages", "dataset"),
        ("FernEval: Pages Written in Tool-Assisted Ways", None),
    ],
)
def test_the_kind_is_that_of_a_whole_word(title: str, kind: str | None) -> None:
    (system,) = systems(Paper(title, "FernEval is new."))
    assert system.kind == kind
