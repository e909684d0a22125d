"""Words that introduce a name are found wherever they stand between blanks, and nowhere else."""

import pytest

from tasks.derive.triggers import triggers

INTRODUCING = {
    "we propose": "propose",
    "Introducing": "propose",
    "it was presented": None,
    "has developed": "propose",
    "is newly built": "propose",
    "will open-source": "propose",
    "the open-source": None,
    "the proposed": "apposition",
    "resulting in": "result",
    "we trained": "trained",
    "they trained": None,
    "we build two": "noun",
    "with two": None,
    "a novel": "noun",
    "Named": "called",
    "known as": "called",
    "as known as": None,
    "as to as": None,
    "seen as": None,
    "we call": "called",
    "they call": None,
}


def told(text: str) -> list[tuple[str, str]]:
    """The pattern and the words of each trigger."""
    return [(pattern, text[start:end].strip()) for pattern, start, end in triggers(text)]


@pytest.mark.parametrize("said", INTRODUCING)
def test_the_last_word_is_the_trigger_at_either_end_of_a_text_and_inside(said: str) -> None:
    pattern = INTRODUCING[said]
    expected = [(pattern, said.rsplit(" ", maxsplit=1)[-1])] if pattern else []
    for text in (said, f"{said} Fern", f"x {said}", f"x {said} Fern"):
        assert [found for found in told(text) if found[1] not in ("resulting", "build")] == expected


@pytest.mark.parametrize("text", ["named, Fern", "(namedFern", "renamed Fern", "known  as Fern"])
def test_words_that_touch_other_signs_introduce_nothing(text: str) -> None:
    assert told(text) == []


def test_triggers_that_share_a_blank_are_all_found_in_order() -> None:
    text = "we present our proposed model called named Fern"
    assert [said for _, said in told(text)] == ["present", "our", "proposed", "called", "named"]
    spans = [(start, end) for _, start, end in triggers(text)]
    assert spans == sorted(spans)
    assert [text[end - 1] for _, end in spans] == [" "] * 5


def test_what_is_said_to_be_new_is_told_by_the_comma_before_it() -> None:
    assert told("It grows on FernSet, a new dataset") == [
        ("described", ", a new"),
        ("noun", "new"),
    ]


def test_what_others_did_in_the_sentence_before_does_not_count() -> None:
    assert told("It beats existing pots. We also propose Fern") == [("propose", "propose")]


def test_what_others_propose_is_no_trigger() -> None:
    assert told("Previous work may present Fern") == []
    assert told("Unlike PREVIOUS methods we present Fern") == [("propose", "present")]
