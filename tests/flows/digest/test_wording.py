"""Every language says everything: the same keys, with the same things filled in."""

import tomllib
from datetime import date
from string import Formatter
from typing import Any

import pytest

from flows.digest.issues import Issue
from flows.digest.wording import languages, wording
from tests.support.folders import ROOT
from tests.support.letters import DAY, WEEK

FOLDER = ROOT / "flows" / "digest" / "languages"


def entries(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def fields(text: object) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(str(text)) if name}


def test_english_and_german_are_offered() -> None:
    assert languages() == ("de", "en")


@pytest.mark.parametrize("language", languages())
def test_no_key_is_missing_or_unknown_and_each_is_filled_in_alike(language: str) -> None:
    english, other = entries("en"), entries(language)
    optional = {key for key in english | other if key.endswith("_one")}
    assert other.keys() - optional == english.keys() - optional
    for key in other.keys() & english.keys() - optional:
        if isinstance(english[key], list):
            assert len(other[key]) == len(english[key])
        else:
            assert fields(other[key]) == fields(english[key]), key
    assert all(key.removesuffix("_one") in other for key in other)
    # a label with a blank in it could not be told from prose when a mail is read back
    assert [key for key in ("page", "pdf", "code") if " " in other[key]] == []


@pytest.mark.parametrize(
    ("language", "day", "week", "number"),
    [
        ("en", "Friday, 20 November 2026", "Week of 16 to 22 November 2026", "1,234"),
        ("de", "Freitag, 20. November 2026", "Woche vom 16. bis 22. November 2026", "1.234"),
        ("xx", "Friday, 20 November 2026", "Week of 16 to 22 November 2026", "1,234"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_does(
    language: str, day: str, week: str, number: str
) -> None:
    say = wording(language)
    assert (say.title(DAY), say.title(WEEK), say.number(1234)) == (day, week, number)
    assert (say.papers(1), say.papers(2)) == (say("papers", 1), say("papers", 2))


def test_a_week_between_two_months_or_years_names_both() -> None:
    say = wording("en")
    months = Issue("weekly", "2026-W40", date(2026, 10, 4), "", True, 1)
    years = Issue("weekly", "2026-W53", date(2027, 1, 3), "", True, 1)
    assert say.title(months) == "Week of 28 September to 4 October 2026"
    assert say.title(years) == "Week of 28 December 2026 to 3 January 2027"
