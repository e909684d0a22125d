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
        ("Moss: A Quiet Model", "We train it for a week.", ["Moss"]),
        ("Pruning: A Quiet Art", "We prune it for a week.", []),
        ("FernNet, Towards Quiet Gardens", "We grow plants.", ["FernNet"]),
        ("GRDN, a Model of Gardens", "We grow plants.", ["GRDN"]),
        ("Ferns, Mosses and Lawns", "We grow plants.", []),
        ("FernNet v2: Quiet Gardens", "We grow plants.", ["FernNet v2"]),
        (
            "\N{GREEK SMALL LETTER TAU}-bench: Tests of Tools",
            "We grow plants.",
            ["\N{GREEK SMALL LETTER TAU}-bench"],
        ),
        ("moss-bench: Tests of Tools", "We grow plants.", ["moss-bench"]),
        ("Look of Fern: A Benchmark for Gardens", "We grow plants.", ["Look of Fern"]),
        ("Depth of Soil: A New Dataset of Gardens", "We grow plants.", ["Depth of Soil"]),
        ("Ways of Rain: Why a Dataset Grows", "We grow plants.", []),
        ("Ivy and Lawn Tools", "", []),
        ("Growing Things: How to Prune", "We prune.", []),
        ("LLMs: A Survey of Gardens", "", []),
        ("GPT-4: What It Knows of Plants", "We ask GPT-4.", []),
        ("Do Plants Grow? A Study", "", []),
        ("Fern3 Technical Report", "", ["Fern3"]),
        ("Introducing FernNet", "", ["FernNet"]),
        ("Slow Gardens (SlowGa) for All", "", ["SlowGa"]),
        ("Slow Garden Growth: Our Second Fern Technical Report", "", ["Slow Garden Growth"]),
        ("SoK: What Is Known of Gardens", "This SoK is long.", []),
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
            ["CRO", "Ring Cutting"],
        ),
        ("We propose a slow root module (SRM) for roots.", ["SRM"]),
        ("We add a light block, named FernLite, to it. We propose FernNet.", ["FernLite"]),
        ("It has a light module, named FernLite, for roots.", ["FernLite"]),
        ("We design our Slow Leaf Attention (SLA) module for leaves.", ["SLA"]),
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
        (
            "We introduce FernData for growing and FernBench for watching ferns.",
            ["FernData", "FernBench"],
        ),
        ("We introduce FernNet for ferns and use FernSet for growing.", ["FernNet"]),
        ("We introduce FernNet for growing ferns and RootSet, as before.", ["FernNet"]),
        (
            "We also trained two models, FernRoot for roots and FernLeaf for leaves.",
            ["FernRoot", "FernLeaf"],
        ),
        ("This led to the development of the Post-MoF architecture, which grows.", ["Post-MoF"]),
        ("We introduce Moss-ben, the first Mossy Leaf Benchmark, and grow.", ["Moss-ben"]),
        ("We use FernX, the pioneering Mossy Leaf Model, and grow.", []),
        ("It lacks roots and leaves.In addition, we propose watering.", []),
        ("We introduce a 1-D pot for ferns.", []),
        # in small letters, where a noun behind it says what it is
        ("We present fern-gym, a collection of pots.", ["fern-gym"]),
        ("We introduce slow leaf growing, a systematic framework for pots.", ["slow leaf growing"]),
        ("We release moss-eval, a diverse benchmark of moss.", ["moss-eval"]),
        ("We introduce the slow pots, a framework for pots.", []),
        ("We introduce growing without water, a novel task for models.", []),
        ("We present leaves, a part of ferns.", []),
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
        ("Our FP4 watering is fast.", []),
        ("We describe the Dry-Soil Paradox.", []),
        # in brackets
        ("We build a method (termed FernX) for plants.", ["FernX"]),
        ("We use a tall pot (called FernPot) for plants.", ["FernPot"]),
        ("It is a rule (dubbed RootRL) of gardens.", ["RootRL"]),
        # words with a hyphen before a known name
        ("We develop a multi-LoRA training method.", []),
        ("Our method builds upon FernBase and grows.", []),
        ("We evaluate our method on the public FernSemble dataset.", []),
        # the name is in brackets or behind the noun of what begins with plain capitals
        ("We propose Moss, Leaf, and Root surveys (MLRs), a test of ferns.", ["MLRs"]),
        ("We propose Weeding in Shade, Sun, and Rain (WeedSSaR), which grows.", ["WeedSSaR"]),
        ("We present Quiet AutoRooting growing (QAR), a way of growing.", ["QAR"]),
        ("We build a Slow Leaf Reading dataset, SlowL-8K, of 8,000 leaves.", ["SlowL-8K"]),
        ("We propose a Slow Leaf Reading pipeline, LeafRd, for ferns.", ["LeafRd"]),
        # no names: formulas, addresses, sizes, dimensions, licences of words
        ("We establish the equation R=-a*e^H+b of growth.", []),
        ("Our code is open-sourced at github.com/FernLab/FernTool today.", []),
        ("We curate videos and 3D/4D scans of ferns.", []),
        ("We train a 30B-A3B backbone on ferns.", []),
        ("We construct a 4D BEV map of ferns.", []),
        ("Ferns offer reach but escalate demands O(N^2) of water.", []),
        # what others made, and what is only better
        ("We present a FernC implementation of growth.", []),
        ("We introduce a FernGram adaptation to roots.", []),
        ("It helps to build more reliable Root RLMs.", []),
        ("Developing better F&R services takes water.", []),
        ("It grows from our previous FernText-01 model.", []),
        ("Even the strongest agent, FernSonnet, fails.", []),
        ("Our trained Qwen3-VL-8B model grows.", []),
        ("We use the tall and open-sourced FernBase to grow.", []),
        ("We have built and open-sourced FernBase for all.", ["FernBase"]),
        ("Our design allows an inference FRT of 0.1.", []),
        ("We design FernRT for gardens.", ["FernRT"]),
        ("It lifts scores of Named Root Recognition in ferns.", []),
        ("They can do both tasks, which we refer to as Fern Oversight.", []),
        # printed with LaTeX
        ("We propose texttt{Q}uiet-texttt{L}eaf (texttt{QLF}), a method.", ["QLF"]),
        ("We propose a \\color{abcQ}uiet \\color{abcL}eaf method.", []),
        (
            'We create F\\"ernNet, a model of ferns.',
            ["F\N{LATIN SMALL LETTER E WITH DIAERESIS}rnNet"],
        ),
        # an article behind a dash
        ("We introduce FernChain-a Fully-Automated garden.", ["FernChain"]),
        ("We introduce FERN-the Fast Eager Root Network-for roots.", ["FERN"]),
        # a benchmark of tasks is no task
        ("We construct FT-Bench, a benchmark comprising 10 tasks.", ["FT-Bench"]),
        ("We develop FernBench-Write, a suite featuring six tasks.", ["FernBench-Write"]),
        ("We compile the F4-Leaf dataset of many leaves.", ["F4-Leaf"]),
        ("We introduce FernQA, a challenging reasoning task for models.", []),
        # the size or version at its end
        ("We introduce Fern 34B, a tall model of ferns.", ["Fern 34B"]),
        ("We introduce Fern K v1.0, an end-to-end garden.", ["Fern K v1.0"]),
        # who has or gets a name
        ("From it we obtain FernR-32B, a model of roots.", ["FernR-32B"]),
        ("All leaves are published as FernBank.", ["FernBank"]),
        ("We make it available under the name FernOrdered.", ["FernOrdered"]),
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


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        # set off by commas behind its noun
        ("We show that our tuned 14B parameter model, FernPilot, can grow.", ["FernPilot"]),
        ("We use it to train a custom classifier, Marigold, that finds weeds.", ["Marigold"]),
        ("Our approach, Quiet Garden, uses leaves.", ["Quiet Garden"]),
        ("It uses a novel root metric, RootScore, and grows.", ["RootScore"]),
        ("We propose the first open LVQR framework, OV-Fern, which grows.", ["OV-Fern"]),
        ("We propose a new LVQR, Mixture of All Leaves (MoAL), which grows.", ["MoAL"]),
        # right behind its noun
        ("With it we train a 34B medical MLLM FernGPT-Vision, which grows.", ["FernGPT-Vision"]),
        ("This gives our new method Quiet Leaf Growing (QLG).", ["QLG"]),
        ("It yields diverse training data FernInstruct-23k, which helps.", ["FernInstruct-23k"]),
        ("Delivering a strong, open growth model, FERN+, which grows.", ["FERN+"]),
        # what building results in
        ("We clean it, resulting in the creation of the FernSet dataset.", ["FernSet"]),
        ("A pipeline that generates FernQA-7K, a large dataset of roots.", ["FernQA-7K"]),
        ("These steps include the creation of Docfern, a dataset of roots.", ["Docfern"]),
        (
            "We extend it to ferns, resulting in Fern-rsNet and Fern-VeNet.",
            ["Fern-rsNet", "Fern-VeNet"],
        ),
        # described as new
        ("Its roots are learned from FernVerse-HQ, a new dataset of roots.", ["FernVerse-HQ"]),
        ("It beats others on FernArena-V2, an improved benchmark we released.", ["FernArena-V2"]),
        ("Others run on FernVerse, a large dataset of roots.", []),
        ("Unlike FernVerse, a new dataset of roots, it grows.", []),
        # counted
        (
            "It wins on five new benchmarks: LeafPC, RootPC, and StemPC.",
            ["LeafPC", "RootPC", "StemPC"],
        ),
        (
            "We propose three metrics: Leaf Recall Score, Root Score, and Stem Score.",
            ["Leaf Recall Score", "Root Score", "Stem Score"],
        ),
        (
            "We construct two root datasets, FERN-100w and FERN-3k, to train.",
            ["FERN-100w", "FERN-3k"],
        ),
        ("It wins on three root benchmarks: LeafNet, RootNet and StemNet.", []),
        ("We test on two popular root datasets, FernA1 and FernB2.", []),
        # other verbs
        ("We also trained FernFlow-7B as a model of roots.", ["FernFlow-7B"]),
        ("We have also established FernJudge, a new benchmark.", ["FernJudge"]),
        ("We launched FernArena, a platform of gardens.", ["FernArena"]),
        (
            "Existing pots are old. We also propose a leaf architecture (FLMCID) to grow.",
            ["FLMCID"],
        ),
        # a noun in small letters before the acronym
        ("We present Visual FernRegressive modeling (VFR), a new way.", ["VFR"]),
        ("We propose Slow Root Growing for Quiet-Gardens (SRGQ).", ["SRGQ"]),
        ("We propose root entropy probes (REPs), a cheap method.", ["REPs"]),
        # parts of a name
        ("We introduce Dr. FERN, a method of roots.", ["Dr. FERN"]),
        ("We present 3D Ferning, a method of roots.", ["3D Ferning"]),
        ("We introduce Garden's Last Leaf, a benchmark.", ["Garden's Last Leaf"]),
        ("We propose FernNet-a method of roots.", ["FernNet"]),
        ("We call this method Quiet Ferning. It grows.", ["Quiet Ferning"]),
    ],
)
def test_a_name_is_found_behind_its_noun_and_before_its_description(
    abstract: str, expected: list[str]
) -> None:
    assert names("On gardens", abstract) == expected


@pytest.mark.parametrize(
    "abstract",
    [
        # classes
        "It aims to develop open-source and strong Japanese LLMs for gardens.",
        "These systems, often called AI Co-Scientists, grow.",
        "We introduce a 2B-parameter Multimodal Large Language Model for gardens.",
        "We describe open Korean-English vision models of ferns.",
        # fields, spelled out before, and classes in the plural
        "Leaf Rain Quality (LRQ) is old. We propose LRQ methods.",
        "Leaf models (LVQRs) are old. We build an LVQR of our own.",
        # used, not introduced
        "We introduce a loss and employ optimal fern transport (OFT) coupling.",
        "We propose a view of roots fused with Spatial Fern Network (SFN) layers.",
        "Others present work, pioneering approaches use FernMed's pairs.",
        "It builds on a rule known as FernCubes. Plants grow.",
        "The index holds corpora, namely FernWeb22 and MossWeb.",
        # problems and tasks
        "They fail, which is termed the Fern Curse.",
        "There is a phenomenon that we call Deep-Root Collapse.",
        "We introduce knowledge-free leaf grounding (KLG), a novel grounding task.",
        "We introduce Talking Ferns, a more realistic task of gardens.",
        # halves of a name
        "We propose Root and Leaf Growing with rain for gardens.",
        "They have a mixer, called Slow Root and Leaf Mixer.",
        # placeholders
        "We introduce \\Approach, a method of ferns.",
        "We introduce \\benchmarkName, a benchmark of ferns.",
    ],
)
def test_classes_borrowed_methods_problems_and_tasks_are_no_systems(abstract: str) -> None:
    assert names("On gardens", abstract) == []


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        (
            "Slow Root Growing for Gardens",
            "We propose slow root growing, a method.",
            ["slow root growing"],
        ),
        (
            "Slow Root Growing for Gardens",
            "It is a rule called slow root growing, by which.",
            ["slow root growing"],
        ),
        ("The Slow Pile: Texts", "We collect and release the Slow Pile, a corpus.", ["Slow Pile"]),
        ("Slow Root Growing for Gardens", "Establishing slow root growing takes long.", []),
        ("Slow Root Growing for Gardens", "We propose a slow root growing that is new.", []),
        ("Growing Slow Roots for Gardens", "We propose growing slow roots, a method.", []),
    ],
)
def test_what_a_title_begins_with_may_be_a_name_in_small_letters(
    title: str, abstract: str, expected: list[str]
) -> None:
    assert names(title, abstract) == expected


@pytest.mark.parametrize(
    "abstract",
    [
        "Data is rare. RootInNet uses it. RootInNet grows. We show that RootInNet wins.",
        "Our study shows that RootInNet consistently outperforms pots.",
        "We study roots. Here RootInNet can then achieve much; RootInNet improves them.",
    ],
)
def test_a_name_acts_before_the_first_we_or_behind_an_adverb(abstract: str) -> None:
    assert names("On gardens", abstract) == ["RootInNet"]


def test_a_well_known_name_with_a_form_of_its_own_is_known_by_that_form() -> None:
    assert names("On gardens", "We introduce length-regularized DPO (iLR-DPO) for roots.") == [
        "iLR-DPO"
    ]
