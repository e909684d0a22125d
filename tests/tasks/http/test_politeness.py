"""What a source asks of us is done: its waits, its pace, one connection, no hurried second look.

A replica on loopback counts and times the requests; the client's clock is moved by the tests, but
for one that measures the real pace.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import (
    BudgetSpent,
    FetchError,
    NotPublished,
    RateLimited,
    Unreachable,
    UnusableAnswer,
)
from tasks.http.client import Attempt, Fetched, Fetcher, Policy, open_session
from tasks.parse.model import IssueRef
from tasks.sources import sources
from tests.replica.bodies import Bodies
from tests.replica.faults import Script
from tests.replica.inside import Inside, replica_inside
from tests.replica.paths import SavedPath
from tests.replica.site import Site
from tests.support.arxiv_bodies import query, query_entry
from tests.support.bodies import item
from tests.support.clocks import FakeTime
from tests.support.folders import SAMPLE

API = "/api/daily_papers"
DAY = "2026-11-05"
NOW = datetime(2026, 11, 14, 12, tzinfo=UTC)
JSON = {"Content-Type": "application/json"}


class Client:
    """A fetcher of one source, which writes down its waits instead of waiting."""

    def __init__(self, replica: Inside, source: str = "huggingface", **policy: Any) -> None:
        self.source, self.replica, self.time = sources()[source], replica, FakeTime()
        self.attempts: list[Attempt] = []
        given = Policy("paperhouse-test/1", read_timeout_s=5, **({"max_per_s": 1000} | policy))
        self.fetcher = Fetcher(
            self.source,
            replica.url,
            given,
            open_session(given),
            self.attempts.append,
            now=lambda: NOW,
            sleep=self.time.sleep,
            monotonic=self.time.monotonic,
        )

    def fetch(self, key: str = DAY, validators: Any = None) -> list[Fetched] | None:
        return self.fetcher.fetch(IssueRef(self.source.name, "daily", key), validators)

    def fails(self, error: type[FetchError], key: str = DAY) -> str:
        with pytest.raises(error) as caught:
            self.fetch(key)
        assert type(caught.value) is error
        return str(caught.value)

    @property
    def waits(self) -> list[float]:
        """The waits in seconds, without the gaps of a thousandth that the pace makes."""
        return [round(pause, 3) for pause in self.time.pauses if pause > 0.01]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    log = tmp_path_factory.mktemp("replica") / "requests.jsonl"
    with replica_inside(Bodies(SAMPLE), NOW.date(), log) as running:
        yield running


@pytest.fixture
def replica(site: Inside) -> Inside:
    site.change(script=Script([]), paths=[], site=Site(Bodies(SAMPLE), NOW.date()))
    site.forget()
    return site


def refusal(status: int = 429, **rule: Any) -> dict[str, Any]:
    """A rule that refuses; `wait` is what it says in `Retry-After`."""
    wait = rule.pop("wait", None)
    headers = JSON | ({} if wait is None else {"Retry-After": wait})
    return {"path": API, "fault": "status", "status": status, "headers": headers} | rule


def test_a_bare_429_waits_a_second_and_doubles_and_the_message_says_what_was_not_said(
    replica: Inside,
) -> None:
    client = Client(replica)
    replica.misbehave(refusal())
    message = client.fails(RateLimited)
    assert client.waits == [1, 2, 4]
    assert message.endswith(f"{API} answered 429 and did not say how long")
    assert len(replica.requests()) == 4


def test_the_waits_after_bare_429s_go_on_doubling_with_the_next_issue_until_one_is_granted(
    replica: Inside,
) -> None:
    client = Client(replica, max_wait_s=10.0)
    replica.misbehave(refusal(times=6))
    client.fails(RateLimited)
    assert client.fetch("2026-11-06") is not None
    assert client.waits == [1, 2, 4, 8, 10, 10]
    replica.misbehave(refusal(times=1))
    assert client.fetch("2026-11-09") is not None
    assert client.waits[6:] == [1]


def test_a_longest_wait_of_less_than_a_second_ends_a_bare_429_and_does_not_hurry_it(
    replica: Inside,
) -> None:
    client = Client(replica, max_wait_s=0.5)
    replica.misbehave(refusal())
    client.fails(RateLimited)
    assert (client.waits, len(replica.requests())) == ([], 1)


def test_our_own_pace_is_no_wait_that_a_source_asks_for(replica: Inside) -> None:
    client = Client(replica, max_wait_s=0.0, max_per_s=0.5)
    assert [client.fetch() is not None for _ in range(3)] == [True] * 3
    assert client.waits == [2, 2]


@pytest.mark.parametrize(
    ("said", "status", "waits", "told"),
    [
        ("0.5", 429, [0.5], "asks to wait 0.5 s"),
        ("1.5", 503, [1.5], "asks to wait 1.5 s"),
        ("Sat, 14 Nov 2026 12:00:30 GMT", 503, [30], "asks to wait 30 s"),
        ("Sat, 14 Nov 2026 07:00:30 EST", 429, [30], "asks to wait 30 s"),
        ("Fri, 13 Nov 2026 12:00:30 GMT", 429, [1], "asks to wait 0 s"),
        ("0", 429, [1], "asks to wait 0 s"),
        ("Sat, 31 Nov 2026 12:00:30 GMT", 429, [1], "did not say how long"),
        ("tomorrow", 429, [1], "did not say how long"),
        ("", 429, [1], "did not say how long"),
    ],
)
def test_every_form_of_retry_after_is_kept_and_said_in_seconds(
    replica: Inside, said: str, status: int, waits: list[float], told: str
) -> None:
    client = Client(replica)
    replica.misbehave(refusal(status, wait=said, times=1))
    assert client.fetch() is not None
    assert client.waits == waits
    assert str(client.attempts[0].error).endswith(f"answered {status} and {told}")


@pytest.mark.parametrize("said", ["Fri, 13 Nov 2026 12:00:30 GMT", "0", "soon"])
def test_a_503_that_asks_for_no_wait_is_a_server_error_and_still_not_tried_again_at_once(
    replica: Inside, said: str
) -> None:
    client = Client(replica, max_per_s=5)
    replica.misbehave(refusal(503, wait=said))
    assert client.fails(Unreachable).endswith("answered 503")
    assert len(replica.requests()) == 4
    assert len(client.time.pauses) == 3
    assert min(client.time.pauses) >= 0.19


@pytest.mark.parametrize("said", ["331", "330.5", "Sat, 14 Nov 2026 13:00:00 GMT", "9" * 30])
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_beyond_the_longest_ends_the_issue_and_keeps_the_host_unasked(
    replica: Inside, said: str, status: int
) -> None:
    client = Client(replica)
    replica.misbehave(refusal(status, wait=said))
    message = client.fails(RateLimited)
    assert re.search(r" asks to wait [0-9]+(\.5)? s$", message), message
    assert "asks for no requests for another" in client.fails(RateLimited, "2026-11-06")
    assert (client.waits, len(replica.requests())) == ([], 1)


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


def test_one_connection_is_kept_whatever_is_answered(replica: Inside) -> None:
    client = Client(replica)
    known = (client.fetch() or [])[0].headers
    days = ("2026-11-06", "2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12")
    gone, moved, limited, down, odd = days
    replica.misbehave(
        *(
            {"path": API, "query": {"date": day}, "fault": "status", "times": 1, **rule}
            for day, rule in (
                (gone, {"status": 404, "body": "x" * 5000, "headers": JSON}),
                (moved, {"status": 302, "headers": {"Location": f"{API}?date={DAY}"}}),
                (limited, {"status": 429, "body": "later", "headers": {"Retry-After": "1"}}),
                (down, {"status": 502, "body": "<p>bad gateway</p>"}),
                (odd, {"status": 200, "body": "no list", "headers": JSON}),
            )
        )
    )
    assert client.fetch(DAY, known) is None
    client.fails(NotPublished, gone)
    for day in (moved, limited, down, odd):
        assert client.fetch(day) is not None
    seen = replica.requests()
    assert [r["status"] for r in seen] == [200, 304, 404, 302, 200, 429, 200, 502, 200, 200, 200]
    assert len({r["client_port"] for r in seen}) == 1


def test_a_long_answer_that_is_not_needed_costs_its_connection_and_not_its_length(
    replica: Inside,
) -> None:
    client = Client(replica)
    long = {"status": 404, "body": "x" * 5_000_000, "times": 1}
    replica.misbehave({"path": API, "fault": "status", **long})
    client.fails(NotPublished)
    assert client.fetch() is not None
    assert len({r["client_port"] for r in replica.requests()}) == 2


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


@pytest.mark.slow
def test_the_server_sees_at_most_five_requests_in_any_second_also_of_unchanged_issues(
    replica: Inside,
) -> None:
    policy = Policy("paperhouse-test/1")
    with open_session(policy) as session:
        fetcher = Fetcher(sources()["huggingface"], replica.url, policy, session, lambda _: None)
        issue = IssueRef("huggingface", "daily", DAY)
        known = (fetcher.fetch(issue) or [])[0].headers
        assert [fetcher.fetch(issue, known) for _ in range(30)] == [None] * 30
    seen = replica.requests()
    assert [r["status"] for r in seen] == [200] + [304] * 30
    at = [r["monotonic_s"] for r in seen]
    in_a_second = [sum(first <= later < first + 1 for later in at) for first in at]
    assert max(in_a_second) == 5
    assert at[-1] - at[0] < 12  # 6 s are the least
    assert len({r["client_port"] for r in seen}) == 1
