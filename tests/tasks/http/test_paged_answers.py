"""A list on several pages is fetched whole or not at all, at the pace of any other requests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import BudgetSpent, UnusableAnswer
from tasks.http.client import Fetched
from tasks.parse.model import IssueRef
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside
from tests.replica.paths import SavedPath
from tests.replica.site import Site
from tests.support.arxiv_bodies import query, query_entry
from tests.support.bodies import item
from tests.support.clients import API, DAY, JSON, NOW, Client, refusal


@pytest.fixture
def paged(replica: Inside, tmp_path: Path) -> Callable[..., Client]:
    """A client for a day of 250 papers, which the API gives on three pages."""
    folder = tmp_path / "huggingface" / "api"
    folder.mkdir(parents=True)
    rows = [item(id=f"2611.{number:05}") for number in range(250)]
    (folder / f"{DAY}.json").write_text(json.dumps(rows))
    replica.change(site=Site(Bodies(tmp_path), NOW.date()))

    def client(*rules: dict[str, Any], **policy: Any) -> Client:
        replica.misbehave(*rules)
        return Client(replica, **policy)

    return client


def empty_page(number: int, **rule: Any) -> dict[str, Any]:
    """A rule: page `number`, counted from 0 as the API does, is an empty list."""
    query = {"p": str(number)} if number else {"date": DAY}
    headers = JSON | rule.pop("headers", {})
    return {
        "path": API,
        "query": query,
        "fault": "status",
        "status": 200,
        "body": "[]",
        "headers": headers,
        **rule,
    }


def n_papers(pages: list[Fetched] | None) -> list[int]:
    return [page.parsed.n_parsed for page in pages or []]


@pytest.mark.parametrize("number", [1, 2])
def test_an_empty_page_where_more_papers_were_announced_is_asked_for_once_more(
    paged: Callable[..., Client], replica: Inside, number: int
) -> None:
    client = paged(empty_page(number, times=1))
    assert n_papers(client.fetch()) == [100, 100, 50]
    assert len(replica.requests()) == len(client.attempts) == 4


def test_an_empty_first_page_that_links_to_a_next_one_is_asked_for_once_more(
    paged: Callable[..., Client], replica: Inside
) -> None:
    link = {"Link": f'<{API}?date={DAY}&limit=100&p=1>; rel="next"'}
    client = paged(empty_page(0, times=1, headers=link))
    assert n_papers(client.fetch()) == [100, 100, 50]
    assert len(replica.requests()) == 4


def test_a_page_that_stays_empty_is_unusable_and_never_loaded_as_a_shorter_list(
    paged: Callable[..., Client], replica: Inside
) -> None:
    client = paged(empty_page(1))
    with pytest.raises(UnusableAnswer, match="an empty page, though more papers") as caught:
        client.fetch()
    assert (caught.value.content, len(replica.requests())) == (b"[]", 3)


def test_a_day_without_papers_has_an_empty_first_page_and_is_not_asked_for_again(
    replica: Inside,
) -> None:
    assert n_papers(Client(replica).fetch("2026-11-07")) == [0]
    assert len(replica.requests()) == 1


def test_a_429_on_the_second_page_does_not_use_up_the_second_look_at_an_empty_one(
    paged: Callable[..., Client], replica: Inside
) -> None:
    client = paged(
        refusal(query={"p": "1"}, wait="2", times=1), empty_page(1, times=1), max_tries=3
    )
    assert n_papers(client.fetch()) == [100, 100, 50]
    assert [a.status for a in client.attempts] == [200, 429, 200, 200, 200]
    assert client.waits[0] == 2


def test_a_second_look_counts_against_the_budget(paged: Callable[..., Client]) -> None:
    client = paged(empty_page(1, times=1), max_requests=4)
    assert n_papers(client.fetch()) == [100, 100, 50]
    assert client.fetcher.is_spent
    client = paged(empty_page(1, times=1), max_requests=3)
    with pytest.raises(BudgetSpent):
        client.fetch()


def test_a_page_of_a_query_that_declares_papers_and_has_none_is_asked_for_once_more(
    replica: Inside, tmp_path: Path
) -> None:
    entries = [query_entry(f"2611.{n:05}v1") for n in range(200)]
    pages = {
        "0": query(*entries, found=201, start=0),
        "200": query(query_entry("2611.09999v1"), found=201, start=200),
    }
    saved = []
    for start, body in pages.items():
        file = tmp_path / start
        file.write_bytes(body)
        saved.append(SavedPath("/api/query", file, "application/atom+xml", {"start": start}))
    replica.change(paths=saved)
    hollow = {
        "path": "/api/query",
        "query": {"start": "200"},
        "fault": "status",
        "status": 200,
        "body": query(found=201, start=200).decode(),
        "headers": {"Content-Type": "application/atom+xml"},
    }
    issue = IssueRef.parse("arxiv:query:all:lists")

    replica.misbehave({**hollow, "times": 1})
    assert n_papers(Client(replica, "arxiv").fetcher.fetch(issue)) == [200, 1]
    assert len(replica.requests()) == 3
    replica.misbehave(hollow)
    with pytest.raises(UnusableAnswer, match="an empty page, though more papers"):
        Client(replica, "arxiv").fetcher.fetch(issue)
    replica.misbehave({**hollow, "body": query(found=200, start=200).decode()})
    assert n_papers(Client(replica, "arxiv").fetcher.fetch(issue)) == [200, 0]  # it has shrunk


def test_redirects_retries_and_pages_keep_the_gap_to_the_answer_before(
    paged: Callable[..., Client], replica: Inside
) -> None:
    moved = {"Location": f"{API}?date={DAY}&limit=100"}
    client = paged(
        {"path": API, "fault": "status", "status": 302, "headers": moved, "times": 1},
        empty_page(1, times=1),
        max_per_s=4,
    )
    assert n_papers(client.fetch()) == [100, 100, 50]
    assert len(replica.requests()) == 5
    assert len(client.time.pauses) == 4
    assert min(client.time.pauses) >= 0.25
