"""Mails: papers by their links, told offline; bounded whatever a mail is made of."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from tasks.detect_format import detect_format
from tasks.errors import BadBody
from tasks.parse.links import paper_of
from tasks.sources.mailbox import SOURCE
from tasks.sources.mailbox.issues import issue_of
from tasks.sources.mailbox.mime import read
from tasks.sources.mailbox.parse_message import MESSAGE, parse
from tests.support.bodies import ABSTRACT
from tests.support.effort import seconds
from tests.support.mails import (
    HEADERS,
    HTML,
    IDS,
    TITLES,
    UNSUBSCRIBE,
    mail,
    plain_mail,
    wrapped,
)
from tests.support.saved import IDS as SAVED_IDS
from tests.support.saved import SHAPES
from tests.support.textdumps import IDS as DUMP_IDS
from tests.support.textdumps import WHOLE

MIXED = 'Content-Type: multipart/mixed; boundary="b"\n\n'


def ids(content: bytes) -> list[str | None]:
    return [record.arxiv_id for record in parse(content).records]


def test_papers_are_found_by_their_links_in_the_html() -> None:
    parsed = parse(mail())
    assert [record.arxiv_id for record in parsed.records] == IDS
    assert [record.title for record in parsed.records] == TITLES
    assert parsed.rejects == ()
    first = parsed.records[0]
    assert (first.upvotes, first.submitted_at) == (12, datetime(2026, 5, 3, tzinfo=UTC))


@pytest.mark.parametrize("number", range(4))
def test_counting_links_are_read_and_not_followed(number: int) -> None:
    assert paper_of(wrapped(number)) == IDS[number]


def test_a_link_for_leaving_the_list_is_no_paper_and_is_not_kept() -> None:
    assert paper_of(UNSUBSCRIBE) is None
    parsed = parse(mail())
    assert "unsubscribe" not in repr(parsed).lower()
    assert "@" not in repr(parsed)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "ascii"])
def test_any_charset_gives_the_same_records(charset: str) -> None:
    assert parse(mail(charset=charset)).records == parse(mail()).records


@pytest.mark.parametrize(
    "written",
    [
        mail().replace(b"\n", b"\r\n"),
        mail().replace(b"charset=utf-8", b"charset=no-such"),
        mail()[: mail().index(b"--in=ner--")],
        mail().replace(b"--outer--", b""),
        HEADERS.encode()
        + b"Content-Type: message/rfc822\n\n"
        + mail(headers=HEADERS.replace("<abc", "<xyz")),
    ],
)
def test_line_ends_lost_ends_and_forwarding_change_nothing(written: bytes) -> None:
    assert parse(written).records == parse(mail()).records


def test_headers_are_read_also_where_their_coding_is_broken() -> None:
    broken = HEADERS.replace("Subject: =?utf-8", "Subject: =?\N{NO-BREAK SPACE}utf-8")
    assert ids(mail(headers=broken)) == IDS
    assert read(mail()).subject == "Papers of the week \N{HOT BEVERAGE}"


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (
            "format=flowed",
            "Attention, Please: \nWhy Long \r\nLists \nTire\n{}\n\nOld \n Knots\n{}\n",
        ),
        (
            "format=Flowed; DelSp=yes",
            "Attention, Please:  \nWhy Long Lists Ti \nre\n{}\n\nOld Knots\n{}\n",
        ),
        (
            "format=flowed",
            "> Attention, Please: Why \n> Long Lists Tire\n> {}\n>\n> Old Knots\n> {}\n",
        ),
    ],
)
def test_a_text_that_says_it_is_folded_is_unfolded(declared: str, text: str) -> None:
    links = (f"https://arxiv.org/abs/{name}" for name in IDS[:2])
    content = f"{HEADERS}Content-Type: text/plain; {declared}\n\n{text.format(*links)}".encode()
    titles = [record.title for record in parse(content).records]
    assert titles == ["Attention, Please: Why Long Lists Tire", "Old Knots"]


def test_characters_that_turn_lines_around_are_no_part_of_a_title() -> None:
    turned = HTML.replace("Slow Lamps", "\u200f\u200eSlow Lamps\u200e").replace("Old", "\u202aOld")
    assert [record.title for record in parse(mail(turned)).records] == TITLES


def test_an_issue_is_named_by_its_list_its_day_and_its_message() -> None:
    edition, _, key = issue_of(mail()).partition(":")
    assert (edition, key[:11]) == ("weekly.cafe.example", "2026-05-05.")
    assert SOURCE.is_valid_key(edition, key)
    found = detect_format(mail(), "x.eml")
    assert str(found.issue.issued_on) == "2026-05-05"
    at = MESSAGE.made_at(mail())
    assert at is not None
    assert at.replace(microsecond=0) == datetime(2026, 5, 5, 7, 30, tzinfo=UTC)
    assert MESSAGE.made_at(b"X-Path: 2\n" + mail()) != at
    other = mail(headers=HEADERS.replace("<abc-1", "<abc-2"))
    assert issue_of(other) != issue_of(mail())
    bare = mail(headers="From: a <b@Cafe.Example>\nMIME-Version: 1.0\n")
    edition, _, key = issue_of(bare).partition(":")
    assert (edition, len(key)) == ("cafe.example", 12)


@pytest.mark.parametrize(
    ("edition", "key"),
    [("cafe.example", "2026-05-05"), ("Caf\u00e9", "0" * 12), ("", "0" * 12), ("a", "0" * 13)],
)
def test_other_keys_are_refused(edition: str, key: str) -> None:
    assert not SOURCE.is_valid_key(edition, key)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_text_may_be_a_saved_page(shape: str) -> None:
    assert ids(plain_mail(SHAPES[shape])) == SAVED_IDS


def test_a_text_may_be_a_dump_of_fields() -> None:
    assert ids(plain_mail(WHOLE)) == DUMP_IDS
    for record in parse(plain_mail(WHOLE)).records:
        assert record.title in MESSAGE.locate(plain_mail(WHOLE), record.place).text.replace(
            "\n  ", " "
        )


def test_a_button_below_an_abstract_names_the_title_above_it() -> None:
    rows = "".join(
        f'<h3>{title}</h3><p>{ABSTRACT}</p><a href="{wrapped(n)}">Read the paper</a>'
        for n, title in enumerate(TITLES)
    )
    found = [(r.arxiv_id, r.title, r.abstract) for r in parse(mail(rows)).records]
    assert found == [(i, title, ABSTRACT) for i, title in zip(IDS, TITLES, strict=True)]


def test_a_damaged_link_costs_its_own_record() -> None:
    assert ids(mail(HTML.replace(wrapped(2), "https://click.example/c?x=1"))) == [
        IDS[n] for n in (0, 1, 3)
    ]


@pytest.mark.parametrize(
    "content",
    [
        plain_mail("Dear reader,\n\nsee you at noon.\n"),
        mail("<p>Nothing to read this week.</p>"),
        mail(f'<a href="{UNSUBSCRIBE}">A Title of Four Words</a>'),
        plain_mail(
            "Look: https://arxiv.org/abs/2401.00001 A Title\n",
            headers="From: a@b.example\nDate: x\n",
        ),
        b"From: a@b.example\nDate: today\n\n",
    ],
)
def test_a_mail_that_is_no_digest_is_refused(content: bytes) -> None:
    with pytest.raises(BadBody):
        parse(content)
    with pytest.raises(BadBody):
        detect_format(content, "x.eml")


def nested(depth: int) -> bytes:
    opened = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth)
    )
    return f"{HEADERS}{opened}Content-Type: text/plain\n\nx\n".encode()


HOSTILE = {
    "10,000 parts": HEADERS + MIXED + "--b\nContent-Type: text/html\n\n<p>x</p>\n" * 10_000,
    "10,000 empty parts": HEADERS + MIXED + "--b\n\n" * 10_000,
    "nested 5,000 deep": nested(5_000).decode(),
    "50,000 headers": HEADERS + "X-A: b\n" * 50_000 + "\nx",
    "one long header": HEADERS + "Subject: " + "=?utf-8?q?a?= " * 50_000 + "\n\nx",
    "long content type": HEADERS + 'Content-Type: text/html; a="' + ";" * 200_000 + "\n\nx",
    "unknown boundary": HEADERS + "Content-Type: multipart/mixed\n\nx",
    "attachment": HEADERS
    + MIXED
    + "--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"
    + "UEsDBAoA" * 100_000,
    "nested tables": HEADERS + "Content-Type: text/html\n\n" + "<table><tr><td>" * 20_000,
    "open tags": HEADERS + "Content-Type: text/html\n\n" + "<a href='x" * 50_000,
    "open quotes": HEADERS + "Content-Type: text/html\n\n" + "<a '\"" * 50_000,
    "open comments": HEADERS + "Content-Type: text/html\n\n" + "<!--" * 50_000,
    "links": HEADERS
    + "Content-Type: text/html\n\n"
    + "<a href='https://x.example/?u=aHR0cHM6Ly94'>A Title of Words</a> " * 3_000,
    **{
        f"long run of {piece!r}": HEADERS + "Content-Type: text/plain\n\n" + piece * 100_000
        for piece in (" ", "[", "-", "\n", "=")
    },
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_mail_is_answered_in_bounded_time(kind: str) -> None:
    content = HOSTILE[kind].encode()

    def answer() -> None:
        with suppress(BadBody):
            parse(content)

    assert seconds(answer, enough=2) <= 2


def test_no_more_parts_and_text_are_read_than_a_digest_has() -> None:
    many = read(HOSTILE["10,000 parts"].encode())
    assert many.n_parts <= 200
    large = read((HEADERS + "Content-Type: text/plain\n\n" + "x" * 5_000_000).encode())
    assert large.n_text <= 2 * 1024 * 1024


def test_what_goes_to_quarantine_holds_no_address_and_no_link_for_leaving() -> None:
    damaged = f"Title: write to reader@home.example or {UNSUBSCRIBE}\n---\n"
    [reject] = parse(plain_mail(WHOLE + damaged)).rejects
    assert reject.raw == "Title: write to \u2026 or \u2026"
