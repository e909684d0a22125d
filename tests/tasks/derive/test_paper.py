"""The sentence of a place in a text is that sentence, whole and alone."""

import pytest

from tasks.derive.paper import sentence_at, sentence_span

TEXT = (
    "Ferns are old. FernNet grows them, e.g. indoors! Does it? It does (so we say). Code follows."
)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Ferns", "Ferns are old."),
        ("FernNet", "FernNet grows them, e.g. indoors!"),
        ("indoors", "FernNet grows them, e.g. indoors!"),
        ("Does", "Does it?"),
        ("It does", "It does (so we say)."),
        ("Code", "Code follows."),
        ("follows", "Code follows."),
    ],
)
def test_a_place_is_in_its_own_sentence_also_where_that_begins(said: str, sentence: str) -> None:
    start = TEXT.index(said)
    assert sentence_at(TEXT, start, start + len(said)) == sentence


def test_a_sentence_without_an_end_is_cut_around_the_place() -> None:
    text = "fern " * 500
    first, last = sentence_span(text, 1200, 1204)
    assert first <= 1200
    assert last >= 1204
    assert last - first <= 700
