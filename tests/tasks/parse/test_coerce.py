"""A value of another type is taken when it can mean one thing only; all else is refused."""

from typing import Any

import pytest

from tasks.parse.coerce import FLAG, TEXT, TEXTS, TIME, Unusable, count_of
from tasks.parse.model import Conversion
from tasks.sources.huggingface.parse_api import parse
from tests.support.bodies import body, item


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("57", 57),
        (" 57 ", 57),
        ("0", 0),
        ("-3", -3),
        ("1,234", 1_234),
        ("12,345,678", 12_345_678),
        ("1.41k", 1_410),
        ("1.4K", 1_400),
        ("2k", 2_000),
        ("1.50k", 1_500),
        ("1.234567m", 1_234_567),
        (12.0, 12),
        (-2.0, -2),
    ],
)
def test_a_count_written_otherwise_is_that_count(written: Any, expected: int) -> None:
    assert count_of(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "-", "many", "1.4.1k", "1.2345k", "1.5", "1.234", "1,23", "1234,567", "0,123"),
        *("1 234", "007", "+5", "5-", "-0", "1k5", "k", "~57", "57 votes", "0x10", "1e3", "١٢"),
        *("9" * 19, "9" * 100_000, 12.5, float("inf"), 1e300, 2.0**60, True, [], {}, [5]),
    ],
    ids=lambda written: repr(written)[:12],
)
def test_a_count_in_doubt_is_refused(written: Any) -> None:
    with pytest.raises(Unusable, match="expected count, found "):
        count_of(written)


@pytest.mark.parametrize("joined", ["a, b", "a; b", "a|b", "a\nb"])
def test_one_text_is_a_list_of_one_unless_it_may_be_several(joined: str) -> None:
    assert TEXTS.converted(" a b ") == ("a b",)
    assert TEXTS.converted(" ") is None
    with pytest.raises(Unusable, match="expected list of text"):
        TEXTS.converted(joined)


def test_a_flag_in_words_is_a_flag_and_a_number_is_not() -> None:
    assert (FLAG.converted("true"), FLAG.converted("false")) == (True, False)
    refused: list[Any] = ["True", "yes", "", 0, 1, 1.0, [], {}]
    for value in refused:
        with pytest.raises(Unusable, match="expected boolean"):
            FLAG.converted(value)


@pytest.mark.parametrize("kind", [TEXT, TIME])
@pytest.mark.parametrize("value", [2503.0213, 1984, True, ["x"], {"x": "y"}])
def test_text_is_never_made_of_something_else(kind: Any, value: Any) -> None:
    with pytest.raises(Unusable):
        kind.converted(value)


def test_what_was_converted_is_on_record_and_what_was_not_is_not() -> None:
    parsed = parse(
        body(
            item(upvotes="1.41k", ai_keywords="one") | {"mediaUrls": "https://m.example/1"},
            item(upvotes=57.0, ai_keywords="one, two") | {"numComments": "2"},
            item(upvotes="1,234", githubStars=None, authors=[{"name": "A", "hidden": "true"}]),
            item(upvotes="7", id=2503.0213),
        )
    )
    first, second, third = parsed.records
    assert (first.upvotes, second.upvotes, third.upvotes) == (1_410, 57, 1_234)
    assert (first.ai_keywords, second.ai_keywords) == (("one",), None)
    assert (first.media_urls, second.comments) == (("https://m.example/1",), 2)
    assert third.authors[0].is_hidden is True
    assert parsed.conversions == {
        Conversion("paper.upvotes", "text", "count"): 2,
        Conversion("paper.upvotes", "number", "count"): 1,
        Conversion("numComments", "text", "count"): 1,
        Conversion("mediaUrls", "text", "list of text"): 1,
        Conversion("paper.ai_keywords", "text", "list of text"): 1,
        Conversion("paper.ai_keywords", "text", "nothing"): 1,
        Conversion("paper.authors[].hidden", "text", "boolean"): 1,
    }
    assert [reject.place for reject in parsed.rejects] == [3]


def test_a_body_of_todays_shape_has_no_conversions() -> None:
    assert parse(body(item(authors=[{"name": "A"}]), item(upvotes=None))).conversions == {}
