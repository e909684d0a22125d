"""A body of the API becomes records; whatever is wrong with one item stays with that item."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.parse.model import Author, FieldSeen, Record
from tasks.sources.huggingface.parse_api import parse
from tests.support.bodies import body, item
from tests.support.folders import SAMPLE

SAMPLE_ISSUES = sorted(SAMPLE.glob("huggingface/api/*.json"))


def only(*items: Any) -> Record:
    """The record of a body with one good item."""
    [record] = parse(body(*items)).records
    return record


@pytest.mark.parametrize("path", SAMPLE_ISSUES, ids=lambda path: path.stem)
def test_a_sample_issue_is_read_whole(path: Any) -> None:
    content = path.read_bytes()
    items = json.loads(content)
    parsed = parse(content)
    assert parsed.rejects == ()
    assert [r.arxiv_id for r in parsed.records] == [i["paper"]["id"] for i in items]
    assert [r.place for r in parsed.records] == list(range(len(items)))
    assert [[a.name for a in r.authors] for r in parsed.records] == [
        [author["name"] for author in i["paper"]["authors"]] for i in items
    ]
    assert [r.upvotes for r in parsed.records] == [i["paper"]["upvotes"] for i in items]
    assert [r.comments for r in parsed.records] == [i["numComments"] for i in items]


def test_the_votes_of_a_paper_nobody_voted_for_are_zero_and_not_unknown() -> None:
    votes = [r.upvotes for path in SAMPLE_ISSUES for r in parse(path.read_bytes()).records]
    assert 0 in votes
    assert None not in votes


def test_an_id_is_text_to_the_last_digit() -> None:
    assert only(item(id="2503.02130")).arxiv_id == "2503.02130"
    assert only(item(id="0704.0010")).arxiv_id == "0704.0010"


@pytest.mark.parametrize("given", ["2503.02130v2", " 2503.02130 ", "2503.02130v12\n"])
def test_an_id_loses_its_version_and_blanks(given: str) -> None:
    assert only(item(id=given)).arxiv_id == "2503.02130"


def test_a_title_and_an_abstract_lose_their_hard_line_breaks_and_nothing_else() -> None:
    record = only(item(title=" A  Title\n  that\r\nwraps ", summary="One\nline of \\textsc{é}. "))
    assert record.title == "A  Title that wraps"
    assert record.abstract == "One line of \\textsc{é}."


def test_the_listing_and_the_paper_may_have_different_titles() -> None:
    record = only(item(title="As on arXiv") | {"title": "As\n listed"})
    assert (record.title, record.title_as_listed) == ("As on arXiv", "As listed")


def test_what_an_item_does_not_say_is_unknown_and_never_zero_or_empty() -> None:
    record = only({"paper": {"id": "2503.02130", "title": "Reading Lists"}})
    assert record == Record(0, "Reading Lists", "Reading Lists", "2503.02130")
    assert record.upvotes is None
    assert record.ai_keywords is None


def test_an_explicit_null_is_unknown_too() -> None:
    nulls = dict.fromkeys(["upvotes", "summary", "authors", "githubRepo", "organization"])
    record = only(item(**nulls) | {"numComments": None})
    assert record == Record(0, "Reading Lists", "Reading Lists", "2503.02130")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"mediaUrl": " https://m.example/1"}, ("https://m.example/1",)),
        ({"mediaUrls": ["https://m.example/1", "u2"]}, ("https://m.example/1", "u2")),
        ({}, None),
    ],
)
def test_the_one_medium_of_2024_is_a_list_of_one(told: Any, expected: Any) -> None:
    assert only(item() | told).media_urls == expected


def test_fields_of_every_year_find_their_place() -> None:
    record = only(
        item(
            githubRepo=" https://github.com/a/b ",
            githubStars=12,
            projectPage=" https://p.example ",
            ai_summary=" Short. ",
            ai_keywords=["b", "a"],
            organization={"name": "lab", "fullname": "The Lab"},
            withdrawnAt="2026-11-12T00:00:00.000Z",
            discussionId="d1",
            authors=[
                {"name": "A\n B", "hidden": False, "status": "claimed", "user": {"user": "ab"}},
                {"name": "A B", "hidden": True},
            ],
        )
        | {
            "organization": {"name": "uni"},
            "submittedBy": {"name": "reader"},
            "isAuthorParticipating": False,
            "thumbnail": "https://t.example/1.png",
        }
    )
    assert (record.github_repo, record.github_stars) == ("https://github.com/a/b", 12)
    assert record.project_page == "https://p.example"
    assert (record.ai_summary, record.ai_keywords) == ("Short.", ("b", "a"))
    assert (record.paper_organization, record.listing_organization) == ("The Lab", "uni")
    assert record.withdrawn_at == datetime(2026, 11, 12, tzinfo=UTC)
    assert record.authors == (
        Author("A B", "ab", "claimed", False),
        Author("A B", None, None, True),
    )
    assert (record.submitter, record.discussion_id) == ("reader", "d1")
    assert record.is_author_participating is False


ARXIV_TIME, LISTED_TIME = "2025-03-04T05:00:00.000Z", "2025-03-05T09:30:00.000Z"


@pytest.mark.parametrize(
    ("of_item", "of_paper", "expected"),
    [
        pytest.param(LISTED_TIME, None, LISTED_TIME, id="before 2025 the item's time"),
        pytest.param("2025-03-04T01:00:00.000Z", None, None, id="the arXiv time, shifted by 4 h"),
        pytest.param("2025-03-04T00:00:00.000Z", None, None, id="the arXiv time, shifted by 5 h"),
        pytest.param(ARXIV_TIME, None, None, id="the arXiv time itself"),
        pytest.param(ARXIV_TIME, LISTED_TIME, LISTED_TIME, id="a field of its own"),
    ],
)
def test_the_time_of_listing_is_never_the_arxiv_time(
    of_item: str, of_paper: str | None, expected: str | None
) -> None:
    told = {"submittedOnDailyAt": of_paper} if of_paper else {}
    record = only(item(publishedAt=ARXIV_TIME, **told) | {"publishedAt": of_item})
    assert record.published_at == datetime.fromisoformat(ARXIV_TIME)
    assert record.submitted_at == (datetime.fromisoformat(expected) if expected else None)


def test_times_are_in_utc_whatever_their_offset() -> None:
    record = only(item(publishedAt="2025-03-04T05:00:00+02:00", withdrawnAt="2025-03-04T05:00:00"))
    assert record.published_at == datetime(2025, 3, 4, 3, tzinfo=UTC)
    assert record.withdrawn_at == datetime(2025, 3, 4, 5, tzinfo=UTC)


def test_every_field_is_counted_by_path_and_type_also_the_unknown_ones() -> None:
    parsed = parse(
        body(
            item(authors=[{"name": "A"}, {"name": "B", "user": {"user": "b"}}], newThing=1.5),
            item(newThing="x"),
            "no object",
        )
    )
    seen = parsed.fields_seen
    assert seen[FieldSeen("paper", "object")] == 2
    assert seen[FieldSeen("paper.authors[].name", "text")] == 2
    assert seen[FieldSeen("paper.authors[].user.user", "text")] == 1
    assert seen[FieldSeen("paper.newThing", "number")] == 1
    assert seen[FieldSeen("paper.newThing", "text")] == 1


def test_a_day_without_an_issue_is_an_empty_issue_and_not_an_error() -> None:
    for content in (b"[]", b" [ ]\n", b"\xef\xbb\xbf[]"):
        parsed = parse(content)
        assert (parsed.n_parsed, parsed.fields_seen) == (0, {})


NAMES = ("Author 1", " Author 1 ", "Author\n 1", "", "  ", 1, None)
STATUSES = ("extracted", " x ", "", " ", None, 1)
USERS: tuple[Any, ...] = (
    None,
    {},
    {"user": "reader"},
    {"user": " reader "},
    {"user": ""},
    {"user": 1},
    7,
    "r",
)


def test_an_author_says_the_same_however_quickly_it_is_read() -> None:
    """Without `hidden` an author is read field by field, with it straight where that can be."""
    for name, status, user in itertools.product(NAMES, STATUSES, USERS):
        author = {"name": name, "status": status, "user": user}
        straight = parse(body(item(authors=[author | {"hidden": False}])))
        by_field = parse(body(item(authors=[author])))
        assert [(a.name, a.user, a.status) for r in straight.records for a in r.authors] == [
            (a.name, a.user, a.status) for r in by_field.records for a in r.authors
        ]
        assert [r.reason for r in straight.rejects] == [r.reason for r in by_field.rejects]
        assert straight.conversions == by_field.conversions
