"""Phrases are found at their places in the text, whatever letters stand before them."""

import pytest

from tasks.derive.search import SMALL, Phrases

PHRASES = (" fern ", " fern moss ", " ferns ")


@pytest.mark.parametrize("before", ["", "leaf ", "Blätter: ", "苔 ", "🌿🌿 ", "\ud800 "])
def test_a_phrase_is_found_at_its_place_behind_any_letters(before: str) -> None:
    text = f"{before}FERN MOSS"
    found = Phrases(PHRASES, SMALL).matches(text)
    start = len(before)
    assert found == [(0, start, start + 6), (1, start, start + 11)]
    assert f" {text} ".lower()[start : start + 11] == " fern moss "


def test_characters_are_read_as_others_in_any_text() -> None:
    search = Phrases(PHRASES, SMALL | {"-": " ", "·": " "})
    for text in ("a Fern-moss", "a fern·moss", "é fern-Moss"):
        assert [number for number, *_ in search.matches(text)] == [0, 1], text


def test_a_word_inside_another_is_no_phrase() -> None:
    assert Phrases(PHRASES).matches("lantern ferny ferns") == [(2, 14, 21)]
