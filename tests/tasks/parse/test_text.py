"""Small rules about text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.parse.text import name_key, title_key, unwrap, without_version
from tests.support.effort import grows_in_proportion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one line", "one line"),
        ("two\nlines", "two lines"),
        ("two  \r\n  lines", "two lines"),
        ("three\n\n\tlines\r", "three lines"),
        ("  double  blanks\tstay  ", "double  blanks\tstay"),
        ("", ""),
    ],
)
def test_hard_line_breaks_become_one_blank(text: str, expected: str) -> None:
    assert unwrap(text) == expected


@given(st.text())
def test_unwrapping_leaves_no_line_break_and_can_be_repeated(text: str) -> None:
    once = unwrap(text)
    assert "\n" not in once
    assert "\r" not in once
    assert unwrap(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Reading Lists", "reading  LISTS"),
        ("Read-ing: Lists!", "Reading Lists"),
        ("Readinglists", "Reading Lists"),
        ("ﬁne-tuning", "fine tuning"),
        ("Straße", "STRASSE"),
        ("e\u0301tude", "Étude"),
    ],
)
def test_titles_that_differ_in_blanks_case_and_marks_have_one_key(one: str, other: str) -> None:
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Lists 2", "Lists 3"), ("Etude", "Étude"), ("λ-Nets", "β-Nets"), ("论文", "文论")],
)
def test_titles_that_differ_in_letters_or_digits_have_different_keys(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


def test_a_name_keeps_its_marks_and_loses_case_and_double_blanks() -> None:
    assert name_key("  Ada\u00a0 O'Neill-Ruiz ") == "ada o'neill-ruiz"
    assert name_key("José") != name_key("Jose")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2503.02130", "2503.02130"),
        ("2503.02130v2", "2503.02130"),
        ("2503.02130v12", "2503.02130"),
        ("hep-th/9901001v3", "hep-th/9901001"),
        ("solv-int/9901001", "solv-int/9901001"),
    ],
)
def test_a_version_is_no_part_of_an_id(given: str, expected: str) -> None:
    assert without_version(given) == expected


def test_a_long_run_of_blanks_is_read_in_one_go() -> None:
    blanks = " " * 500_000
    assert unwrap(f"A{blanks}B\nC") == f"A{blanks}B C"
    assert grows_in_proportion(lambda n: unwrap(f"A{' ' * n}B\nC"), 125_000)
