"""Feeds that arXiv no longer sends, and feeds that people made of its entries."""

import pytest

from tasks.detect_format import detect_format
from tasks.errors import BadBody, BadIssueId
from tasks.parse.model import IssueRef
from tasks.sources import named_source_of, source_of
from tasks.sources.arxiv.parse_entries import ENTRIES
from tasks.sources.arxiv.parse_rdf import RDF
from tests.support.arxiv_bodies import ABSTRACT, entries, rdf, rdf_item, rss


def test_an_announcement_in_rss_1_is_read_whole() -> None:
    found = detect_format(rdf(rdf_item()), "saved.xml")
    assert found.format is RDF
    (record,) = RDF.parse(rdf(rdf_item())).records
    assert (record.arxiv_id, record.version) == ("2203.00001", 1)
    assert (record.title, record.abstract) == ("Reading Lists", ABSTRACT)
    assert [author.name for author in record.authors] == ["Author 1", "Author 2"]
    assert (record.categories, record.listing_type) == (("cs.CL",), "new")


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (" UPDATED", "replace"),
        (" CROSS LISTED", "cross"),
        (" CROSS LISTED UPDATED", "replace-cross"),
        (" SOMETHING", "listed"),
    ],
)
def test_what_an_announcement_is_stands_behind_its_category(kind: str, read: str) -> None:
    (record,) = RDF.parse(rdf(rdf_item("hep-th/9901001v12", kind=kind))).records
    assert (record.arxiv_id, record.version, record.listing_type) == ("hep-th/9901001", 12, read)


def test_the_titles_of_then_are_read_in_rss_2_as_in_rss_1() -> None:
    old = rdf_item("2203.00001v2", kind=" UPDATED").replace(' rdf:parseType="Literal"', "")
    evening = "Thu, 10 Mar 2022 20:30:00 -0500"
    content = rss(old.replace(' rdf:about="http://arxiv.org/abs/2203.00001"', ""), day=evening)
    found = detect_format(content, "saved.xml")
    assert (str(found.issue), found.format.name) == ("arxiv:cs.CL:2022-03-11", "rss")
    expected = RDF.parse(rdf(rdf_item("2203.00001v2", kind=" UPDATED"))).records
    assert found.format.parse(content).records == expected


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Do Lists End?", "Do Lists End?"),
        ("Lists etc..", "Lists etc."),
        (
            "Lists (arXiv:2201.00001v1 [cs.CL]) Revisited.",
            "Lists (arXiv:2201.00001v1 [cs.CL]) Revisited",
        ),
        ("Long\n  Lists.", "Long Lists"),
    ],
)
def test_a_title_loses_the_full_stop_of_the_feed_and_nothing_else(written: str, title: str) -> None:
    assert RDF.parse(rdf(rdf_item(title=written))).records[0].title == title


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("2022-03-10T20:30:00-05:00", "2022-03-11"),
        ("2022-03-13T20:30:00-05:00", "2022-03-14"),
        ("2022-07-07T20:30:00-04:00", "2022-07-08"),
    ],
)
def test_an_evening_of_new_york_is_the_next_day_as_for_a_mailing(date: str, day: str) -> None:
    assert str(detect_format(rdf(rdf_item(), date=date), "x").issue) == f"arxiv:cs.CL:{day}"
    assert str(RDF.parse(rdf(date=date)).shown_on) == day


def test_a_damaged_record_of_rss_1_shifts_no_other() -> None:
    damaged = rdf_item("2203.00002v1").replace("</title>", "")
    parsed = RDF.parse(rdf(rdf_item(), damaged, rdf_item("2203.00003v1", "Other.")))
    assert [(r.arxiv_id, r.title) for r in parsed.records] == [
        ("2203.00001", "Reading Lists"),
        ("2203.00003", "Other"),
    ]
    untold = RDF.parse(rdf(rdf_item().replace(" [cs.CL]", "")))
    assert untold.records == ()


def test_rss_1_of_another_site_is_called_so() -> None:
    with pytest.raises(BadBody, match=r"an RSS 1\.0 feed titled 'News'"):
        detect_format(
            rdf().replace(b"cs.CL updates on arXiv.org", b"News").replace(b"arxiv", b"x"), "x"
        )


@pytest.mark.parametrize("title", ["", "<title/>", "<title>My week</title>"])
def test_a_feed_made_by_hand_is_the_papers_it_leads_to(title: str) -> None:
    feed = entries("2611.00001", "hep-th/9901001", title=title)
    found = detect_format(feed, "my-feed.xml")
    assert (str(found.issue), found.format) == ("arxiv:ids:2611.00001,hep-th/9901001", ENTRIES)
    first = ENTRIES.parse(feed).records[0]
    assert (first.title, first.version, first.abstract) == ("Title 2611.00001", 2, "Of lists.")
    assert [author.name for author in first.authors] == ["Author 1"]
    day = IssueRef.parse("arxiv:cs.CL:2026-11-20")
    assert detect_format(feed, "my-feed.xml", day).issue == day


def test_a_feed_that_leads_elsewhere_and_mentions_a_paper_is_refused() -> None:
    blog = "<entry><id>https://blog.example.org/{0}</id><title>Post {0}</title></entry>"
    feed = entries("2611.00001", extra=blog.format(1) + blog.format(2))
    with pytest.raises(BadBody, match="1 papers in 3 entries"):
        detect_format(feed, "blog.xml")


@pytest.mark.parametrize(
    ("edition", "hint"),
    [
        ("cs.XX", "cs has AI, AR"),
        ("cs.cl", "did you mean cs.CL"),
        ("cs.CL+cs.IA", "no category 'cs.IA'"),
        ("astro-ph.XY", "astro-ph has CO"),
        ("cond-mat.mes-hal", "did you mean cond-mat.mes-hall"),
        ("poetry", "write it as cs.CL or astro-ph"),
    ],
)
def test_a_category_that_arxiv_has_not_is_answered_with_those_it_has(
    edition: str, hint: str
) -> None:
    issue = IssueRef.parse(f"arxiv:{edition}:2026-11-20")
    with pytest.raises(BadIssueId, match=hint):
        named_source_of(issue)
    assert source_of(issue).name == "arxiv", "a body of it that is landed is read all the same"


@pytest.mark.parametrize("edition", ["cs.CL", "cs.CL+cs.AI", "astro-ph", "cmp-lg", "query"])
def test_categories_and_queries_that_exist_may_be_named(edition: str) -> None:
    key = "cat:cs.XX" if edition == "query" else "2026-11-20"
    assert named_source_of(IssueRef.parse(f"arxiv:{edition}:{key}")).name == "arxiv"
