"""Answers of the query API: papers, pages, and errors in arXiv's own words."""

from datetime import UTC, datetime

import pytest

from tasks.detect_format import detect_format
from tasks.errors import BadBody
from tasks.parse.model import Author, IssueRef, Record
from tasks.sources import source_of
from tasks.sources.arxiv.parse_query import MOST_RECORDS, QUERY, next_page
from tasks.sources.arxiv.requests import PAGE_SIZE, request
from tests.support.arxiv_bodies import ABSTRACT, ERROR, atom, query, query_entry


def test_a_paper_is_read_whole_its_primary_category_first() -> None:
    parsed = QUERY.parse(query(query_entry()))
    assert parsed.records == (
        Record(
            0,
            "Reading Lists",
            "Reading Lists",
            "2611.00001",
            ABSTRACT,
            (Author("Author 1"), Author("Author 2")),
            published_at=datetime(2026, 11, 18, 9, tzinfo=UTC),
            submitted_at=datetime(2026, 11, 19, 10, tzinfo=UTC),
            categories=("cs.CL", "cs.DL"),
            version=2,
        ),
    )
    assert (parsed.n_declared, parsed.query) == (1, "cat:cs.CL AND ti:lists")
    seen = {field.path for field in parsed.fields_seen}
    assert seen - QUERY.loaded_paths(seen) == {"arxiv:comment", "author.arxiv:affiliation"}


def test_an_answer_with_nothing_found_is_an_empty_issue() -> None:
    parsed = QUERY.parse(query())
    assert (parsed.records, parsed.rejects, parsed.n_declared) == ((), (), 0)


@pytest.mark.parametrize(
    ("found", "start", "declared"), [(450, 0, 200), (450, 400, 50), (450, 600, 0), (3, 0, 3)]
)
def test_each_page_declares_what_it_must_hold(found: int, start: int, declared: int) -> None:
    assert QUERY.parse(query(found=found, start=start)).n_declared == declared


def test_an_error_is_refused_with_arxivs_own_words() -> None:
    with pytest.raises(BadBody, match="found arXiv's error: no such id"):
        QUERY.parse(ERROR)
    with pytest.raises(BadBody, match="no such id"):
        QUERY.parse(
            query(query_entry())
            .replace(b"http://arxiv.org/abs/", b"/api/errors#")
            .replace(ABSTRACT.replace("&", "&amp;").encode(), b"no such id")
        )


def test_a_paper_titled_error_is_a_paper() -> None:
    [record] = QUERY.parse(query(query_entry(title="Error"))).records
    assert record.title == "Error"


@pytest.mark.parametrize("fault", ["time", "title", "markup"])
def test_a_damaged_paper_in_the_middle_is_one_reject(fault: str) -> None:
    entries = [query_entry(f"2611.0000{n}v1") for n in range(3)]
    damaged = {
        "time": query_entry("2611.00001v1", updated="soon"),
        "title": query_entry("2611.00001v1", title=" "),
        "markup": entries[1].replace("</id>", "<id>"),
    }[fault]
    content = query(entries[0], damaged, entries[2])
    parsed = QUERY.parse(content)
    assert [(r.place, r.arxiv_id) for r in parsed.records] == [(0, "2611.00000"), (2, "2611.00002")]
    assert parsed.rejects[0].raw == damaged.strip() == QUERY.locate(content, 1).text


@pytest.mark.parametrize(
    ("asked", "issue"),
    [
        ("search_query=cat:cs.AI OR cat:cs.LG&amp;id_list=", "query:cat:cs.AI+OR+cat:cs.LG"),
        ("search_query=all:a+b&amp;id_list=", "query:all:a%2Bb"),
        ("search_query=&amp;id_list=hep-th/9901001,2611.00001v2", None),
    ],
)
def test_an_answer_tells_its_issue_and_the_issue_the_same_question(
    asked: str, issue: str | None
) -> None:
    told = detect_format(query(query_entry(), asked=asked), "x.xml").issue
    assert str(told) == f"arxiv:{issue or 'ids:hep-th/9901001,2611.00001v2'}"
    parameters = dict(request(told).parameters)
    wanted = asked.replace("&amp;", "&")
    assert parameters.get("search_query", "") in wanted
    assert parameters.get("id_list", "") in wanted


def test_a_feed_without_counts_is_no_answer() -> None:
    with pytest.raises(BadBody, match="does not say how much"):
        QUERY.parse(atom(title="arXiv Query: search_query=x"))


def test_pages_are_asked_for_until_all_or_the_most_are_there() -> None:
    asked = request(IssueRef("arxiv", "query", "cat:cs.CL"))
    starts = []
    page = next_page(query(found=386_601), asked)
    while page:
        starts.append(int(dict(page.parameters)["start"]))
        assert dict(page.parameters)["search_query"] == "cat:cs.CL"
        page = next_page(query(found=386_601), page)
    assert starts == list(range(PAGE_SIZE, MOST_RECORDS, PAGE_SIZE))
    assert next_page(query(found=PAGE_SIZE), asked) is None
    assert next_page(b"<feed", asked) is None


@pytest.mark.parametrize("key", ["all:a b", "", "+", "%zz"])
def test_a_query_is_written_in_one_way_only(key: str) -> None:
    source = source_of(IssueRef("arxiv", "query", "cat:cs.CL"))
    assert source.is_valid_key("query", "cat:cs.CL+AND+ti:lists")
    assert not source.is_valid_key("query", key)
