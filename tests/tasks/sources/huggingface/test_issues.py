"""Names of Hugging Face's lists: what exists, what is asked for, and what only a moment showed."""

from datetime import UTC, date, datetime

import orjson
import pytest

from tasks.errors import BadIssueId
from tasks.parse.model import IssueRef
from tasks.sources import source_of, sources
from tasks.sources.huggingface.issues import expected, query_of, stamped
from tasks.sources.huggingface.requests import request
from tests.support.bodies import item

AT = datetime(2026, 11, 25, 6, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    "key",
    [
        *("daily:2026-11-20", "weekly:2026-W47", "weekly:2026-W53", "weekly:2020-W53"),
        *("monthly:2026-11", "trending:now", "trending:20261125T064500Z", "search:llm"),
        *("search:protein+folding", "search:a%2Fb@20261125T064500Z", "paper:2503.02130"),
        "paper:hep-th/9901001",
    ],
)
def test_every_edition_has_keys_that_exist(key: str) -> None:
    assert source_of(IssueRef.parse(f"huggingface:{key}")).name == "huggingface"


def test_a_year_of_53_weeks_has_them_all() -> None:
    days = date(2026, 12, 20), date(2027, 1, 5)
    keys = [issue.key for issue in expected(*days, ("weekly",))]
    assert keys == ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]
    assert [i.key for i in expected(*days, ("monthly",))] == ["2026-12", "2027-01"]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("trending:now", "trending:20261125T064500Z"),
        ("search:protein+folding", "search:protein+folding@20261125T064500Z"),
        ("search:a/b", "search:a%2Fb@20261125T064500Z"),
        ("daily:2026-11-20", "daily:2026-11-20"),
    ],
)
def test_a_list_without_a_date_is_named_by_its_moment(asked: str, named: str) -> None:
    issue = stamped(IssueRef.parse(f"huggingface:{asked}"), AT)
    assert str(issue) == f"huggingface:{named}"


@pytest.mark.parametrize("key", ["trending:20261124T064500Z", "search:llm@20261124T064500Z"])
def test_what_another_moment_showed_cannot_be_asked_for(key: str) -> None:
    with pytest.raises(BadIssueId, match="a capture of the past"):
        stamped(IssueRef.parse(f"huggingface:{key}"), AT)


def test_a_search_keeps_its_query() -> None:
    issue = IssueRef.parse("huggingface:search:protein+folding+%26+more@20261125T064500Z")
    assert query_of(issue) == "protein folding & more"
    assert request(issue).parameters == (("q", "protein folding & more"),)


@pytest.mark.parametrize("edition", ["daily:2026-11-20", "weekly:2026-W47", "monthly:2026-11"])
def test_the_api_is_asked_first_and_the_page_when_it_is_broken(edition: str) -> None:
    first = request(IssueRef.parse(f"huggingface:{edition}"))
    assert (first.path, first.bucket) == ("/api/daily_papers", "api")
    assert first.otherwise is not None
    assert first.otherwise.path.endswith(edition.partition(":")[2])
    assert first.otherwise.bucket == "pages"


def test_every_edition_for_the_night_is_one_that_can_be_asked_for() -> None:
    source = sources()["huggingface"]
    editions = ("daily", "weekly", "monthly", "trending")
    found = expected(date(2026, 11, 16), date(2026, 11, 20), editions)
    assert [issue.edition for issue in found] == ["daily"] * 5 + list(editions[1:])
    for issue in found:
        assert source.is_valid_key(issue.edition, issue.key)
        assert request(issue).otherwise is not None
    with pytest.raises(BadIssueId, match="no 'search' to ask for every night"):
        expected(date(2026, 11, 16), date(2026, 11, 20), ("search",))


def test_the_details_of_a_paper_are_one_record_of_it() -> None:
    body_format = sources()["huggingface"].format("paper")
    paper = item(id="2503.02130", authors=[{"name": "Author 12"}])["paper"]
    content = orjson.dumps(paper)
    assert body_format.recognise(content)
    (record,) = body_format.parse(content).records
    assert (record.arxiv_id, record.upvotes, record.authors[0].name) == (
        *("2503.02130", 3, "Author 12"),
    )
    assert body_format.locate(content, 0).text == content.decode()
    (reject,) = body_format.parse(orjson.dumps(paper | {"upvotes": "many"})).rejects
    assert "`paper.upvotes`" in reject.reason
