"""One damaged value costs its record, in every format: it is a reject with its bytes and a reason
that names field and fault, and all other records are read as before."""

import json
from collections.abc import Callable
from html import escape

import pytest

from tasks.parse.model import Conversion, ParsedBody, Record
from tasks.sources import Format, sources
from tests.support import arxiv_bodies as arxiv
from tests.support.bodies import ABSTRACT, body, cut, hydrated, item, raw_page
from tests.support.mails import HTML, mail, plain_mail
from tests.support.saved import MARKDOWN, SHAPES
from tests.support.textdumps import WHOLE

HALF, NOT_UTF8 = "half of a surrogate pair", "bytes that are not UTF-8"
TWICE = "given twice, with different values"
ITEMS = [item(id=f"2503.0000{n}", title=f"Reading List {n}") for n in range(1, 4)]


def format_of(name: str) -> Format:
    source, _, body_format = name.partition(":")
    return sources()[source].format(body_format)


def api_with(path: str, value: bytes) -> bytes:
    """Three items of the API, the second of which has this JSON at a path."""
    items = json.loads(body(*ITEMS))
    holder = items[1]
    *above, key = path.split(".")
    for name in above:
        holder = holder[int(name)] if name.isdigit() else holder.setdefault(name, {})
    holder[key] = "@@"
    return json.dumps(items).encode().replace(b'"@@"', value)


def page_with(path: str, value: bytes) -> bytes:
    """The same items as the data of a page."""
    listed = api_with(path, value).decode(errors="surrogateescape")
    return raw_page('{"dateString": "2026-11-13", "dailyPapers": @@}').replace(
        b"@@", escape(listed).encode(errors="surrogateescape")
    )


JSON_FAULTS = [
    ("paper.title", b'"Half \\ud83d"', f"`paper.title`: {HALF}"),
    ("paper.title", b'"Caf\xe9"', f"`paper.title`: {NOT_UTF8}"),
    ("paper.summary", b'"a\x01b"', "`paper.summary`: a control character, U+0001"),
    ("paper.upvotes", b"NaN", "`paper.upvotes`: NaN"),
    ("paper.upvotes", b"-Infinity", "`paper.upvotes`: infinity"),
    ("paper.upvotes", b"9" * 5_000, "`paper.upvotes`: an integer of 5,000 digits"),
    ("paper.upvotes", b"1e999", "`paper.upvotes`: a number too large to be read"),
    ("paper.upvotes", b"2" * 25, "`paper.upvotes`: expected count, found number 2.2"),
    ("paper.upvotes", b"", "`paper.upvotes`: no value where one belongs"),
    ("numComments", b"undefined", "`numComments`: 'undefined', which is no JSON value"),
    ("paper.authors", b'[{"name": "\\udc00"}]', f"`paper.authors[].name`: {HALF}"),
    ("paper.authors", b'[{"name" "A"}]', "`paper.authors[]`: an object that is not JSON"),
    ("submittedBy", b'{"name": "\\ud800", "a": NaN}', f"`submittedBy.name`: {HALF}"),
    ("paper", b"{1: 2}", "`paper`: an object that is not JSON"),
    (
        "paper.authors",
        b"[" * 2_000 + b"]" * 2_000,
        "`paper.authors`: nested more than 1,024 levels",
    ),
    ("paper.upvotes", b'1, "upvotes": 2', f"`paper.upvotes`: {TWICE}"),
    ("paper.id", b'"2503.00002", "id": "2503.00009"', f"`paper.id`: {TWICE}"),
    ("paper.authors", b'[{"name": "A", "name": "B"}]', f"`paper.authors[].name`: {TWICE}"),
    ("paper", b'{"id": "2503.00002"}, "paper": {}', f"`paper`: {TWICE}"),
    ("anything", b"[" * 90_000 + b"]" * 90_000, "`anything`: nested more than 1,024 levels deep"),
]


@pytest.mark.parametrize(("path", "value", "reason"), JSON_FAULTS)
def test_a_damaged_value_of_an_item_costs_the_item(path: str, value: bytes, reason: str) -> None:
    api = format_of("huggingface:api")
    content = api_with(path, value)
    assert api.recognise(content)
    parsed = api.parse(content)
    assert_only_second_lost(parsed, api.parse(body(*ITEMS)).records)
    [reject] = parsed.rejects
    assert reject.reason.startswith(reason)
    begin, end = reject.span
    assert content[begin:end].startswith(b'{"title": "Reading Lists"')
    assert value in content[begin:end]
    assert reject.raw == content[begin:end].decode(errors="replace")
    assert api.locate(content, 1) == (reject.raw, reject.span)


@pytest.mark.parametrize(("path", "value", "reason"), JSON_FAULTS)
def test_a_damaged_value_of_a_pages_data_costs_its_item(
    path: str, value: bytes, reason: str
) -> None:
    page = format_of("huggingface:page")
    content = page_with(path, value)
    assert page.recognise(content)
    assert page.issue_of(content) == "daily:2026-11-13"
    parsed = page.parse(content)
    assert_only_second_lost(parsed, page.parse(hydrated(ITEMS)).records)
    [reject] = parsed.rejects
    assert reject.reason.startswith(reason)
    assert content[slice(*reject.span)].startswith(b"{&quot;title&quot;: ")
    assert (
        escape(value.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        in (content[slice(*reject.span)])
    )
    assert page.locate(content, 1) == (reject.raw, reject.span)


@pytest.mark.parametrize("written", ["&#xD83D;", "&#55357;"])
def test_half_of_a_pair_as_a_reference_costs_its_item_too(written: str) -> None:
    page = format_of("huggingface:page")
    content = hydrated(ITEMS).replace(b"List 2", f"List {written}".encode())
    [reject] = page.parse(content).rejects
    assert reject.reason == f"`paper.title`: {HALF}"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("submittedBy", b'{"name": "a", "fullname": "cut \\ud83d", "followers": NaN}'),
        ("unheard.of", b"9" * 5_000),
        ("thumbnailUrl", b'"\xff"'),
        ("unheard", b'1, "unheard": 2'),
    ],
)
def test_a_damaged_value_that_is_not_loaded_costs_nothing(path: str, value: bytes) -> None:
    parsed = format_of("huggingface:api").parse(api_with(path, value))
    assert [record.arxiv_id for record in parsed.records] == [
        "2503.00001",
        "2503.00002",
        "2503.00003",
    ]
    assert "unreadable" in {found.type for found in parsed.fields_seen}


@pytest.mark.parametrize("written", [api_with, page_with])
def test_a_value_that_is_given_twice_costs_nothing(written: Callable[[str, bytes], bytes]) -> None:
    once, twice = (
        written("paper.upvotes", value) for value in (b"2", b'2, "upvotes": 2, "upvotes" : 2')
    )
    read = format_of("huggingface:api" if written is api_with else "huggingface:page").parse
    assert read(twice) == read(once)
    assert [record.upvotes for record in read(twice).records][1] == 2


@pytest.mark.parametrize("value", [b'"cut \\ud83d"', b"NaN", b'["\\ud83d"]'])
def test_a_damaged_value_that_is_only_displayed_is_left_out_of_its_record(value: bytes) -> None:
    key = "ai_keywords" if value[:1] == b"[" else "ai_summary"
    parsed = format_of("huggingface:api").parse(api_with(f"paper.{key}", value))
    assert [record.ai_summary for record in parsed.records] == [None] * 3
    found = "list" if value[:1] == b"[" else "unreadable"
    assert parsed.conversions == {Conversion(f"paper.{key}", found, "nothing"): 1}


def test_the_only_paper_of_a_body_may_be_the_damaged_one() -> None:
    for content in (body(ITEMS[0]).replace(b"List 1", b"List \\ud83d"), b'[{"paper": {"id" 1}}]'):
        parsed = format_of("huggingface:api").parse(content)
        assert (len(parsed.records), len(parsed.rejects)) == (0, 1)
    details = json.dumps({"id": "2503.00001", "title": "@", "authors": []}).encode()
    [reject] = format_of("huggingface:paper").parse(details.replace(b"@", b"\\ud83d")).rejects
    assert reject.reason == f"`paper.title`: {HALF}"


def assert_only_second_lost(parsed: ParsedBody, good: tuple[Record, ...]) -> None:
    assert parsed.records == good[::2]
    assert [reject.place for reject in parsed.rejects] == [1]


NUMBERS = (1, 2, 3)
FEEDS: dict[str, Callable[[], bytes]] = {
    "arxiv:rss": lambda: arxiv.rss(
        *[arxiv.rss_item(f"2611.0000{n}v1", title=f"List {n}") for n in NUMBERS]
    ),
    "arxiv:atom": lambda: arxiv.atom(
        *[arxiv.atom_entry(f"2611.0000{n}v1", title=f"List {n}") for n in NUMBERS]
    ),
    "arxiv:query": lambda: arxiv.query(
        *[arxiv.query_entry(f"2611.0000{n}v1", title=f"List {n}") for n in NUMBERS]
    ),
}
XML_FAULTS = {
    "illegal": b"\x0b",
    "NUL": b"\x00",
    "entity": b"&nbsp;",
    "surrogate": b"&#xD83D;",
    "huge": b"&#" + b"9" * 5_000 + b";",
    "ampersand": b"&",
    "tag": b"<b>",
    "bytes": b"\xff",
    "half": b"\xed\xa0\xbd",
    "deep": b"<i>" * 20_000,
}


@pytest.mark.parametrize("fault", XML_FAULTS.values(), ids=list(XML_FAULTS))
@pytest.mark.parametrize("name", FEEDS)
def test_a_damaged_value_of_a_feed_costs_its_record(name: str, fault: bytes) -> None:
    feed, good = format_of(name), FEEDS[name]()
    content = good.replace(b"List 2", b"List 2" + fault)
    assert feed.recognise(content)
    assert feed.issue_of(content) == feed.issue_of(good)
    parsed = feed.parse(content)
    assert_only_second_lost(parsed, feed.parse(good).records)
    [reject] = parsed.rejects
    assert reject.reason.startswith("the record is not well-formed XML")
    assert cut(content.replace(b"\xff", b"?").replace(b"\xed\xa0\xbd", b"???"), reject) == (
        reject.raw.replace("\ufffd", "?")
    )


@pytest.mark.parametrize("fault", [*XML_FAULTS.values()][:6], ids=[*XML_FAULTS][:6])
@pytest.mark.parametrize("name", ["arxiv:rss", "arxiv:atom"])
def test_a_damaged_description_of_a_feed_costs_no_record(name: str, fault: bytes) -> None:
    feed, good = format_of(name), FEEDS[name]()
    content = good.replace(b"e-print archive.", b"e-print " + fault + b" archive.")
    assert content != good
    assert feed.parse(content).records == feed.parse(good).records


def test_an_entry_that_leads_to_an_error_costs_no_other_entry() -> None:
    content = FEEDS["arxiv:query"]().replace(
        b"http://arxiv.org/abs/2611.00002v1", b"http://arxiv.org/api/errors#2"
    )
    parsed = format_of("arxiv:query").parse(content)
    assert [record.arxiv_id for record in parsed.records][::2] == ["2611.00001", "2611.00003"]


BARE = "".join(f"A Fine Title {n}\n\n{ABSTRACT} {n}\n\n" for n in NUMBERS)
MAILED = arxiv.mailing([arxiv.mailed(f"2611.0000{n}", title=f"L\u00efst {n}") for n in NUMBERS])
TEXTS = {
    "pagedump:text": (BARE, "A Fine Title 2"),
    "pagedump:markdown": (MARKDOWN, "Tokens in Cooking"),
    "pagedump:links": (SHAPES["links"], "Tokens in Cooking"),
    "pagedump:browser": (SHAPES["browser"], "Tokens in Cooking"),
    "textdump:fields": (WHOLE, "A Title That Goes"),
    "arxiv:mailing": (MAILED, "L\u00efst 2"),
}
TEXT_FAULTS = {
    "bytes": (b"\xff\xfe", NOT_UTF8),
    "cut": (b"\xf0\x9f", NOT_UTF8),
    "half": (b"\xed\xa0\xbd", NOT_UTF8),
}


@pytest.mark.parametrize(("fault", "reason"), TEXT_FAULTS.values(), ids=list(TEXT_FAULTS))
@pytest.mark.parametrize("name", TEXTS)
def test_a_damaged_value_of_a_text_costs_its_record(name: str, fault: bytes, reason: str) -> None:
    text, words = TEXTS[name]
    body_format, good = format_of(name), text.encode()
    content = good.replace(words.encode(), words.encode() + fault, 1)
    assert body_format.recognise(content)
    parsed = body_format.parse(content)
    assert_only_second_lost_of_text(parsed, body_format.parse(good).records)
    [reject] = parsed.rejects
    assert reject.reason == f"`title`: {reason}"
    assert reject.raw == content[slice(*reject.span)].decode(errors="replace")
    assert words in reject.raw
    assert body_format.locate(content, 1) == (reject.raw, reject.span)


@pytest.mark.parametrize("name", TEXTS)
def test_a_zero_byte_in_a_text_hides_no_record(name: str) -> None:
    """The record itself is read, and the rule against control characters rejects it later."""
    text, words = TEXTS[name]
    body_format = format_of(name)
    content = text.encode().replace(words.encode(), words.encode() + b"\x00\x01x", 1)
    assert body_format.recognise(content)
    records = body_format.parse(content).records
    assert "\x00\x01x" in records[1].title
    good = body_format.parse(text.encode()).records
    assert (records[0], *records[2:]) == (good[0], *good[2:])


def assert_only_second_lost_of_text(parsed: ParsedBody, good: tuple[Record, ...]) -> None:
    assert parsed.records == (good[0], *good[2:])
    assert [reject.place for reject in parsed.rejects] == [1]


def test_one_damaged_byte_of_a_mailing_leaves_the_accents_of_its_record_and_others() -> None:
    mailing = format_of("arxiv:mailing")
    content = MAILED.encode().replace(
        "L\u00efst 2".encode(), "L\u00efst \u00e92".encode() + b"\xff"
    )
    parsed = mailing.parse(content)
    assert [record.title for record in parsed.records] == ["L\u00efst 1", "L\u00efst 3"]
    latin = MAILED.encode("latin-1")
    assert [record.title for record in mailing.parse(latin).records][1] == "L\u00efst 2"


def test_a_damaged_value_of_a_mails_links_costs_its_record() -> None:
    message = format_of("mailbox:message")
    good = message.parse(mail()).records
    broken = HTML.replace("Slow Lamps", "Slow &#xD83D; Lamps", 1)
    assert broken != HTML
    parsed = message.parse(mail(broken))
    assert_only_second_lost_of_text(parsed, good)
    [reject] = parsed.rejects
    assert reject.reason == f"`title`: {HALF}"
    assert reject.raw == "Slow \\ud800 Lamps\n2501.00012"
    assert message.locate(mail(broken), 1) == (reject.raw, reject.span)


def test_a_reference_of_thousands_of_digits_costs_a_mail_nothing() -> None:
    broken = HTML.replace("Slow Lamps", f"Slow &#{'9' * 5_000}; Lamps", 1)
    titles = [record.title for record in format_of("mailbox:message").parse(mail(broken)).records]
    assert titles[1] == "Slow \N{REPLACEMENT CHARACTER} Lamps"


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape"])
def test_an_encoding_that_can_write_half_of_a_pair_costs_its_record(charset: str) -> None:
    half = {"utf-7": "+2D0-", "unicode_escape": "\\ud83d"}[charset]
    broken = HTML.replace("Slow Lamps", "Slow @@ Lamps", 1).encode(charset).decode()
    content = mail(broken.replace("@@", half)).replace(
        b"text/html; charset=utf-8", f"text/html; charset={charset}".encode()
    )
    [reject] = format_of("mailbox:message").parse(content).rejects
    assert reject.reason == f"`title`: {HALF}"


def test_a_damaged_value_of_a_digest_in_a_mail_costs_its_record() -> None:
    message = format_of("mailbox:message")
    whole = WHOLE.replace("One Fine", "One Caf\u00e9")
    good = message.parse(plain_mail(whole)).records
    content = plain_mail(whole).replace(b"A Title That Goes", b"A Title=FF That Goes")
    parsed = message.parse(content)
    assert_only_second_lost_of_text(parsed, good)
    assert parsed.rejects[0].reason == f"`title`: {NOT_UTF8}"
    assert "A Title\N{REPLACEMENT CHARACTER} That Goes" in parsed.rejects[0].raw
