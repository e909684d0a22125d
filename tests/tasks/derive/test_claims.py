"""Changes in numbers are claims; scores, sizes, ranges of sizes and dates are not."""

import pytest

from tasks.derive.claims import Claim, claims
from tasks.derive.paper import Paper


def claimed(abstract: str) -> list[Claim]:
    return claims(Paper("On gardens", abstract))


def one(abstract: str) -> Claim:
    (claim,) = claimed(abstract)
    return claim


@pytest.mark.parametrize(
    ("abstract", "kind", "value", "unit"),
    [
        ("It grows 3x faster.", "speedup", 3, "x"),
        ("It achieves a speedup of 2.5x over pruning.", "speedup", 2.5, "x"),
        ("It needs 4 times fewer leaves.", "factor", 4, "x"),
        ("It cuts water by 30%.", "reduction", 30, "%"),
        ("It improves accuracy by 4.5 points.", "gain", 4.5, "points"),
        ("It improves accuracy by 4.5 percentage points.", "gain", 4.5, "points"),
        ("It improves the score by 0.31.", "gain", 0.31, None),
        ("We see a 12% relative improvement.", "gain", 12, "%"),
        ("It yields an improvement of 12 percent.", "gain", 12, "%"),
        (r"It uses 40\% less memory.", "reduction", 40, "%"),
        ("Yield rises (+5.5%).", "gain", 5.5, "%"),
        (r"It is 10$\times$ faster.", "speedup", 10, "x"),
        ("It outperforms weeding by 1,200%.", "gain", 1200, "%"),
        ("Latency can be reduced by up to 9%.", "reduction", 9, "%"),
        # a noun that leads to its number across a verb or a ratio
        ("The improvement in yield can be as large as 40 points.", "gain", 40, "points"),
        ("The reduction in water is 30% in May.", "reduction", 30, "%"),
        ("We show it by increasing yield F1 up to 5.3 points on ferns.", "gain", 5.3, "points"),
        ("It narrows the gap to watered ferns by 67.3%.", "reduction", 67.3, "%"),
        ("It achieves a compression ratio of up to 218x.", "factor", 218, "x"),
        ("It has an average compression ratio of 25 times.", "factor", 25, "x"),
    ],
)
def test_a_change_in_a_number_is_a_claim(
    abstract: str, kind: str, value: float, unit: str | None
) -> None:
    claim = one(abstract)
    assert (claim.kind, claim.value, claim.unit) == (kind, value, unit)


@pytest.mark.parametrize(
    "abstract",
    [
        "It reaches 98.1% accuracy.",
        "It scores 71.2 on leaves and 80% on roots.",
        "Models from 1B to 8B improve with water.",
        "Gardens ranging from 10 to 20 plants grow.",
        "Between 60-80% of plants grow.",
        "A model with 7B parameters improves.",
        "We improve on work from 2019 to 2024.",
        "Section 3.2 improves on that.",
        "It works at 512x512 pixels and improves.",
        "We use 10% of the data.",
        "The best plant achieves an improved score of 57.3%.",
    ],
)
def test_what_is_no_change_is_no_claim(abstract: str) -> None:
    assert claimed(abstract) == []


def test_from_one_value_to_another_keeps_both() -> None:
    claim = one("Water raises yield from 40.1% to 52.3% in May.")
    assert (claim.kind, claim.value, claim.value_from, claim.value_to, claim.unit) == (
        "from_to",
        None,
        40.1,
        52.3,
        "%",
    )


def test_a_change_given_as_a_range_has_its_ends() -> None:
    claim = one("It reduces water by 20-50% in summer.")
    assert (claim.value, claim.value_low, claim.value_high, claim.unit) == (None, 20, 50, "%")


def test_a_range_may_have_a_sign_at_both_ends() -> None:
    up, down = claimed("It is more accurate (+0.5% to +6%) and needs less water (-3% to -41%).")
    assert (up.kind, up.value_low, up.value_high) == ("gain", 0.5, 6)
    assert (down.kind, down.value_low, down.value_high) == ("reduction", 3, 41)


@pytest.mark.parametrize("printed", ["**85.67**%", "**85.67%**", "**85.67**\\%"])
def test_a_number_in_bold_is_a_number(printed: str) -> None:
    claim = one(f"Water raises yield from 78.33% to {printed}, the most so far.")
    assert (claim.kind, claim.value_from, claim.value_to, claim.unit) == (
        "from_to",
        78.33,
        85.67,
        "%",
    )
    assert one(f"Water raises yield by {printed} in May.").value == 85.67


@pytest.mark.parametrize(
    "abstract",
    [
        "It achieves a 4x water and 2x light reduction.",
        "It achieves up to 4times water and 2times growing time reduction.",
        "We see 4x lower water use and a 2x light reduction.",
    ],
)
def test_a_noun_of_change_behind_two_numbers_speaks_of_both(abstract: str) -> None:
    first, second = claimed(abstract)
    assert (first.kind, first.value, second.kind, second.value) == ("factor", 4, "factor", 2)


def test_a_number_beside_a_change_of_another_unit_is_none() -> None:
    (claim,) = claimed("It has 80% accuracy and a 2x light reduction.")
    assert (claim.value, claim.unit) == (2, "x")


def test_a_range_of_fractions_needs_no_unit() -> None:
    first, second = claimed("It reduces thirst by 0.01-0.34 on ferns, 0.38-0.68 on moss.")
    assert (first.kind, first.value_low, first.value_high) == ("reduction", 0.01, 0.34)
    assert (second.value_low, second.value_high, second.unit) == (0.38, 0.68, None)


def test_ratios_of_a_list_each_have_their_noun() -> None:
    abstract = "It achieves compression ratios of up to 218x for ferns, 55x for point clouds."
    assert [(claim.value, claim.unit) for claim in claimed(abstract)] == [(218, "x"), (55, "x")]


@pytest.mark.parametrize(
    "abstract",
    [
        "It needs a compression ratio of 25x.",
        "It runs at a speed of 24.4 FPS on pots.",
        "Here is FernNet 3.0 improvements of which are many.",
        "It is best among ferns (20% of pots, e.g., 29.5% vs. 15.3%).",
    ],
)
def test_a_setting_or_a_speed_is_no_change(abstract: str) -> None:
    assert claimed(abstract) == []


@pytest.mark.parametrize(
    ("abstract", "pair", "unit"),
    [
        ("It grows, improving from 45.6% with 1 pot to 52.5% with 2 pots.", (45.6, 52.5), "%"),
        ("It expands support from 29 to 119 languages of ferns.", (29, 119), "languages"),
    ],
)
def test_a_change_from_one_value_to_another_may_say_where_each_holds(
    abstract: str, pair: tuple[float, float], unit: str
) -> None:
    claim = one(abstract)
    assert ((claim.value_from, claim.value_to), claim.unit) == (pair, unit)


def test_a_dash_ends_what_a_noun_of_change_is() -> None:
    gain, pair = claimed("It achieves a 20% absolute improvement -- from 17.5 to 37.5% yield.")
    assert (gain.kind, gain.value) == ("gain", 20)
    assert (pair.value_from, pair.value_to) == (17.5, 37.5)


def test_every_number_of_a_list_is_a_claim() -> None:
    found = claimed(
        "It improves growth by 4.8 and 10.9 points on ferns and mosses, and 2.1 points."
    )
    assert [(claim.value, claim.unit) for claim in found] == [
        (4.8, "points"),
        (10.9, "points"),
        (2.1, "points"),
    ]


@pytest.mark.parametrize(
    ("words", "qualifier"),
    [
        ("by up to 30%", "up to"),
        ("by over 30%", "over"),
        ("by approximately 30%", "about"),
        ("by at least 30%", "at least"),
        ("by an average of 30%", "average"),
        ("by 30%", None),
    ],
)
def test_the_qualifier_is_kept(words: str, qualifier: str | None) -> None:
    assert one(f"It reduces water {words}.").qualifier == qualifier


@pytest.mark.parametrize(
    ("abstract", "metric", "direction"),
    [
        ("It reduces WER by 12%.", "wer", "lower"),
        ("It improves accuracy by 12%.", "accuracy", "higher"),
        ("It gives a 12% reduction in latency.", "latency", "lower"),
        ("It improves leaves by 12%.", None, None),
    ],
)
def test_the_metric_says_which_way_is_better(
    abstract: str, metric: str | None, direction: str | None
) -> None:
    claim = one(abstract)
    assert (claim.metric, claim.direction) == (metric, direction)


@pytest.mark.parametrize(
    ("abstract", "baseline"),
    [
        ("It is 3x faster than hand weeding.", "hand weeding"),
        ("A gain of 4% over the old garden, in May.", "old garden"),
        ("It outperforms Old Garden by 4%.", "Old Garden"),
        ("It improves by 4%.", None),
        ("It gives a 5% gain over FernBase does it not.", "FernBase"),
        ("Its 5% gain over FernBase was measured twice.", "FernBase"),
        ("A gain of 4% over models that are trained on leaves.", "models that are trained"),
        ("It trains 2x faster than it.", None),
    ],
)
def test_the_baseline_is_kept_as_printed(abstract: str, baseline: str | None) -> None:
    assert one(abstract).baseline == baseline


def test_a_span_and_the_sentence_lead_back_to_the_words() -> None:
    abstract = "Much grows. It cuts water by 30%. That is all."
    claim = one(abstract)
    assert abstract[claim.span_start : claim.span_end] == "30%"
    assert claim.sentence == "It cuts water by 30%."


Told = tuple[str, float, str | None]
"""Kind, value and unit of a claim."""


def told(abstract: str) -> list[Told]:
    """The claims of a text; of a pair of values, the value after the change."""
    return [
        (claim.kind, claim.value or claim.value_to or claim.value_low or 0.0, claim.unit)
        for claim in claimed(abstract)
    ]


KINDS: list[tuple[str, list[Told]]] = [
    # lists of signed numbers, and a word before "points"
    (
        "Fern beats Moss with +3.2 on QuizA, +1.1 on QuizB and +4 average points on QuizC.",
        [("gain", 3.2, None), ("gain", 1.1, None), ("gain", 4, "points")],
    ),
    (
        "It improves growth: +2.5% on ferns, +7.1% on mosses and +0.3% on ivy.",
        [("gain", 2.5, "%"), ("gain", 7.1, "%"), ("gain", 0.3, "%")],
    ),
    ("It outperforms Moss by 7 F1 points.", [("gain", 7, "points")]),
    # the word behind a number is no unit
    ("Fern cuts rounds from 90 to 12 on QuizA.", [("from_to", 12, None)]),
    ("It raises yield from 3.1 to 4.5 while resting.", [("from_to", 4.5, None)]),
    ("We reduce leaks from 12% to 3% using tape.", [("from_to", 3, "%")]),
    ("It reduces waiting from 90 to 12 seconds within a day.", [("from_to", 12, "seconds")]),
    # reductions by bare verbs and by nouns behind a number
    ("Fern eliminates over 40% of cache entries.", [("reduction", 40, "%")]),
    ("It removes up to 12% of weeds.", [("reduction", 12, "%")]),
    ("It saves 30% of water.", [("reduction", 30, "%")]),
    ("It is small, with only a 0.02 drop on QuizA.", [("reduction", 0.02, None)]),
    ("It costs a 1.5% average accuracy loss on QuizA.", [("reduction", 1.5, "%")]),
    ("Rivals degrade by over 6 EM points.", [("reduction", 6, "points")]),
    # each number by the verb of its own clause
    (
        "Fern improves accuracy by 8% while reducing tokens by up to 31%.",
        [("gain", 8, "%"), ("reduction", 31, "%")],
    ),
    (
        "It reduces leaks by 7.8 and improves yield by 2.7% over Moss.",
        [("reduction", 7.8, None), ("gain", 2.7, "%")],
    ),
    (
        "It uses 40% less water, boosting growth by 9%.",
        [("reduction", 40, "%"), ("gain", 9, "%")],
    ),
    (
        "It reduces cost by 70% and latency by 40%.",
        [("reduction", 70, "%"), ("reduction", 40, "%")],
    ),
    (
        "It shows over 80% less wilting compared to Moss, and over 90% compared to Ivy.",
        [("reduction", 80, "%"), ("reduction", 90, "%")],
    ),
    # arrows
    ("It wins by a large margin (0.61 -> 0.70).", [("from_to", 0.70, None)]),
    ("Yield increases on QuizA (5.9%rightarrow10.9%).", [("from_to", 10.9, "%")]),
    ("It improves QuizA, 41.0 → 52.5.", [("from_to", 52.5, None)]),
    # what is left of a tilde
    ("It recovers sim12% of the loss.", [("gain", 12, "%")]),
    ("It achieves an average improvement of sim6% on ferns.", [("gain", 6, "%")]),
    ("It cuts cost by sim4times.", [("factor", 4, "x")]),
    # factors of rates
    (
        "It runs 2x faster than Moss and exceeds Ivy by 1.2x.",
        [("speedup", 2, "x"), ("speedup", 1.2, "x")],
    ),
    ("It finds bugs at 3-9x the rate of unit tests.", [("factor", 3, "x")]),
    ("It serves at 2.5x the throughput of Moss.", [("speedup", 2.5, "x")]),
    ("It grows at 4x the speed of weeds.", [("speedup", 4, "x")]),
]


@pytest.mark.parametrize(("abstract", "expected"), KINDS)
def test_each_number_is_read_by_its_own_clause(abstract: str, expected: list[Told]) -> None:
    assert told(abstract) == expected


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        # a verb behind "and" and an amount
        (
            "It shortened watering by 22% and raised yield by 6.5 points.",
            [("reduction", 22, "%"), ("gain", 6.5, "points")],
        ),
        (
            "It shortened watering by 2 points and raised yield by 6.5 points.",
            [("reduction", 2, "points"), ("gain", 6.5, "points")],
        ),
        (
            "It improves yield by 4 points and reduced ferns by 2 points.",
            [("gain", 4, "points"), ("gain", 2, "points")],
        ),
        # which way a value went
        ("The error goes down from 76.7 to 58.9.", [("from_to", None, None)]),
        ("It brought watering down from 31% to 13%.", [("from_to", None, "%")]),
        (
            "Yield climbs from 63.8% to 84.2% on FernA and from 47.2% to 81.5% on FernB.",
            [("from_to", None, "%"), ("from_to", None, "%")],
        ),
        ("It outpaces the rule of thumb by a factor of 85.", [("speedup", 85, "x")]),
        # told again the other way
        (
            "Loss decreases by 0.19% absolute (17% relative).",
            [("reduction", 0.19, "%"), ("reduction", 17, "%")],
        ),
        # what is given in an interval
        ("It improves yield by 1.7 ± 0.3 points.", [("gain", 1.7, "points")]),
        ("It improves yield by 1.7 \\pm 0.3 points.", [("gain", 1.7, "points")]),
        # a number that is part of a metric's name
        (
            "We see a gain of 14.8% in recall@20 and 11.3% in NDCG@20.",
            [("gain", 14.8, "%"), ("gain", 11.3, "%")],
        ),
        ("It brings +1.8 box AP and +1.4 mask AP.", [("gain", 1.8, "AP"), ("gain", 1.4, "AP")]),
        # the level that is reached, and the amount behind it
        ("It takes yield to 90.8, a 0.7-point improvement.", [("gain", 0.7, "points")]),
        # what is asked or needed elsewhere in the sentence
        ("Error shrinks by 8.7% when roots are predicted jointly.", [("reduction", 8.7, "%")]),
        ("It has been claimed that ferns outperform moss by 4%.", []),
    ],
)
def test_a_result_is_read_as_it_is_told(
    abstract: str, expected: list[tuple[str, float | None, str | None]]
) -> None:
    assert [(one.kind, one.value, one.unit) for one in claimed(abstract)] == expected


@pytest.mark.parametrize(
    ("abstract", "low", "high"),
    [
        ("It gives gains of 1.2 to 3.8 BLEU points.", 1.2, 3.8),
        ("It improves yield by between 5 and 11 points.", 5, 11),
        ("It improves yield by between 5% and 11%.", 5, 11),
    ],
)
def test_a_range_may_be_told_in_words(abstract: str, low: float, high: float) -> None:
    claim = one(abstract)
    assert (claim.kind, claim.value_low, claim.value_high) == ("gain", low, high)


@pytest.mark.parametrize(
    "abstract",
    [
        "It works, allowing on-device dropout rates up to 40%.",
        "Success can increase to 94.9% in more gardens.",
        "It needs compression ratios of 2x.",
        "It achieves superior accuracy (54.0%), surpassing Moss (50.2%).",
        "It falls short of chance (50%).",
        "It shows improvements in tall tasks (76% yield on QuizA, and 25% on QuizB).",
        "It reduces waste by 250%.",
        "Pruning 20% token budgets increases nothing.",
    ],
)
def test_settings_scores_and_impossible_reductions_are_no_claims(abstract: str) -> None:
    assert claimed(abstract) == []


def test_an_improvement_of_a_metric_is_a_gain_whichever_way_is_better() -> None:
    claim = one("It has a 106.1% improvement in test-time scaling.")
    assert (claim.kind, claim.metric, claim.direction) == ("gain", None, None)
    claim = one("It has a perplexity improvement of 0.98.")
    assert (claim.kind, claim.metric, claim.direction) == ("gain", "perplexity", "lower")
    claim = one("It improves WER by 4%.")
    assert (claim.kind, claim.metric, claim.direction) == ("gain", "wer", "lower")


@pytest.mark.parametrize(
    ("abstract", "qualifiers", "metrics", "baselines"),
    [
        ("It gains 4% over the baseline.", [None], [None], ["baseline"]),
        (
            "It gains 4% and 9% over Moss and Ivy, respectively.",
            [None] * 2,
            [None] * 2,
            ["Moss", "Ivy"],
        ),
        (
            "It cuts latency by up to 40%, while accuracy stays over Moss.",
            ["up to"],
            ["latency"],
            [None],
        ),
        (
            "It reduces perplexity by 7.79 and improves accuracy by 2.7% compared to Moss.",
            [None, None],
            ["perplexity", "accuracy"],
            [None, "Moss"],
        ),
        (
            "It keeps quality at 36x higher throughput than Moss.",
            [None],
            ["throughput"],
            ["Moss"],
        ),
        (
            "It uses 40% fewer tokens and 12% less token usage.",
            [None] * 2,
            ["tokens", "token usage"],
            [None] * 2,
        ),
    ],
)
def test_qualifier_metric_and_baseline_come_from_the_clause_of_the_number(
    abstract: str,
    qualifiers: list[str | None],
    metrics: list[str | None],
    baselines: list[str | None],
) -> None:
    found = claimed(abstract)
    assert [claim.qualifier for claim in found] == qualifiers
    assert [claim.metric for claim in found] == metrics
    assert [claim.baseline for claim in found] == baselines


@pytest.mark.parametrize(
    ("printed", "spelled"),
    [
        ("token", "tokens"),
        ("tokens", "tokens"),
        ("F1-score", "f1"),
        ("errors", "error"),
        ("costs", "cost"),
    ],
)
def test_a_metric_has_one_spelling(printed: str, spelled: str) -> None:
    assert one(f"It reduces {printed} by 12%.").metric == spelled


@pytest.mark.parametrize(
    ("abstract", "kind", "value", "unit"),
    [
        ("Open models lag behind gardeners by >15%.", "reduction", 15, "%"),
        ("With open models trailing by up to 19.5 points.", "reduction", 19.5, "points"),
        ("It yields a 9.5-point gain over weeding.", "gain", 9.5, "points"),
        ("It is 15 times as fast as weeding.", "speedup", 15, "x"),
        ("It holds 4 times as many leaves as weeding.", "factor", 4, "x"),
        ("It brings gains over older pots: 11% on ferns.", "gain", 11, "%"),
    ],
)
def test_who_lags_or_is_as_fast_is_read(abstract: str, kind: str, value: float, unit: str) -> None:
    claim = one(abstract)
    assert (claim.kind, claim.value, claim.unit) == (kind, value, unit)


@pytest.mark.parametrize(
    "abstract",
    [
        "We find that none surpasses 21.1% recall or 6.1% precision.",
        "It is the first open model to surpass 70% on ferns.",
        "It beats the ten-times larger model, exceeding 80% of pots.",
        "They reach 63% on leaves, with even lower 45% on roots.",
        "The crop does not improve with 20x watering.",
        "It reaches much, far behind gardeners (over 90%).",
    ],
)
def test_a_score_that_is_passed_or_not_is_no_change(abstract: str) -> None:
    assert claimed(abstract) == []


def test_a_score_beside_a_gain_is_not_part_of_its_list() -> None:
    claim = one(
        "It brings an 18% gain in accuracy on ferns and a 97% repair success rate on roots."
    )
    assert claim.value == 18


@pytest.mark.parametrize(
    ("abstract", "low", "high"),
    [
        ("It shows large improvements, ranging from 1.4% to 3.5%.", 1.4, 3.5),
        ("It brings gains that range from 4% to 9% on roots.", 4, 9),
        ("They show drops ranging from 2 points to 7 points.", 2, 7),
    ],
)
def test_a_range_of_changes_is_no_change_from_one_value_to_another(
    abstract: str, low: float, high: float
) -> None:
    claim = one(abstract)
    assert (claim.value_low, claim.value_high, claim.value_from) == (low, high, None)


@pytest.mark.parametrize(
    ("abstract", "kind", "value"),
    [
        ("Latency is down by 40%.", "reduction", 40),
        ("With FernNet errors go down by 12%.", "reduction", 12),
        ("Accuracy is up by 3.1 points.", "gain", 3.1),
        ("It answers sooner, speeding up (down by 7.5 seconds on average).", "reduction", 7.5),
    ],
)
def test_up_and_down_tell_which_way_a_value_went(abstract: str, kind: str, value: float) -> None:
    claim = one(abstract)
    assert (claim.kind, claim.value) == (kind, value)


@pytest.mark.parametrize("verb", ["scale up", "are scaled down"])
def test_what_is_scaled_by_a_number_is_a_setting(verb: str) -> None:
    assert claimed(f"Its leaves {verb} by 3x.") == []


def test_a_version_before_the_verb_of_a_gain_is_no_gain() -> None:
    assert claimed("Fern 2.5 demonstrates substantial improvements over Fern 2.0.") == []


def test_a_gain_in_brackets_behind_a_score_is_that_of_its_own_number() -> None:
    claim = one("It gets better, achieving an accuracy of 0.66 (>50% improvement).")
    assert (claim.value, claim.unit) == (50, "%")
    assert one("FernNet gets a 4% (absolute) improvement.").value == 4


@pytest.mark.parametrize(
    "abstract",
    [
        "Adding more leaves does not increase accuracy by more than 1%.",
        "Longer roots cannot improve accuracy by 3 points.",
        "No fern improves over moss by more than 2 points.",
        "None of the gardens yields more than a 3% improvement.",
        "We find that few ferns improve by more than 3 points.",
        "Gains never exceed 1.5 points.",
        "Watering twice would increase costs by 300%.",
        "An oracle that waters in time would gain 11.4 points.",
        "In theory, this yields up to a 4x speedup.",
    ],
)
def test_what_nobody_reaches_is_no_claim(abstract: str) -> None:
    assert claimed(abstract) == []


@pytest.mark.parametrize(
    "abstract",
    [
        "Existing methods suffer from accuracy drops of up to 20% in winter.",
        "However, these methods are typically 10x slower than watering by hand.",
        "Current gardeners' models achieve only a 1.5x speedup on roots.",
        "Prior work reported a 12% improvement over moss.",
        "The original authors claim a 30% reduction in growing time.",
        "Fern et al. (2024) report a 9.1% improvement in growth.",
        "Under the same light, the claimed 3x speedup shrinks to 1.1x.",
        "The reported 20% gain is an artifact of the season.",
        "FernNet falls short of the promised 30% cost reduction.",
    ],
)
def test_what_others_did_or_only_claimed_is_no_claim(abstract: str) -> None:
    assert claimed(abstract) == []


@pytest.mark.parametrize(
    "abstract",
    [
        "Although existing methods reduce water by 50%, FernNet improves growth by 4%.",
        "Whereas previous models lose 8% accuracy, FernNet improves growth by 4%.",
        "Existing methods are outperformed by 4%.",
        "We find no fault in prior work, and FernNet improves growth by 4%.",
        "FernNet improves growth by 4% over existing methods, which do not improve.",
        "It must be noted that FernNet improves growth by 4%.",
    ],
)
def test_what_others_did_beside_a_claim_leaves_it_alone(abstract: str) -> None:
    assert [claim.value for claim in claimed(abstract)] == [4]


@pytest.mark.parametrize(
    ("abstract", "n_claims"),
    [
        ("Growth stops when the number of ferns increases from 5 to 50.", 0),
        ("We increase the resolution of leaves from 224 to 448.", 0),
        ("It raises the learning rate from 0.001 to 0.01.", 0),
        ("We use a 50x compression ratio in all gardens.", 0),
        ("Every 10x increase in light improves growth by 4 points.", 1),
        ("A 2x increase in height doubles the cost.", 0),
        ("FernNet keeps its growth at 10% of the water.", 0),
        ("Better growth comes at nearly 750 times the cost.", 0),
        ("It improves growth by at least 4%.", 1),
        ("It gains 23% of the reward.", 0),
        ("It reduces the number of steps from 50 to 4.", 1),
        ("It improves growth by raising accuracy from 60% to 75%.", 1),
        ("It achieves a 50x compression ratio.", 1),
    ],
)
def test_a_setting_or_a_share_is_no_change(abstract: str, n_claims: int) -> None:
    assert len(claimed(abstract)) == n_claims


def test_the_level_that_is_reached_is_no_end_of_a_range() -> None:
    claim = one("Accuracy improves by 4.2 points to 81.3%.")
    assert (claim.value, claim.unit, claim.value_high) == (4.2, "points", None)
    assert claimed("It raises accuracy by 3.1% to 74.5% on roots.") == []
    both = one("It raises accuracy by 10% to 25% on roots.")
    assert (both.value_low, both.value_high) == (10, 25)


def test_two_values_in_brackets_tell_a_change_again() -> None:
    found = claimed("It shrinks with a 2.1% accuracy gain (38.7% to 40.8%).")
    assert [claim.kind for claim in found] == ["gain", "from_to"]
    assert (found[1].value_from, found[1].value_to, found[1].unit) == (38.7, 40.8, "%")
    both = one("It brings consistent gains (3% to 5%).")
    assert (both.kind, both.value_low, both.value_high) == ("gain", 3, 5)


def test_a_list_before_its_noun_is_read_whole() -> None:
    found = claims(
        Paper("T", "It is 3.5x, 2.8x, and 2.1x faster than Fern, Moss, and Root, respectively.")
    )
    assert [(claim.value, claim.baseline) for claim in found] == [
        (3.5, "Fern"),
        (2.8, "Moss"),
        (2.1, "Root"),
    ]


def test_metrics_in_turn_belong_to_numbers_in_turn() -> None:
    found = claims(Paper("T", "It reduces latency and memory by 32% and 54%, respectively."))
    assert [(claim.value, claim.metric) for claim in found] == [(32, "latency"), (54, "memory")]


@pytest.mark.parametrize(
    ("abstract", "metric", "direction"),
    [
        ("The attack success rate drops by 41%.", "attack success rate", "lower"),
        ("Word error rate drops by 4% in the wild.", "wer", "lower"),
        ("Token pruning improves the baseline by 2.2 points.", None, None),
        ("A memory module improves growth by 19%.", None, None),
        ("Its accuracy exceeds that of Moss by 3%.", "accuracy", "higher"),
    ],
)
def test_a_metric_is_what_changed(abstract: str, metric: str | None, direction: str | None) -> None:
    claim = one(abstract)
    assert (claim.metric, claim.direction) == (metric, direction)


@pytest.mark.parametrize(
    "abstract",
    [
        "Averaged over ten runs, growth rises by 2%.",
        "Costs fall by 30% over a six-month deployment.",
        "It increases robustness against frost by 12%.",
        "Rather than watering, we wait, which reduces costs by 37%.",
        "More than half of the ferns are improved by 10%.",
        "It improves robustness over long horizons by 18%.",
    ],
)
def test_what_is_no_comparison_gives_no_baseline(abstract: str) -> None:
    assert one(abstract).baseline is None


def test_what_follows_a_bracket_and_a_comma_is_no_baseline() -> None:
    told = claimed("It improves over FernA (+9% on pots), and outperforms FernB in all gardens.")
    assert [claim.baseline for claim in told] == ["FernA"]
    told = claimed("It gains on pots (+9%), outperforming FernB in all gardens.")
    assert [claim.baseline for claim in told] == ["FernB"]


def test_a_percentage_relative_to_another_is_not_called_relative() -> None:
    claim = one("It reduces costs by 80% relative to Moss.")
    assert (claim.qualifier, claim.baseline) == (None, "Moss")


@pytest.mark.parametrize("verb", ["doubles", "has doubled", "nearly tripling"])
def test_doubling_is_a_change_from_one_value_to_another(verb: str) -> None:
    claim = one(f"It {verb} accuracy from 10% to 21%.")
    assert (claim.kind, claim.value_from, claim.value_to) == ("from_to", 10, 21)


@pytest.mark.parametrize(
    ("title", "kind", "value"),
    [
        ("Growing a Garden That Is 64% Better Than FernNet", "gain", 64),
        ("Quiet Leaves: 10x Faster Growth of Ferns", "speedup", 10),
        ("Ferns With 40% Less Water", "reduction", 40),
    ],
)
def test_a_title_claims_too(title: str, kind: str, value: float) -> None:
    (claim,) = claims(Paper(title, "We grow plants."))
    assert (claim.kind, claim.value, claim.found_in, claim.sentence) == (
        kind,
        value,
        "title",
        title,
    )
    assert title[claim.span_start : claim.span_end].startswith(str(value))


@pytest.mark.parametrize(
    "title", ["Ferns of 2026", "A 7B Fern", "100% Ferns", "Top 10% of Gardens"]
)
def test_a_number_in_a_title_is_no_claim_by_itself(title: str) -> None:
    assert claims(Paper(title, "We grow plants.")) == []


def test_the_baseline_of_a_title_is_printed_as_it_stands_there() -> None:
    (claim,) = claims(Paper("Growth 64% Better Than FernNet Under Drought", ""))
    assert claim.baseline == "FernNet"


@pytest.mark.parametrize(
    "abstract",
    [
        "Does FernNet improve accuracy by 40%?",
        "Can pruning reduce cost by 40% without retraining?",
        "Is a 3x speedup possible with sparse leaves?",
        "We ask: how does FernNet gain 4% on MossBench?",
        "If FernNet improved accuracy by 5%, it would win.",
        "Had FernNet improved accuracy by 5%, it would have won.",
        "Unless accuracy improves by 5%, a model is discarded.",
        "It is unclear whether FernNet improves accuracy by 5%.",
        "Suppose that accuracy improves by 10%.",
        "Assuming a 10% improvement in accuracy, costs fall.",
        "We hypothesize a 10% gain in accuracy.",
        "We therefore conjecture that sparse leaves, not roots, reduce cost by 40%.",
        "We expect a 10% improvement over MossNet.",
        "FernNet is expected to improve accuracy by 10%.",
        "We test the hypothesis that FernNet improves accuracy by 5%.",
        "A gain of 5% is needed to be useful.",
        "We aim to reduce latency by 40%.",
        "Our goal is a gain of 10 points.",
        "FernNet may improve accuracy by 10%.",
        "A perfect router would bring a 12% gain in accuracy.",
        "To be useful, a model must improve accuracy by 5%.",
    ],
)
def test_a_change_that_is_only_asked_supposed_or_wished_is_no_claim(abstract: str) -> None:
    assert claims(Paper("A study of ferns", abstract)) == []


@pytest.mark.parametrize(
    "abstract",
    [
        "FernNet does not yield a 5% gain.",
        "FernNet has never shown a speedup of 3x.",
        "No 5% gain was seen.",
        "We found no improvement of 5% over MossNet.",
        "There is no evidence that FernNet improves accuracy by 5%.",
        "Contrary to reports of a 40% gain, FernNet is slower.",
    ],
)
def test_a_gain_that_was_not_made_is_no_claim(abstract: str) -> None:
    assert claims(Paper("A study of ferns", abstract)) == []


@pytest.mark.parametrize(
    "abstract",
    [
        "FernNet does **not** reduce water by 40%.",
        "FernNet does _not_ reduce water by 40%.",
        "FernNet does \\textit{not} reduce water by 40%.",
        "FernNet does {\\bf not} reduce water by 40%.",
        "FernNet does “not” reduce water by 40%.",
        "FernNet **fails** to reduce water by 40%.",
        "We saw *no* reduction of 40% in water.",
    ],
)
def test_marks_of_emphasis_hide_no_denial(abstract: str) -> None:
    assert claims(Paper("A title", abstract)) == []


def test_marks_of_emphasis_hide_no_claim() -> None:
    assert one("FernNet **reduces** water by **40%**.").kind == "reduction"
    assert one("FernNet reduces water by 40% (not by chance).").value == 40


def test_a_title_that_asks_claims_nothing_and_one_that_tells_does() -> None:
    assert claims(Paper("Do Sparse Leaves Cut Costs by 40%?", "We ask.")) == []
    assert claims(Paper("Can Leaves Be Sparse? FernNet Cuts Costs by 40%", "We tell.")) != []


@pytest.mark.parametrize(
    "abstract",
    [
        "If tuned, FernNet improves accuracy by 5%.",
        "Even if labels are noisy, FernNet improves accuracy by 5%.",
        "Whether small or large, models improve by 5% with FernNet.",
        "FernNet improves accuracy by 5% if it is tuned.",
        "FernNet improves accuracy by 5% where MossNet may not improve.",
        "As expected, FernNet improves accuracy by 5%.",
        "As we expected, FernNet improves accuracy by 5%.",
        "Beyond what we expected, FernNet improves accuracy by 5%.",
        "FernNet cuts the time needed to reach the expected quality and improves accuracy by 5%.",
        "FernNet can improve accuracy by up to 5%.",
        "Is bigger better? FernNet improves accuracy by 5%.",
        "We ask whether size matters and show that FernNet improves accuracy by 5%.",
        "To test this hypothesis, we train FernNet, which improves accuracy by 5%.",
        "We hypothesize that leaves matter, and FernNet improves accuracy by 5%.",
        "FernNet aims to close this gap, improving accuracy by 5%.",
        "Without any tuning, FernNet improves accuracy by 5%.",
        "With no more than ten leaves FernNet improves accuracy by 5%.",
        "FernNet requires no labels and improves accuracy by 5%.",
        "FernNet does not need labels yet improves accuracy by 5%.",
        "FernNet yields a gain of no less than 5% in accuracy.",
    ],
)
def test_what_is_asked_or_denied_beside_a_claim_leaves_it_alone(abstract: str) -> None:
    assert [claim.value for claim in claims(Paper("A study of ferns", abstract))] == [5.0]


@pytest.mark.parametrize(
    "abstract",
    [
        "The reported 12% improvement in accuracy over FernBase could not be reproduced.",
        "We could not independently replicate the 15% speedup of MossNet.",
        "We no longer claim the 12% improvement over FernBase.",
        "We retract the claim of a 5% gain in accuracy.",
        "The results, a 7% reduction in error, were erroneous.",
        "The gain of 3 points over FernBase disappears under a fair setup.",
        "The 30% gain turned out to be an artifact of leakage.",
        "The improvement of 8% was due to a bug in the evaluation.",
        "A second look invalidates the reported 9% gain.",
        "The 6% reduction in error was not reproduced by others.",
        "FernNet fails to improve accuracy by more than 1% over MossNet.",
        "FernNet never improves latency by more than 5%.",
        "FernNet does not significantly reduce memory by 10%.",
    ],
)
def test_a_change_that_its_clause_takes_back_or_that_failed_is_no_claim(abstract: str) -> None:
    assert claims(Paper("A study of ferns", abstract)) == []


@pytest.mark.parametrize(
    ("abstract", "value"),
    [
        ("FernNet not only improves accuracy by 4% but also speed.", 4.0),
        ("The gain of 3% over MossNet is reproducible.", 3.0),
        ("The improvement of 3.2% was confirmed by two other groups.", 3.2),
        ("Claims of 20% could not be verified, whereas FernNet improves accuracy by 4%.", 4.0),
        ("FernNet gives a 12% speedup on devices not supported by MossNet.", 12.0),
        ("FernNet reduces crashes caused by bugs by 40%.", 40.0),
        ("FernNet reports 30% fewer invalid results.", 30.0),
        ("Artifacts disappear, which improves PSNR by 3%.", 3.0),
        ("FernNet invalidates caches 2x faster.", 2.0),
        ("Retracted reports are found with a 5% gain in recall.", 5.0),
        ("FernNet improves accuracy by 6% on answers not verified by people.", 6.0),
    ],
)
def test_what_is_taken_back_elsewhere_leaves_a_claim_alone(abstract: str, value: float) -> None:
    assert [claim.value for claim in claims(Paper("A study of ferns", abstract))] == [value]
