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
    ],
)
def test_the_baseline_is_kept_as_printed(abstract: str, baseline: str | None) -> None:
    assert one(abstract).baseline == baseline


def test_a_span_and_the_sentence_lead_back_to_the_words() -> None:
    abstract = "Much grows. It cuts water by 30%. That is all."
    claim = one(abstract)
    assert abstract[claim.span_start : claim.span_end] == "30%"
    assert claim.sentence == "It cuts water by 30%."
