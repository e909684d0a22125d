"""Feeds and mailings made to hurt: refused or read in bounded time, never blown up."""

import time
from contextlib import suppress

import pytest

from tasks.errors import BadBody
from tasks.sources import Format
from tasks.sources.arxiv.markup import MAX_RECORDS
from tasks.sources.arxiv.parse_atom import ATOM_FEED
from tasks.sources.arxiv.parse_mailing import MAILING
from tasks.sources.arxiv.parse_query import QUERY
from tasks.sources.arxiv.parse_rss import RSS
from tests.support.arxiv_bodies import atom, mailed, mailing, query, query_entry, rss, rss_item

LIMIT_S = 5  # of processor time
MIB = 2**20


@pytest.fixture(autouse=True)
def _bounded() -> object:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < LIMIT_S


def with_doctype(feed: bytes, root: str) -> bytes:
    """A feed that defines entities, each ten of the one before: a thousand million laughs."""
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    declaration, rest = feed.split(b"\n", 1)
    return declaration + f"<!DOCTYPE {root} [{laughs}]>".encode() + rest


FEEDS = [
    (RSS, rss(rss_item(title="&a9;"))),
    (ATOM_FEED, atom().replace(b"cs.CL updates", b"&a9;cs.CL updates")),
    (QUERY, query(query_entry(title="&a9;"))),
]


@pytest.mark.parametrize(
    ("body_format", "feed"), FEEDS, ids=lambda value: getattr(value, "name", "")
)
def test_entities_of_a_feeds_own_are_refused_before_they_grow(
    body_format: Format, feed: bytes
) -> None:
    root = "rss" if body_format is RSS else "feed"
    with pytest.raises(BadBody, match="document type"):
        body_format.parse(with_doctype(feed, root))


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE rss [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/feed.dtd">',
        b"<!DOCTYPE rss>",
    ],
)
def test_files_and_addresses_in_a_document_type_are_not_opened(declared: bytes) -> None:
    external = rss(rss_item()).replace(b"<rss", declared + b"<rss")
    with pytest.raises(BadBody, match="document type"):
        RSS.parse(external)


def test_an_undefined_entity_damages_its_record_only() -> None:
    parsed = RSS.parse(rss(rss_item(title="&a9;"), rss_item("2611.00002v1")))
    assert (len(parsed.records), len(parsed.rejects)) == (1, 1)


@pytest.mark.parametrize("depth", [100_000])
def test_elements_in_elements_without_end_are_read(depth: int) -> None:
    deep = "<b>" * depth + "x" + "</b>" * depth
    parsed = RSS.parse(rss(rss_item(title=deep), rss_item("2611.00002v1")))
    assert [record.title for record in parsed.records] == ["x", "Reading Lists"]
    unclosed = RSS.parse(rss(rss_item(title="<b>" * depth), rss_item("2611.00002v1")))
    assert (len(unclosed.records), len(unclosed.rejects)) == (1, 1)


@pytest.mark.slow
def test_a_day_of_ten_thousand_papers_is_read_whole() -> None:
    feed = rss(*(rss_item(f"2611.{n:05}v1") for n in range(10_000)))
    parsed = RSS.parse(feed)
    assert (len(parsed.records), len(parsed.rejects)) == (10_000, 0)


@pytest.mark.parametrize(
    ("body_format", "content"),
    [
        pytest.param(RSS, rss().replace(b"</channel>", b"<item>" * 1_000_000), id="open items"),
        pytest.param(RSS, rss(*(["<item/>"] * (MAX_RECORDS + 1))), id="empty items"),
        pytest.param(ATOM_FEED, atom(*(["<entry></entry>"] * 200_000)), id="empty entries"),
        pytest.param(MAILING, b"\\\\\narXiv:1\n" * 1_000_000, id="beginnings of records"),
        pytest.param(MAILING, mailing(["\\\\\n" + "-" * 78 + "\n"] * 30_000).encode(), id="debris"),
    ],
)
def test_more_records_than_any_issue_has_are_refused(body_format: Format, content: bytes) -> None:
    assert 100_000 < len(content) < 32 * MIB
    with pytest.raises(BadBody, match=f"more than {MAX_RECORDS:,}"):
        body_format.parse(content)


@pytest.mark.parametrize(
    ("body_format", "content"),
    [
        pytest.param(RSS, b"<rss " * 2_000_000, id="a root without end"),
        pytest.param(RSS, b"<rss>" + b"<a" * 1_000_000, id="tags without end"),
        pytest.param(ATOM_FEED, b"<feed " + b'a="' * 1_000_000, id="attributes"),
        pytest.param(MAILING, b"-%" * 1_000_000 + b"x", id="a rule that is none"),
        pytest.param(
            MAILING, b"\\\\ (" + b")" * 1_000_000 + b"x", id="a closing line that is none"
        ),
        pytest.param(MAILING, b"Subject:" + b"\n " * 1_000_000, id="folded lines"),
    ],
)
def test_bytes_that_never_become_a_feed_are_refused_soon(
    body_format: Format, content: bytes
) -> None:
    body_format.recognise(content)
    with pytest.raises(BadBody):
        body_format.parse(content)


@pytest.mark.parametrize("filling", ["<b>", "<b/>", "x\n y ", "A, "])
def test_a_record_of_many_megabytes_is_a_reject_and_its_neighbour_is_read(filling: str) -> None:
    long = filling * (3 * MIB // len(filling))
    feed = RSS.parse(rss(rss_item(title=long), rss_item("2611.00002v1")))
    sent = MAILING.parse(mailing([mailed(title=long), mailed("2611.00002")]).encode())
    for parsed in (feed, sent):
        assert [record.arxiv_id for record in parsed.records] == ["2611.00002"]
        assert "longer than" in parsed.rejects[0].reason
    with pytest.raises(BadBody, match="before the first"):
        RSS.parse(rss(title=long))


@pytest.mark.parametrize("line", ["(" * 200_000, "a " * 200_000, "and " * 100_000, ", Jr" * 99_999])
def test_an_author_line_of_any_kind_is_read_soon(line: str) -> None:
    assert len(RSS.parse(rss(rss_item(creators=line))).records) == 1
    assert len(MAILING.parse(mailing([mailed(authors=line)]).encode()).records) == 1


@pytest.mark.parametrize("identifier", ["arXiv:" * 100_000, "2611.00001v" + "9" * 100_000])
def test_an_id_of_any_length_is_read_soon(identifier: str) -> None:
    parsed = RSS.parse(rss(rss_item(identifier)))
    assert parsed.n_parsed == 1
    assert all((record.version or 0) < 10_000 for record in parsed.records)


@pytest.mark.parametrize("encoding", ["utf-7", "hex", "utf-16", "no-such", "cp1252", "big5"])
def test_an_encoding_of_any_name_ends_in_a_body_or_in_bad_body(encoding: str) -> None:
    feed = rss(rss_item()).replace(b"UTF-8", encoding.encode())
    with suppress(BadBody):
        assert RSS.parse(feed).n_parsed == 1
