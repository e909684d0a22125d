"""How arXiv is asked: two addresses, the pages of an answer, one override for both addresses."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from requests.adapters import HTTPAdapter

from tasks.http.client import Fetched, Fetcher, Policy, open_session
from tasks.parse.model import IssueRef
from tasks.sources import Source
from tasks.sources.arxiv import SOURCE
from tests.support.arxiv_bodies import query, query_entry, rss, rss_item
from tests.support.clocks import FakeTime

N_FOUND = 450


@dataclass
class Arxiv:
    """A stand-in on this machine for both of arXiv's addresses, and what it was asked."""

    url: str = ""
    asked: list[str] = field(default_factory=list)

    def fetch(self, issue: str, source: Source = SOURCE, base_url: str = "") -> list[Fetched]:
        policy = Policy("paperhouse-test/1", max_tries=1)
        session, still = open_session(policy), FakeTime()
        fetcher = Fetcher(
            source,
            base_url or self.url,
            policy,
            session,
            lambda _: None,
            sleep=still.sleep,
            monotonic=still.monotonic,
        )
        session.mount(self.url, HTTPAdapter())  # the source's own second address is here too
        return fetcher.fetch(IssueRef.parse(issue)) or []


@pytest.fixture
def arxiv() -> Iterator[Arxiv]:
    state = Arxiv()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            parts = urlsplit(self.path)
            kind, content = "application/rss+xml; charset=utf-8", rss(rss_item())
            if parts.path == "/api/query":
                start = int(parse_qs(parts.query)["start"][0])
                kind = "application/atom+xml; charset=UTF-8"
                entries = [
                    query_entry(f"2611.{n:05}v1") for n in range(start, min(start + 200, N_FOUND))
                ]
                content = query(*entries, found=N_FOUND, start=start)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield state
        server.shutdown()


def test_a_category_is_asked_for_as_its_feed(arxiv: Arxiv) -> None:
    [page] = arxiv.fetch("arxiv:cs.CL:2026-11-20")
    assert (arxiv.asked, page.format, page.content) == (["/rss/cs.CL"], "rss", rss(rss_item()))


def test_an_answer_of_several_pages_is_fetched_to_its_end(arxiv: Arxiv) -> None:
    pages = arxiv.fetch("arxiv:query:cat:cs.CL+AND+ti:lists")
    records = [r for page in pages for r in SOURCE.format(page.format).parse(page.content).records]
    assert len({record.arxiv_id for record in records}) == N_FOUND
    questions = [parse_qs(urlsplit(path).query) for path in arxiv.asked]
    assert [question["start"] for question in questions] == [["0"], ["200"], ["400"]]
    assert {question["search_query"][0] for question in questions} == {"cat:cs.CL AND ti:lists"}


def test_the_api_has_an_address_of_its_own_unless_the_operator_named_one(arxiv: Arxiv) -> None:
    asked = replace(
        SOURCE.request(IssueRef.parse("arxiv:query:all:lists")),  # type: ignore[misc]
        base_url=arxiv.url,
    )
    elsewhere = replace(SOURCE, base_url="http://127.0.0.1:9", request=lambda _: asked)
    assert len(arxiv.fetch("arxiv:query:all:lists", elsewhere, "http://127.0.0.1:9")) == 3
    assert asked.base_url != SOURCE.base_url
    arxiv.asked.clear()
    assert len(arxiv.fetch("arxiv:query:all:lists")) == 3  # of arxiv.url, not export.arxiv.org


def test_arxiv_allows_one_request_in_three_seconds() -> None:
    assert SOURCE.min_interval_s == 3
