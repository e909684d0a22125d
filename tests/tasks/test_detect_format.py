"""What some bytes are: told from the bytes, the name helps only with the date."""

import hashlib
import json

import pytest

from tasks.detect_format import describe, detect_format
from tasks.errors import BadBody, BadIssueId, UnknownIssue
from tasks.parse.model import IssueRef
from tasks.sources import sources
from tests.support.bodies import ABSTRACT, body, hydrated, item
from tests.support.folders import SAMPLE, digests
from tests.support.saved import SHAPES

API_BODY = (SAMPLE / "huggingface/api/2026-11-13.json").read_bytes()
FULL_PAGE = (SAMPLE / "huggingface/html/2026-11-13.html").read_bytes()
CARDS_ONLY = (SAMPLE / "huggingface/html/2026-11-12-cards-only.html").read_bytes()
SAVED_TEXT = (SAMPLE / "pagedump/search.txt").read_bytes()
DAY = IssueRef.parse("huggingface:daily:2026-11-13")


def told(content: bytes, name: str = "x", given: IssueRef | None = None) -> tuple[str, str]:
    """Issue and form of some bytes."""
    found = detect_format(content, name, given)
    return str(found.issue), found.format.name


def test_an_api_body_is_dated_by_its_name() -> None:
    assert told(API_BODY, "2026-11-13.json") == (str(DAY), "api")
    assert told(API_BODY, "daily_2026-11-13_v2.json.gz") == (str(DAY), "api")


def test_an_empty_issue_is_an_issue_of_the_api() -> None:
    assert told(b"[]", "2026-11-14.json") == ("huggingface:daily:2026-11-14", "api")


def test_a_page_is_dated_by_itself_and_not_by_its_name() -> None:
    assert told(FULL_PAGE, "2026-11-15.html") == (str(DAY), "page")


def test_cards_are_dated_by_the_name_of_their_file() -> None:
    assert told(CARDS_ONLY, "2026-11-12-cards-only.html") == (
        "huggingface:daily:2026-11-12",
        "page",
    )


def test_a_saved_text_is_named_by_its_bytes_whatever_its_name() -> None:
    key = hashlib.sha256(SAVED_TEXT).hexdigest()[:12]
    assert told(SAVED_TEXT, "2026-11-13.txt") == (f"pagedump:search:{key}", "text")


@pytest.mark.parametrize("name", ["body.json", "2026-11-13_2026-11-14.json", "12026-11-13.json"])
def test_a_name_that_tells_no_single_date_leaves_the_issue_unknown(name: str) -> None:
    with pytest.raises(UnknownIssue, match="--as huggingface:daily:2024-08-01"):
        detect_format(API_BODY, name)


def test_a_date_that_no_calendar_has_is_refused() -> None:
    with pytest.raises(BadIssueId, match="2026-02-30"):
        detect_format(API_BODY, "2026-02-30.json")


def test_an_issue_that_is_given_wins_over_name_and_bytes() -> None:
    assert told(API_BODY, "2020-01-01.json", DAY) == (str(DAY), "api")
    assert told(FULL_PAGE, "x", IssueRef.parse("huggingface:daily:2026-11-12"))[0].endswith("-12")


def test_bytes_of_another_source_than_the_given_one_are_refused() -> None:
    with pytest.raises(BadBody, match="huggingface api: a JSON list") as caught:
        detect_format(SAVED_TEXT, "x", DAY)
    assert "pagedump" not in caught.value.expected


@pytest.mark.parametrize("issue", ["nowhere:daily:2026-11-13", "huggingface:daily:yesterday"])
def test_an_issue_that_cannot_exist_is_refused(issue: str) -> None:
    with pytest.raises(BadIssueId):
        detect_format(API_BODY, "x", IssueRef.parse(issue))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "no bytes at all"),
        (b" \n\t", "nothing but blanks"),
        (b"<html><title>\n Cheap flights </title>", "a web page titled 'Cheap flights'"),
        (b"<svg/>", "markup without a title"),
        (b"1", "1 bytes beginning '1'"),
        (
            json.dumps({"status": "no_data"}).encode(),
            '21 bytes beginning \'{"status": "no_data"}\'',
        ),
        (b"\x00\xff" * 200, "400 bytes beginning"),
        (b"PK\x03\x04" * 9, "36 bytes beginning"),
        (b"One line of text.", "17 bytes beginning 'One line of text.'"),
    ],
)
def test_bytes_of_no_form_are_refused_with_every_form_expected_and_what_was_found(
    content: bytes, found: str
) -> None:
    with pytest.raises(BadBody) as caught:
        detect_format(content, "2026-11-13.json")
    assert found in caught.value.found
    assert describe(content) == caught.value.found
    for body_format in ("huggingface api:", "huggingface page:", "pagedump text:"):
        assert body_format in caught.value.expected


def test_a_list_that_is_no_issue_is_called_so_before_its_issue_is_asked_for() -> None:
    with pytest.raises(BadBody, match="the first text without one"):
        detect_format(b'["a", "b"]', "body.json")


def test_ordinary_prose_is_no_digest() -> None:
    with pytest.raises(BadBody):
        detect_format(f"A Title\n\n{ABSTRACT}\n".encode(), "readme.txt")


@pytest.mark.parametrize("heading", ["Daily Papers", "TRENDING PAPERS"])
def test_one_record_under_the_heading_of_a_digest_is_one(heading: str) -> None:
    assert told(f"{heading}\n\nA Title\n\n{ABSTRACT}\n".encode())[1] == "text"


def test_blanks_and_a_byte_order_mark_before_the_body_do_not_matter() -> None:
    content = b"\xef\xbb\xbf\r\n " + body(item())
    assert told(content, "2026-11-13.json") == (str(DAY), "api")


def test_a_search_page_needs_to_be_told_its_issue() -> None:
    with pytest.raises(UnknownIssue):
        detect_format(hydrated([item()], query="x", dateString="2026-11-13"), "saved.html")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_saved_page_is_claimed_by_its_own_shape_alone(shape: str) -> None:
    content = SHAPES[shape].encode()
    claimed = [f.name for s in sources().values() for f in s.formats if f.recognise(content)]
    assert claimed[0] == shape
    assert set(claimed) <= {shape, "links", "text"}


def test_an_arxiv_mailing_is_no_saved_page_and_no_field_dump() -> None:
    for path in sorted(digests("arxiv/mailing").iterdir()):
        content = path.read_bytes()
        for name in ("pagedump", "textdump", "mailbox"):
            assert not any(
                body_format.recognise(content) for body_format in sources()[name].formats
            ), path.name
