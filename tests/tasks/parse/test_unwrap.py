"""What people's programs put around a body is taken off, whatever it is and however often."""

import bz2
import codecs
import gzip
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import zstandard

from tasks.detect_format import detect_format, locate_landed, parse_landed
from tasks.errors import BadBody, UnknownIssue
from tasks.parse.model import Span
from tasks.parse.unwrap import unwrap
from tasks.sources import sources
from tests.support.arxiv_bodies import rss, rss_item
from tests.support.bodies import body, hydrated, item
from tests.support.folders import SAMPLE
from tests.support.mails import mail

API_BODY = (SAMPLE / "huggingface/api/2026-11-13.json").read_bytes()
PAGE = (SAMPLE / "huggingface/html/2026-11-13.html").read_bytes()
MAIL = mail()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "zstd": zstandard.compress,
}
PLIST = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"'
    b' "x">\n<plist version="1.0"><dict><key>flags</key><integer>1</integer></dict></plist>\n'
)
ABS = "https://arxiv.org/abs/"
MANY = 48 * 2**20


def emlx(content: bytes, n_bytes: int | None = None) -> bytes:
    """A mail as Apple Mail keeps it."""
    return b"%-10d\n%s%s" % (len(content) if n_bytes is None else n_bytes, content, PLIST)


def archive(page: bytes, address: str, *, headers: str = "", **other_parts: bytes) -> bytes:
    """A page as a browser saves it with its pictures."""
    whole = EmailMessage()
    whole["From"] = "<Saved by Blink>"
    whole["Snapshot-Content-Location"] = address
    whole["Date"] = "Sat, 14 Nov 2026 08:10:11 -0000"
    whole["MIME-Version"] = "1.0"
    whole["Content-Type"] = 'multipart/related; type="text/html"; boundary="--=_part"'
    parts = [(f"https://frames.example.org/{name}", text) for name, text in other_parts.items()]
    text = whole.as_bytes() + headers.encode()
    for location, content in [*parts, (address, page)]:
        part = EmailMessage()
        part.set_content(content.decode(), subtype="html", cte="quoted-printable")
        part["Content-Location"] = location
        text += b"\n----=_part\n" + part.as_bytes()
    return text + b"\n----=_part--\n"


def told(content: bytes, name: str = "2026-11-13.json") -> tuple[str, str]:
    """Issue and format of some bytes."""
    found = detect_format(content, name)
    return str(found.issue), found.format.name


@pytest.mark.parametrize("packed_as", PACKERS)
@pytest.mark.parametrize("name", ["2026-11-13.json", "2026-11-13.json.packed"])
def test_a_compressed_body_is_read_as_the_body_whatever_its_name(packed_as: str, name: str) -> None:
    packed = PACKERS[packed_as](API_BODY)
    assert told(packed, name) == told(API_BODY)
    found = detect_format(packed, name)
    assert parse_landed(found.format, packed).records == found.format.parse(API_BODY).records


@pytest.mark.parametrize("packed_as", PACKERS)
def test_streams_in_a_row_are_one_body_and_a_cut_one_is_none(packed_as: str) -> None:
    pack = PACKERS[packed_as]
    middle = len(API_BODY) // 2
    assert told(pack(API_BODY[:middle]) + pack(API_BODY[middle:])) == told(API_BODY)
    for damaged in (pack(API_BODY)[:-5], pack(API_BODY)[: len(API_BODY) // 90]):
        with pytest.raises(BadBody, match=f"{packed_as} data that (breaks off|is damaged)"):
            detect_format(damaged, "2026-11-13.json")


@pytest.mark.parametrize("packed_as", PACKERS)
def test_what_unpacks_to_more_than_a_digest_is_refused_before_it_is_unpacked(
    packed_as: str,
) -> None:
    bomb = PACKERS[packed_as](b"\0" * MANY)
    for content in (bomb, gzip.compress(bomb), PACKERS[packed_as](b"") * 20_000 + bomb):
        begun = time.monotonic()
        with pytest.raises(BadBody):
            detect_format(content, "x")
        assert time.monotonic() - begun < 5


def test_layers_beyond_the_fourth_are_not_opened() -> None:
    content = API_BODY
    for _ in range(4):
        content = gzip.compress(content)
    assert told(content) == told(API_BODY)
    with pytest.raises(BadBody, match="in gzip in gzip"):
        detect_format(gzip.compress(content), "2026-11-13.json")


WIDE = {
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize(
    "plain", [API_BODY, PAGE, MAIL, rss(rss_item())], ids=["api", "page", "mail", "feed"]
)
def test_text_with_a_byte_order_mark_is_read_as_the_same_text(encoding: str, plain: bytes) -> None:
    wide = WIDE[encoding] + plain.decode().encode(encoding)
    assert told(wide) == told(plain)
    found = detect_format(wide, "2026-11-13.json")
    parsed = found.parsed or parse_landed(found.format, wide)
    assert parsed.records == found.format.parse(plain).records
    assert parsed.records


def test_half_a_pair_in_utf_16_costs_its_record_and_an_odd_byte_nothing() -> None:
    text = body(item(id="2611.00001", title="Half ~"), item(id="2611.00002")).decode()
    wide = codecs.BOM_UTF16_LE + text.encode("utf-16-le").replace(b"~\0", b"\x00\xd8") + b"\0"
    parsed = parse_landed(sources()["huggingface"].format("api"), wide)
    assert [record.arxiv_id for record in parsed.records] == ["2611.00002"]
    assert parsed.rejects[0].span == Span(0, len(wide)), "a wrapper has no place for a record"


@pytest.mark.parametrize(
    "wrapped",
    [
        codecs.BOM_UTF8 + MAIL,
        b"\n" + MAIL,
        b"\r\n\r\n" + MAIL,
        codecs.BOM_UTF8 + b"\n" + MAIL,
        emlx(MAIL),
        emlx(MAIL.replace(b"\n", b"\r\n"), len(MAIL)),
        b"%d\n" % len(MAIL) + MAIL,
        gzip.compress(emlx(MAIL)),
    ],
)
def test_a_mail_with_something_above_it_is_that_mail(wrapped: bytes) -> None:
    assert told(wrapped)[0] == told(MAIL)[0]
    found = detect_format(wrapped, "x")
    plain = sources()["mailbox"].format("message").parse(MAIL)
    assert found.parsed is not None
    assert found.parsed.records == plain.records
    assert b"plist" not in unwrap(wrapped).content


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_parts_of_a_mail_without_its_headers_are_refused_and_not_read_as_text(
    encoding: str,
) -> None:
    text = "".join(f"A Fine Title {n}\n{ABS}2611.0000{n}\n\n" for n in range(1, 4))
    part = f"12\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: {encoding}\n\n{text}"
    with pytest.raises(BadBody, match=r"parts of a mail without its headers; save the mail as"):
        detect_format(part.encode(), "x.txt")


def test_a_number_above_a_text_is_part_of_the_text() -> None:
    for text in (b"2026\nDaily Papers\n", b"12\n\nFrom me to you: a list\n"):
        assert unwrap(text).content is text


def test_a_web_archive_is_the_page_it_holds_with_its_own_date() -> None:
    saved = archive(PAGE, "https://huggingface.co/papers/date/2026-11-13")
    found = detect_format(saved, "x.mhtml")
    assert (str(found.issue), found.format.name) == ("huggingface:daily:2026-11-13", "page")
    assert found.made_at == datetime(2026, 11, 14, 8, 10, 11, tzinfo=UTC)
    assert parse_landed(found.format, saved).records == found.format.parse(PAGE).records


def test_a_page_without_a_date_has_that_of_its_address() -> None:
    card = b'<html><article><h3><a href="https://huggingface.co/papers/2611.00001">Lists</a></h3>'
    saved = archive(card, "https://huggingface.co/papers/date/2026-11-12")
    assert told(saved, "2020-01-01.mhtml") == ("huggingface:daily:2026-11-12", "page")


CARD = b'<article><h3><a href="/papers/2611.00001">A Fine Title</a></h3></article>'
SAVED_BY = {
    "a browser": b"<!-- saved from url=(0049)%s -->",
    "SingleFile": b"<!--\n Page saved with SingleFile \n url: %s \n saved date: Thu\n-->",
}


@pytest.mark.parametrize("saver", SAVED_BY)
def test_a_page_saved_alone_has_the_date_of_the_address_that_is_in_it(saver: str) -> None:
    page = b"<html>" + SAVED_BY[saver] % b"https://huggingface.co/papers/date/2026-11-12" + CARD
    assert told(page, "page.html")[0] == "huggingface:daily:2026-11-12"
    assert told(page, "2026-11-15.html")[0] == "huggingface:daily:2026-11-12"


@pytest.mark.parametrize("path", ["papers/trending", "papers?q=kettle+2026-11-12", "papers/week/x"])
def test_a_page_of_another_list_gets_no_date_from_its_name(path: str) -> None:
    address = f"https://huggingface.co/{path}"
    page = b"<html>" + SAVED_BY["a browser"] % address.encode() + CARD
    for saved in (page, archive(CARD, address)):
        with pytest.raises(UnknownIssue):
            detect_format(saved, "2026-11-13.html")


def test_the_page_of_today_gets_its_date_from_its_name() -> None:
    page = b"<html>" + SAVED_BY["a browser"] % b"https://huggingface.co/papers" + CARD
    assert told(page, "2026-11-13.html")[0] == "huggingface:daily:2026-11-13"


def test_the_page_of_an_archive_is_the_one_at_its_address_and_not_a_frame() -> None:
    other = hydrated([item(id="2611.00009")], dateString="2026-11-01")
    saved = archive(PAGE, "https://huggingface.co/papers/date/2026-11-13", frame=other)
    assert told(saved)[0] == "huggingface:daily:2026-11-13"


@pytest.mark.parametrize(
    ("removed", "put_there"),
    [
        (b"From: <Saved by Blink>", b'From: "Saved by Internet Explorer 11"'),
        (b"Snapshot-Content-Location: https://huggingface.co/papers/date/2026-11-13\n", b""),
        (b"From: <Saved by Blink>\n", b""),
        (b"\n", b"\r\n"),
    ],
)
def test_an_archive_is_told_however_its_browser_writes_it(removed: bytes, put_there: bytes) -> None:
    saved = archive(PAGE, "https://huggingface.co/papers/date/2026-11-13")
    assert told(saved.replace(removed, put_there))[0] == "huggingface:daily:2026-11-13"


def test_a_mail_with_pictures_is_no_web_archive() -> None:
    sent = archive(PAGE, "https://lists.example.org/1").replace(
        b"From: <Saved by Blink>\nSnapshot-Content-Location: https://lists.example.org/1\n",
        b"From: Lists <a@example.org>\nTo: b@example.org\nMessage-ID: <1@example.org>\n",
    )
    assert unwrap(sent).wrappers == ()


ITEMS = [item(id="2611.00001", title="One"), item(id="2611.00002", title="Two")]


@pytest.mark.parametrize(
    "saved",
    [
        json.dumps({"papers": ITEMS}),
        json.dumps({"ok": True, "tags": ["a"], "daily_papers": ITEMS, "n": 2}, indent=2),
        json.dumps({"data": {"papers": ITEMS}}),
        json.dumps({"papers": ITEMS, "links": [{"rel": "next"}]}),
        "\n".join(map(json.dumps, ITEMS)),
        "\r\n\r\n".join(map(json.dumps, ITEMS)) + "\r\n\r\n",
        "\ufeff" + "\n".join(map(json.dumps, ITEMS)),
    ],
)
def test_a_list_in_an_object_and_json_lines_are_that_list(saved: str) -> None:
    found = detect_format(saved.encode(), "2026-11-13.json")
    assert (str(found.issue), found.format.name) == ("huggingface:daily:2026-11-13", "api")
    records = parse_landed(found.format, saved.encode()).records
    assert [(r.arxiv_id, r.title) for r in records] == [
        ("2611.00001", "One"),
        ("2611.00002", "Two"),
    ]


def test_a_day_saved_with_a_list_is_its_date_and_an_empty_list_an_empty_issue() -> None:
    dated = json.dumps({"date": "2026-11-12T00:00:00Z", "papers": ITEMS}).encode()
    assert told(dated, "all.json")[0] == "huggingface:daily:2026-11-12"
    above = json.dumps({"date": "2026-11-12", "data": {"items": ITEMS}}).encode()
    assert told(above, "all.json")[0] == "huggingface:daily:2026-11-12"
    empty = b'{"papers": []}'
    assert parse_landed(detect_format(empty, "2026-11-14.json").format, empty).records == ()
    for other in (b'{"errors": []}', b'{"error": "gone"}', b'{"papers": [], "more": [{"a": 1}]}'):
        with pytest.raises(BadBody):
            detect_format(other, "2026-11-14.json")


@pytest.mark.parametrize("damaged", [b'{"paper": {"id": "2611.0', b"not JSON at all", b'"text"'])
def test_a_damaged_line_costs_only_itself(damaged: bytes) -> None:
    lines = b"\n".join([json.dumps(ITEMS[0]).encode(), damaged, json.dumps(ITEMS[1]).encode()])
    found = detect_format(lines, "2026-11-13.jsonl")
    parsed = parse_landed(found.format, lines)
    assert [record.title for record in parsed.records] == ["One", "Two"]
    assert len(parsed.rejects) == 1
    assert locate_landed(found.format, lines, 1).span == Span(0, len(lines))


def test_one_damaged_value_in_a_list_in_an_object_costs_its_record() -> None:
    text = json.dumps({"papers": ITEMS}).replace('"One"', '"One \\ud800"')
    parsed = parse_landed(sources()["huggingface"].format("api"), text.encode())
    assert [record.title for record in parsed.records] == ["Two"]


def test_one_paper_is_no_list_and_one_item_is_one() -> None:
    paper = json.dumps({"id": "2611.00001", "title": "One", "authors": [{"name": "A"}]})
    assert unwrap(paper.encode()).wrappers == ()
    assert told(json.dumps(ITEMS[0], indent=1).encode())[1] == "api"


@pytest.mark.parametrize("content", [b"{\n" * 200_000, b'{"a":' * 200_000, b"{}\n" * 200_000])
def test_hostile_json_is_refused_in_bounded_time(content: bytes) -> None:
    begun = time.monotonic()
    with pytest.raises(BadBody):
        detect_format(content, "2026-11-13.json")
    assert time.monotonic() - begun < 5


def test_a_body_that_was_landed_as_its_wrapper_is_still_read_so() -> None:
    old = archive(PAGE, "https://huggingface.co/papers/date/2026-11-13")
    message = sources()["mailbox"].format("message")
    assert parse_landed(message, old) == message.parse(old)
