"""Patterns in lower case match a folded text as they would match the text, whatever its case."""

import re
import string
import sys

from tasks.derive.words import folded, printed

ALL = [chr(code) for code in range(sys.maxunicode + 1)]


def test_every_letter_folds_to_the_one_letter_that_a_pattern_matches() -> None:
    text, lowered = "".join(ALL), folded("".join(ALL))
    assert len(lowered) == len(text)
    for letter in map(re.escape, string.ascii_lowercase + string.digits + string.punctuation):
        regardless = re.finditer(letter, text, re.IGNORECASE)
        assert [m.start() for m in regardless] == [m.start() for m in re.finditer(letter, lowered)]


def test_folding_leaves_every_character_in_its_class() -> None:
    text = "".join(ALL)
    for kind in (r"\w", r"\d", r"\s"):
        places = [m.start() for m in re.finditer(kind, text)]
        assert places == [m.start() for m in re.finditer(kind, folded(text))]


def test_a_match_in_a_folded_text_is_told_as_printed() -> None:
    text = "İn KILO \N{LATIN SMALL LETTER LONG S}teps"
    match = re.search("(?P<unit>kilo) (?P<what>steps)", folded(text))
    assert match is not None
    assert printed(text, match) == text[3:]
    assert printed(text, match, "unit") == "KILO"
