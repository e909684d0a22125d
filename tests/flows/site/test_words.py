"""Dates, numbers, short texts and names of files are what people expect."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.site import words


def test_days_weeks_and_months_are_in_words() -> None:
    assert words.day_in_words(date(2026, 11, 13)) == "Friday, 13 November 2026"
    assert words.short_date(date(2026, 5, 1)) == "1 May 2026"
    assert words.month_in_words("2026-01") == "January 2026"
    assert words.week_in_words("2026-W46") == "9 to 15 November 2026"
    assert words.week_in_words("2025-W09") == "24 February to 2 March 2025"
    assert words.week_in_words("2026-W53") == "28 December 2026 to 3 January 2027"


@pytest.mark.parametrize(
    ("change", "text"),
    [(0.0312, "+3.1"), (-0.0312, "\u22123.1"), (0.0, "0.0"), (-0.0001, "0.0"), (0.1, "+10.0")],
)
def test_a_change_has_its_sign_unless_it_is_none(change: float, text: str) -> None:
    assert words.change_in_points(change) == text


def test_numbers_have_separators_and_words_their_number() -> None:
    assert words.number(12345) == "12,345"
    assert words.plural(1, "paper") == "1 paper"
    assert words.plural(2000, "paper") == "2,000 papers"
    assert words.percent(0.0312) == "3.1%"


@given(st.lists(st.text(min_size=1, max_size=30), min_size=2, unique=True))
def test_two_names_never_share_a_file(names: list[str]) -> None:
    files = [words.slug(name) for name in names]
    assert len(set(files)) == len(files)
    assert all(file.isascii() and file.replace("-", "").isalnum() for file in files)


def test_a_plain_name_is_its_own_file() -> None:
    assert words.slug("video understanding") == "video-understanding"
    assert words.slug("zoë o'neil").startswith("zoe-o-neil-")
    assert words.paper_file("hep-th/9901001") == "hep-th_9901001"


def test_the_lead_is_the_first_sentence_and_never_endless() -> None:
    assert words.lead("We boil, e.g. water. Then tea.") == "We boil, e.g. water."
    assert words.lead(None) == ""
    assert len(words.lead("word " * 500)) < 330


def test_only_addresses_of_the_web_are_links() -> None:
    assert words.web_address("https://example.org/a") == "https://example.org/a"
    assert words.web_address("javascript:alert(1)") is None
    assert words.web_address(None) is None


def test_many_names_are_told_by_the_first_ones() -> None:
    assert words.names_in_short(["A", "B", "C", "D"], 4) == "A, B, C, D"
    assert words.names_in_short(["A", "B", "C", "D"], 3303) == "A, B, C and 3,300 more"
