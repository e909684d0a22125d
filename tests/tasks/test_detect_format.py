"""What some bytes are: told from the bytes, the name helps only with the date."""

import bz2
import gzip
import hashlib
import json

import pytest

from tasks.detect_format import detect_format
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
    with pytest.raises(BadBody, match=r"an issue of huggingface, .*pagedump \(text\); load it wit"):
        detect_format(SAVED_TEXT, "x", DAY)
    with pytest.raises(BadBody, match="an issue of huggingface, found nothing but blanks"):
        detect_format(b"\n", "x", DAY)


@pytest.mark.parametrize("issue", ["nowhere:daily:2026-11-13", "huggingface:daily:yesterday"])
def test_an_issue_that_cannot_exist_is_refused(issue: str) -> None:
    with pytest.raises(BadIssueId):
        detect_format(API_BODY, "x", IssueRef.parse(issue))


REFUSED: dict[str, bytes] = {
    "no bytes at all": b"",
    "nothing but blanks": b" \n\t",
    "a web page titled 'Cheap flights'": b"<html><title>\n Cheap flights </title>",
    "markup without a title": b"<p/>",
    "a web page without a title": b"<!DOCTYPE html><html><body>x",
    "an RSS 1.0 feed titled 'News'": b"<?xml version='1.0'?><rdf:RDF><channel><title>News</title>",
    "an RSS feed titled 'Bread'": b"<rss><channel><title><![CDATA[Bread]]></title>",
    "an Atom feed without a title": b"<feed xmlns='x'></feed>",
    "a JSON object with status, error": json.dumps({"status": "no_data", "error": 1}).encode(),
    "a PDF; save the page": b"%PDF-1.7\n%\xe2\xe3",
    "a zip archive; unpack it": b"PK\x03\x04" * 9,
    "an Office document": b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml",
    "compressed with xz": b"\xfd7zXZ\x00\x00",
    "a web archive of Safari": b"bplist00\xd1\x01\x02_\x10\x0fWebMainResource",
    "Outlook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "a picture": b"\x89PNG\r\n\x1a\n",
    "UTF-16 text without a byte order mark": "Plain words".encode("utf-16-le"),
    "400 bytes that are no text": b"\x01\xff" * 200,
    "1 bytes of text beginning '1'": b"1",
    "beginning 'One line of text.'": b"One line of text.",
    "a mail that is no digest": b"From: a@example.org\nDate: Mon, 2 Nov 2026 09:00:00 +0000\n\nHi",
    "a mail that is no digest in gzip": gzip.compress(b"From: a@b.org\nMessage-ID: <1>\n\nHi"),
    "gzip data that breaks off": gzip.compress(API_BODY)[:-9],
    "zstd data that is damaged": b"\x28\xb5\x2f\xfd" + b"\xff" * 40,
    "bz2 data that unpacks to more than": bz2.compress(b"\0" * 40_000_000),
}
"""What is found, and the bytes in which it is."""


@pytest.mark.parametrize(("found", "content"), REFUSED.items(), ids=REFUSED)
def test_bytes_of_no_format_are_refused_in_one_short_line_that_says_what_they_seem_to_be(
    content: bytes, found: str
) -> None:
    with pytest.raises(BadBody) as caught:
        detect_format(content, "2026-11-13.json")
    assert found in str(caught.value)
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()
    assert "\ufffd" not in str(caught.value)
    assert "; " in caught.value.found, "it says what to do"


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
