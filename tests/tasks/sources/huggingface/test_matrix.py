"""Every field of a record with everything that can be wrong with it, as the descriptions have it.

What is expected follows from the table of fields (kind and need), from the table below of what each
kind takes, and from the rules of the column in which a field ends; not from what the parser does.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from schemas import Table
from schemas.core import LISTINGS, OBSERVATIONS, PAPER_AUTHORS, PAPER_VERSIONS
from tasks.merge.resolve import ExistingPapers
from tasks.parse.capture import Capture, Page
from tasks.parse.model import IssueRef, ParsedBody
from tasks.quality.record_checks import CheckedRecords, check_records
from tasks.sources.huggingface.parse_api import parse
from tasks.sources.huggingface.records import FIELDS, Field
from tests.support.bodies import ABSTRACT
from tests.support.captures import DAY, STAMP, at

MISSING = object()
DOUBLE = object()
HOSTILE = "<script>alert(1)</script>\x00\x1b[2J'; DROP TABLE listings; --"
VARIANTS: dict[str, Any] = {
    "missing": MISSING,
    "null": None,
    "the key twice": DOUBLE,
    "a word": "word",
    "a number as text": "57",
    "a shortened number": "1.41k",
    "an ambiguous number": "1.4.1k",
    "an integer": 7,
    "a negative integer": -1,
    "a huge integer": 10**15,
    "a number": 7.5,
    "a whole number": 12.0,
    "true": True,
    "a list of text": ["a", "b"],
    "a list of numbers": [1, 2],
    "an object": {"x": 1},
    "empty text": "",
    "blank text": "  ",
    "an empty list": [],
    "an empty object": {},
    "huge text": "y" * 30_000,
    "hostile text": HOSTILE,
}
TAKES: dict[str, dict[str, Any]] = {
    "text": {name: text for name, text in VARIANTS.items() if isinstance(text, str)},
    "count": {
        **{name: number for name, number in VARIANTS.items() if type(number) is int},
        "a number as text": 57,
        "a shortened number": 1410,
        "a whole number": 12,
    },
    "boolean": {"true": True},
    "list of text": {
        name: (text,)
        for name, text in VARIANTS.items()
        if isinstance(text, str) and name != "hostile text"
    }
    | {"a list of text": ("a", "b"), "an empty list": ()},
    "list": {"an empty list": ()},
    "object": {"an object": {}, "an empty object": {}},
    "ISO 8601 time": {},
}
"""What each kind takes, and as what; everything else that is not null is of no use to it. Text with
several parts in it may be a joined list, so it is not a list of one."""
HOMES: dict[str, tuple[Table, str]] = {
    "title": (LISTINGS, "title_as_listed"),
    "thumbnail": (LISTINGS, "thumbnail_url"),
    "numComments": (OBSERVATIONS, "comments"),
    "paper.id": (LISTINGS, "paper_id"),
    "paper.title": (PAPER_VERSIONS, "title"),
    "paper.summary": (PAPER_VERSIONS, "abstract"),
    "paper.upvotes": (OBSERVATIONS, "upvotes"),
    "paper.githubStars": (OBSERVATIONS, "github_stars"),
    "paper.githubRepo": (PAPER_VERSIONS, "github_repo"),
    "paper.projectPage": (PAPER_VERSIONS, "project_page"),
    "paper.ai_summary": (PAPER_VERSIONS, "ai_summary"),
    "paper.authors[].name": (PAPER_AUTHORS, "name"),
}
"""The columns with rules in which fields end."""
HOLDS_REQUIRED = ("paper", "paper.authors[]")
"""Objects with a required field inside: without it they are of no use."""


def whole(number: int) -> dict[str, Any]:
    """A record in which every field that is loaded has a value."""
    person = {"name": "reader", "user": "reader"}
    organization = {"name": "lab", "fullname": "A Lab"}
    stamp = "2026-11-20T00:00:00.000Z"
    return {
        "title": f"Reading Lists {number}",
        "summary": ABSTRACT,
        "publishedAt": stamp,
        "numComments": 1,
        "thumbnail": "https://cdn.example/1.png",
        "mediaUrl": "https://cdn.example/1.mp4",
        "mediaUrls": ["https://cdn.example/1.mp4"],
        "isAuthorParticipating": False,
        "submittedBy": dict(person),
        "organization": dict(organization),
        "paper": {
            "id": f"2611.{number:05}",
            "title": f"Reading Lists {number}",
            "summary": ABSTRACT,
            "publishedAt": stamp,
            "withdrawnAt": stamp,
            "upvotes": 3,
            "githubRepo": f"https://github.com/lab/code-{number}",
            "githubStars": 4,
            "projectPage": f"https://lab.example/{number}",
            "ai_summary": "A summary.",
            "ai_keywords": ["lists"],
            "discussionId": "d",
            "mediaUrls": ["https://cdn.example/1.mp4"],
            "submittedOnDailyAt": stamp,
            "submittedOnDailyBy": dict(person),
            "organization": dict(organization),
            "authors": [
                {"name": "Author 1", "hidden": False, "status": "x", "user": {"user": "reader"}}
            ],
        },
    }


@dataclass(frozen=True)
class Case:
    """One field with one thing wrong, and the item of the body that has it."""

    number: int
    field: Field
    variant: str

    def __str__(self) -> str:
        return f"{self.field.path}: {self.variant}"

    def text(self) -> str:
        """The item as JSON."""
        item = whole(self.number)
        *above, key = self.field.path.replace("[]", ".0").split(".")
        holder: Any = item
        for step in above:
            holder = holder[int(step) if step == "0" else step]
        place: Any = int(key) if key == "0" else key
        value = VARIANTS[self.variant]
        if value is MISSING:
            del holder[place]
        elif value is DOUBLE and place != 0:
            holder[f"{place}/twice"] = copy.deepcopy(holder[place])
        elif value is DOUBLE:
            holder.append(holder[0])
        else:
            holder[place] = value
        return json.dumps(item).replace("/twice", "")

    @property
    def is_accepted(self) -> bool:
        """What the descriptions say becomes of the record."""
        value = VARIANTS[self.variant]
        field, kind = self.field, self.field.kind.name
        if value is DOUBLE:
            return True
        if value is MISSING and field.path.endswith("[]"):
            return True  # one author fewer
        if value is None and field.path.endswith("[]"):
            return False  # an element has a place among the others and cannot be unknown
        if value is None or value is MISSING or self._is_blank(kind):
            return field.need != "required" or field.instead is not None
        if self.variant not in TAKES[kind] or field.path in HOLDS_REQUIRED:
            return field.need == "spare"
        return self._keeps_rules(TAKES[kind][self.variant])

    def _is_blank(self, kind: str) -> bool:
        """Whether the value is a text that says nothing, where text may stand."""
        value = VARIANTS[self.variant]
        takes_text = kind in ("text", "list of text")
        return takes_text and isinstance(value, str) and not value.strip()

    def _keeps_rules(self, value: Any) -> bool:
        if self.field.path not in HOMES:
            return True
        table, name = HOMES[self.field.path]
        (column,) = (c for c in table.columns if c.name == name)
        stored = value.strip() if isinstance(value, str) else value
        return all(rule.is_met(stored) for rule in column.rules if rule.severity == "reject")


def cases() -> Iterator[Case]:
    pairs = ((field, variant) for field in FIELDS for variant in VARIANTS)
    for number, (field, variant) in enumerate(pairs, start=1):
        yield Case(number, field, variant)


@pytest.fixture(scope="module")
def parsed() -> ParsedBody:
    """All combinations as the items of one body."""
    return parse(f"[{','.join(case.text() for case in cases())}]".encode())


@pytest.fixture(scope="module")
def checked(parsed: ParsedBody) -> CheckedRecords:
    pages = (Page("0" * 64, "api/2", parsed),)
    return check_records([Capture(IssueRef.parse(DAY), at(1), pages)], ExistingPapers(), STAMP)


def test_no_combination_raises_and_every_record_is_accounted_for(
    parsed: ParsedBody, checked: CheckedRecords
) -> None:
    n_cases = len(FIELDS) * len(VARIANTS)
    [(_, counts)] = checked.counted
    assert n_cases > 900
    assert parsed.n_parsed == n_cases == counts.n_parsed
    assert counts.n_accepted + counts.n_quarantined + counts.n_duplicate == n_cases


def test_each_combination_is_accepted_converted_or_quarantined_as_described(
    checked: CheckedRecords,
) -> None:
    rejected = {item.index: item.reason for item in checked.rejected}
    wrong = [
        f"{case} is {'accepted' if case.is_accepted else 'quarantined'} by the description, "
        f"but: {rejected.get(case.number - 1, 'accepted')}"
        for case in cases()
        if case.is_accepted == (case.number - 1 in rejected)
    ]
    assert wrong == []


def test_what_is_converted_or_left_out_is_on_record(parsed: ParsedBody) -> None:
    votes = {
        found.found: n for found, n in parsed.conversions.items() if found.path == "paper.upvotes"
    }
    assert votes == {"text": 2, "number": 1}
    left_out = {c.path for c in parsed.conversions if c.became == "nothing"}
    assert left_out == {field.path for field in FIELDS if field.need == "spare"}


def test_a_rejected_record_has_its_reason_its_text_and_its_place(checked: CheckedRecords) -> None:
    for item in checked.rejected:
        assert item.reason
        assert item.rules
        if item.raw:
            assert json.loads(item.raw.text)
            assert item.raw.span.start < item.raw.span.end
