"""Texts become wishes that can be granted, or an error that names the fix."""

from typing import Any

import pytest

from flows.digest.wishes import BadWish, wishes_of
from warehouse.subscriber import Wishes


def test_texts_become_wishes_and_what_is_not_given_stays() -> None:
    given = {
        "frequency": "weekly",
        "topics": "Robotics; video generation;robotics",
        "words": " world   models \r\n\r\nnaïve",
        "authors": ["Ada Lovelace", ""],
        "code_only": "yes",
        "min_votes": "3",
        "max_papers": "100",
        "language": "de",
        "time_zone": "europe/vienna",
        "hour": "0",
        "unconfirmed": "mark",
    }
    assert wishes_of(given, Wishes(when_nothing=True)) == Wishes(
        frequency="weekly",
        topics=("robotics", "video generation"),
        words=("world models", "naïve"),
        authors=("Ada Lovelace",),
        code_only=True,
        min_votes=3,
        max_papers=100,
        language="de",
        time_zone="Europe/Vienna",
        hour=0,
        unconfirmed="mark",
        when_nothing=True,
    )
    assert wishes_of({}) == Wishes()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("hour", "24", "between 0 and 23"),
        ("hour", "-1", "a number"),
        ("hour", "7.5", "a number"),
        ("hour", "\u0667", "a number"),
        ("hour", "9" * 5000, "a number"),
        ("max_papers", "0", "between 1 and 100"),
        ("max_papers", "101", "between 1 and 100"),
        ("min_votes", "99999999", "between 0"),
        ("time_zone", "Europe/Vien", "did you mean Europe/Vienna"),
        ("time_zone", "../../etc/passwd", "no such time zone"),
        ("time_zone", "localtime", "no such time zone"),
        ("topics", "robotic", "did you mean robotics"),
        ("topics", "<script>", "no topic is called"),
        ("language", "xx", "there are: de, en"),
        ("frequency", "hourly", "daily"),
        ("unconfirmed", "", "mark"),
        ("code_only", "perhaps", "yes or no"),
        ("words", "=HYPERLINK(1)", "none may begin"),
        ("words", "good; @SUM(1)", "none may begin"),
        ("words", "a\x00b", "do not print"),
        ("words", "a\u202eb", "do not print"),
        ("words", "a\rb", "do not print"),
        ("authors", "x" * 81, "at most 80"),
        ("authors", ";".join(f"n{n}" for n in range(31)), "at most 30"),
        ("hours", "7", "did you mean hour"),
    ],
)
def test_what_cannot_be_granted_is_refused_with_what_can(field: str, value: Any, said: str) -> None:
    with pytest.raises(BadWish, match=said) as refused:
        wishes_of({field: value})
    assert refused.value.field == field
    assert str(refused.value).isprintable()
