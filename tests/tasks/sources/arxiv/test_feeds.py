"""Announcement feeds, in RSS and in Atom: what is announced, of which day, and what is damaged."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest

from tasks.detect_format import detect_format
from tasks.errors import BadBody, UnknownIssue
from tasks.parse.model import Author, FieldSeen, IssueRef, Listed, Record
from tasks.sources import Format, source_of
from tasks.sources.arxiv.parse_atom import ATOM_FEED
from tasks.sources.arxiv.parse_rss import RSS
from tests.support.arxiv_bodies import ABSTRACT, atom, atom_entry, query, rss, rss_item


class Dialect(NamedTuple):
    """One of the two ways a feed is written."""

    format: Format
    feed: Callable[..., bytes]
    item: Callable[..., str]
    tag: str


@pytest.fixture(
    params=[Dialect(RSS, rss, rss_item, "item"), Dialect(ATOM_FEED, atom, atom_entry, "entry")],
    ids=["rss", "atom"],
)
def dialect(request: Any) -> Dialect:
    found: Dialect = request.param
    return found


def test_an_announcement_is_read_whole(dialect: Dialect) -> None:
    parsed = dialect.format.parse(dialect.feed(dialect.item("2611.00001v3", kind="replace")))
    assert parsed.records == (
        Record(
            0,
            "Reading Lists",
            "Reading Lists",
            "2611.00001",
            ABSTRACT,
            (Author("Author 1"), Author("Author 2")),
            categories=("cs.CL", "cs.DL"),
            listing_type="replace",
            version=3,
            listed=Listed.exactly(date(2026, 11, 20)),
        ),
    )
    assert (parsed.rejects, str(parsed.shown_on)) == ((), "2026-11-20")
    assert parsed.fields_seen[FieldSeen("dc:creator", "text")] == 1
    seen = {field.path for field in parsed.fields_seen}
    assert {"title", "arxiv:announce_type"} <= dialect.format.loaded_paths(seen)


def test_every_type_of_announcement_keeps_its_own_word(dialect: Dialect) -> None:
    kinds = ["new", "cross", "replace", "replace-cross"]
    items = [dialect.item(f"2611.0000{n}v1", kind=kind) for n, kind in enumerate(kinds)]
    parsed = dialect.format.parse(dialect.feed(*items))
    assert [record.listing_type for record in parsed.records] == kinds


def test_old_ids_lose_their_version_too(dialect: Dialect) -> None:
    [record] = dialect.format.parse(dialect.feed(dialect.item("hep-th/9901001v12"))).records
    assert (record.arxiv_id, record.version) == ("hep-th/9901001", 12)


def test_without_an_element_of_its_own_the_type_is_in_the_description(dialect: Dialect) -> None:
    item = dialect.item("2611.00001v2", kind="cross").replace("arxiv:announce_type", "arxiv:other")
    [record] = dialect.format.parse(dialect.feed(item)).records
    assert (record.listing_type, record.version, record.abstract) == ("cross", 2, ABSTRACT)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Author 1, Author 2,  Solo", ["Author 1", "Author 2", "Solo"]),
        ("Author 1, Jr., Author 2 (A House), Author 3", ["Author 1, Jr.", "Author 2", "Author 3"]),
        ("Author 1 (1, 2), Author 3 ((1) A House, (2) Another)", ["Author 1", "Author 3"]),
        ("Author 1 (A House, Author 2", ["Author 1 (A House", "Author 2"]),
        ("The Lists and Piles Group, Jos\\'e B", ["The Lists and Piles Group", "Jos\\'e B"]),
        ("", []),
    ],
)
def test_a_line_of_names_is_a_list_of_authors(line: str, names: list[str]) -> None:
    [record] = RSS.parse(rss(rss_item(creators=line))).records
    assert [author.name for author in record.authors] == names


def test_a_feed_tells_its_issue(dialect: Dialect) -> None:
    feed = dialect.feed(dialect.item())
    found = detect_format(feed, "saved-2020-01-01.xml")
    assert (str(found.issue), found.format) == ("arxiv:cs.CL:2026-11-20", dialect.format)


@pytest.mark.parametrize("title", ["cs.AI, cs.CL", "cs.AI,cs.CL", "cs.AI+cs.CL"])
def test_a_feed_of_several_categories_is_an_issue_of_all_of_them(
    dialect: Dialect, title: str
) -> None:
    feed = dialect.feed(dialect.item(), title=f"{title} updates on arXiv.org")
    whole = IssueRef.parse("arxiv:cs.AI+cs.CL:2026-11-20")
    assert detect_format(feed, "feed.xml").issue == whole
    assert detect_format(feed, "feed.xml", whole).issue == whole
    assert source_of(whole).request is not None
    with pytest.raises(
        UnknownIssue, match=r"so it is not arxiv:cs\.CL:2026-11-20; it is arxiv:cs.AI"
    ):
        detect_format(feed, "feed.xml", IssueRef.parse("arxiv:cs.CL:2026-11-20"))


def test_a_feed_whose_title_is_no_category_says_what_to_write(dialect: Dialect) -> None:
    feed = dialect.feed(dialect.item(), title="My papers: updates on arXiv.org")
    with pytest.raises(UnknownIssue, match=r"--as arxiv:cs\.CL:2026-11-20") as caught:
        detect_format(feed, "feed.xml")
    hinted = IssueRef.parse(str(caught.value).rpartition(" ")[2])
    assert detect_format(feed, "feed.xml", hinted).issue == hinted


def test_a_weekend_is_an_empty_issue_of_its_day() -> None:
    saturday = rss(day="Sat, 21 Nov 2026 00:00:00 -0500", built="Sat, 21 Nov 2026 05:00:14 +0000")
    assert (RSS.parse(saturday).records, RSS.issue_of(saturday)) == ((), "cs.CL:2026-11-21")
    assert ATOM_FEED.issue_of(atom(built="2026-11-22T04:59:00+00:00")) == "cs.CL:2026-11-21"


def test_a_stale_feed_shows_its_own_day_however_fresh_it_was_built() -> None:
    stale = rss(rss_item(), built="Mon, 23 Nov 2026 05:00:02 +0000")
    assert RSS.issue_of(stale) == "cs.CL:2026-11-20"
    renamed = rss(rss_item(), day="Mon, 23 Nov 2026 00:00:00 -0500")
    assert str(RSS.parse(renamed).shown_on) == "2026-11-20"
    assert ATOM_FEED.issue_of(atom(atom_entry(), built="2026-11-23T05:00:02+00:00")) == (
        "cs.CL:2026-11-20"
    )


def test_an_error_is_refused_with_arxivs_own_words(dialect: Dialect) -> None:
    feed = dialect.feed(title="Feed error for query: cs.XX", description="No such archive: cs.XX")
    with pytest.raises(BadBody, match=r"arXiv's error: No such archive: cs\.XX"):
        dialect.format.parse(feed)


def test_a_damaged_record_in_the_middle_is_one_reject_with_its_bytes(dialect: Dialect) -> None:
    first, last = dialect.item("2611.00001v1"), dialect.item("2611.00003v1")
    damaged = dialect.item("2611.00002v1").replace("</title>", "</titel>").strip()
    feed = dialect.feed(first, damaged, last)
    parsed = dialect.format.parse(feed)
    assert [(r.place, r.arxiv_id) for r in parsed.records] == [(0, "2611.00001"), (2, "2611.00003")]
    [reject] = parsed.rejects
    assert (reject.place, reject.raw) == (1, damaged)
    assert "not well-formed" in reject.reason
    assert feed[slice(*reject.span)].decode() == damaged
    assert dialect.format.locate(feed, 1).text == damaged


@pytest.mark.parametrize("lost", ["start", "end"])
def test_a_record_without_one_of_its_tags_does_not_take_its_neighbours_along(
    dialect: Dialect, lost: str
) -> None:
    tag = f"<{dialect.tag}>" if lost == "start" else f"</{dialect.tag}>"
    items = [dialect.item(f"2611.0000{n}v1") for n in range(3)]
    feed = dialect.feed(items[0], items[1].replace(tag, ""), items[2])
    parsed = dialect.format.parse(feed)
    assert [r.arxiv_id for r in parsed.records] == ["2611.00000", "2611.00002"]
    [reject] = parsed.rejects
    assert "2611.00001v1" in reject.raw


@pytest.mark.parametrize("lacking", ["title", "id"])
def test_a_record_without_title_or_id_is_a_reject(dialect: Dialect, lacking: str) -> None:
    item = dialect.item(title="") if lacking == "title" else dialect.item().replace("2611.", "?")
    item = item.replace("oai:arXiv.org:", "").replace("/abs/", "/").replace("arXiv:", "")
    parsed = dialect.format.parse(dialect.feed(item, dialect.item("2611.00002v1")))
    assert [r.arxiv_id for r in parsed.records] == ["2611.00002"]
    assert f"no {'title' if lacking == 'title' else 'arXiv id'}" in parsed.rejects[0].reason


def test_a_feed_that_breaks_off_keeps_what_it_had_and_says_so(dialect: Dialect) -> None:
    whole = dialect.feed(dialect.item("2611.00001v1"), dialect.item("2611.00002v1"))
    inside = dialect.format.parse(whole[: whole.index(b"2611.00002v1") + 60])
    assert (len(inside.records), len(inside.rejects)) == (1, 2)
    between = dialect.format.parse(whole[: whole.rindex(f"</{dialect.tag}>".encode()) + 12])
    assert len(between.records) >= 1
    assert "breaks off" in between.rejects[-1].reason


@pytest.mark.parametrize("written", ["CRLF", "BOM", "Latin-1"])
def test_line_ends_marks_and_encodings_make_no_difference(dialect: Dialect, written: str) -> None:
    feed = dialect.feed(dialect.item(title="Café\n lists"), dialect.item("2611.00002v1"))
    other = {
        "CRLF": feed.replace(b"\n", b"\r\n"),
        "BOM": b"\xef\xbb\xbf" + feed,
        "Latin-1": feed.replace(b"UTF-8", b"ISO-8859-1").decode().encode("latin-1"),
    }[written]
    assert dialect.format.parse(other).records == dialect.format.parse(feed).records
    assert dialect.format.parse(feed).records[0].title == "Café lists"


def test_bytes_of_another_encoding_than_declared_damage_their_record_only(dialect: Dialect) -> None:
    feed = dialect.feed(dialect.item(title="Caf\u00e9"), dialect.item("2611.00002v1"))
    parsed = dialect.format.parse(feed.replace("é".encode(), b"\xe9"))
    assert [r.arxiv_id for r in parsed.records] == ["2611.00002"]
    assert "\N{REPLACEMENT CHARACTER}" in parsed.rejects[0].raw


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"<rss><channel/></rss>", query()])
def test_what_is_no_such_feed_is_refused(dialect: Dialect, content: bytes) -> None:
    with pytest.raises(BadBody, match="found "):
        dialect.format.parse(content)
