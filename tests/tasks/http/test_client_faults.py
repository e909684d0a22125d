"""Every fault of the replica, against every source that is fetched: each ends in the right type,
after a bounded number of requests that the server itself has counted.

To put a source in, add its line to `GOOD`: the id of an issue and a good body of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from requests.adapters import HTTPAdapter

from tasks.errors import (
    FetchError,
    ForbiddenAddress,
    RateLimited,
    Unreachable,
    UnusableAnswer,
)
from tasks.http.client import Attempt, Fetched, Fetcher, Policy, open_session
from tasks.parse.model import IssueRef
from tasks.sources import Source, sources
from tests.replica.bodies import Bodies
from tests.replica.faults import Script, packed_blanks
from tests.replica.inside import Inside, replica_inside
from tests.replica.paths import SavedPath
from tests.support.arxiv_bodies import rss, rss_item
from tests.support.clocks import FakeTime
from tests.support.folders import SAMPLE
from tests.support.told import untold

GOOD = {
    "huggingface": (
        "huggingface:daily:2026-11-06",
        (SAMPLE / "huggingface" / "api" / "2026-11-06.json").read_bytes(),
    ),
    "arxiv": ("arxiv:cs.CL:2026-11-20", rss(rss_item())),
}
FETCHED = [source.name for source in sources().values() if source.request is not None]
POLICY = Policy("paperhouse-test/1", read_timeout_s=0.1, max_bytes=4 * 1024 * 1024)
STILL_S = 0.3
"""How long a silent server is silent: longer than the policy waits."""


def status(number: int, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"fault": "status", "status": number, "headers": named}


@dataclass(frozen=True)
class Ends:
    """How a fault ends that does not pass: the error, after how many requests, and whether the
    body is kept as evidence. `pauses` are what the server asked for."""

    fault: dict[str, Any]
    error: type[FetchError]
    n_requests: int
    is_evidence: bool = False
    pauses: tuple[float, ...] | None = None


LASTING = {
    "429 with Retry-After": Ends(status(429, Retry_After="7"), RateLimited, 4, pauses=(7, 7, 7)),
    "429 for an hour": Ends(status(429, Retry_After="3600"), RateLimited, 1, pauses=()),
    "429 without Retry-After": Ends(status(429), RateLimited, 4),
    "503": Ends(status(503), Unreachable, 4),
    "reset": Ends({"fault": "reset"}, Unreachable, 4),
    "slow first byte": Ends({"fault": "slow", "seconds": STILL_S}, Unreachable, 4),
    "stalled body": Ends({"fault": "stall", "seconds": STILL_S}, Unreachable, 4),
    "truncated body": Ends({"fault": "truncate"}, Unreachable, 4),
    "body cut short": Ends({"fault": "cut"}, UnusableAnswer, 2, is_evidence=True),
    "a web page": Ends({"fault": "html"}, UnusableAnswer, 1, is_evidence=True),
    "empty body": Ends({"fault": "empty"}, UnusableAnswer, 2, is_evidence=True),
    "wrong content type": Ends({"fault": "mistyped"}, UnusableAnswer, 1, is_evidence=True),
    "gzip bomb": Ends({"fault": "bomb", "megabytes": 64}, UnusableAnswer, 1),
    "to another host": Ends(
        {"fault": "redirect", "to": "https://elsewhere.example/list"}, ForbiddenAddress, 1
    ),
    "to a private address": Ends(
        {"fault": "redirect", "to": "http://10.0.0.1/list"}, ForbiddenAddress, 1
    ),
    "to this machine": Ends(
        {"fault": "redirect", "to": "http://127.0.0.1:9/list"}, ForbiddenAddress, 1
    ),
    "to a file": Ends({"fault": "redirect", "to": "file:///etc/hostname"}, ForbiddenAddress, 1),
    "in circles": Ends({"fault": "redirect", "to": "?"}, UnusableAnswer, 4),
}
PASSING = [
    *("429 with Retry-After", "429 without Retry-After", "503", "reset", "slow first byte"),
    *("stalled body", "truncated body", "body cut short", "empty body", "in circles"),
]


@dataclass
class Asked:
    """One issue of one source, asked for at the replica; nothing really waits."""

    source: Source
    replica: Inside

    def __post_init__(self) -> None:
        issue_id, self.content = GOOD[self.source.name]
        self.issue = IssueRef.parse(issue_id)
        assert self.source.request is not None
        self.request = self.source.request(self.issue)
        accepted = self.request.accept.partition(",")[0]
        file = self.replica.log.with_name("good-body")
        file.write_bytes(self.content)
        self.replica.change(paths=[SavedPath(self.request.path, file, accepted)])
        self.replica.forget()
        self.time = FakeTime()
        self.attempts: list[Attempt] = []
        self.fetcher = Fetcher(
            self.source,
            self.replica.url,
            POLICY,
            open_session(POLICY),
            self.attempts.append,
            now=lambda: datetime(2026, 11, 14, 12, tzinfo=UTC),
            sleep=self.time.sleep,
            monotonic=self.time.monotonic,
        )

    def suffer(self, fault: dict[str, Any], times: int | None = None) -> None:
        self.replica.misbehave({"path": self.request.path, "times": times, **fault})

    def fetch(self) -> list[Fetched] | None:
        with self.fetcher.session:
            return self.fetcher.fetch(self.issue)

    @property
    def asked_pauses(self) -> list[float]:
        """Pauses beyond the interval the source keeps anyway."""
        return [pause for pause in self.time.pauses if pause > self.source.min_interval_s]


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    log = tmp_path_factory.mktemp("replica") / "requests.jsonl"
    packed_blanks(LASTING["gzip bomb"].fault["megabytes"])  # making them may take longer than a try
    with replica_inside(Bodies(SAMPLE), date(2026, 11, 14), log) as running:
        yield running


@pytest.fixture(params=FETCHED)
def asked(request: pytest.FixtureRequest, replica: Inside) -> Asked:
    return Asked(sources()[request.param], replica)


def test_every_source_that_is_fetched_is_tried() -> None:
    assert sorted(GOOD) == sorted(FETCHED)


@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_lasts_ends_in_its_type_after_a_bounded_number_of_requests(
    asked: Asked, name: str
) -> None:
    ends = LASTING[name]
    asked.suffer(ends.fault)
    with pytest.raises(FetchError) as caught:
        asked.fetch()
    assert type(caught.value) is ends.error
    assert len(asked.replica.requests()) == len(asked.attempts) == ends.n_requests
    content = getattr(caught.value, "content", None)
    assert (content is not None) == ends.is_evidence
    if ends.pauses is not None:
        assert asked.asked_pauses == list(ends.pauses)
    assert sum(asked.time.pauses) < POLICY.max_total_s


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_is_overcome_and_the_body_is_whole(asked: Asked, name: str) -> None:
    asked.suffer(LASTING[name].fault, times=1)
    pages = asked.fetch()
    assert pages is not None
    assert [page.content for page in pages] == [asked.content]
    assert len(asked.replica.requests()) == len(asked.attempts) == 2
    if name == "429 with Retry-After":
        assert asked.asked_pauses == [7]


def test_a_dead_host_costs_a_bounded_number_of_requests_however_much_is_due(
    asked: Asked,
) -> None:
    asked.suffer({"fault": "reset"})
    said = []
    for _ in range(30):
        with pytest.raises(Unreachable) as caught:
            asked.fetcher.fetch(asked.issue)
        said.append(str(caught.value))
    assert len(asked.replica.requests()) == POLICY.max_failures == 8
    assert [untold(text, "breaker", "8 failures") for text in said[3:]] == [[]] * 27
    assert sum(asked.time.pauses) < 60


def test_a_host_that_answers_now_and_then_is_not_given_up(asked: Asked) -> None:
    for _ in range(4):
        asked.suffer({"fault": "reset"}, times=3)
        assert asked.fetcher.fetch(asked.issue) is not None
    assert len(asked.replica.requests()) == 16
    asked.fetcher.session.close()


def test_a_body_that_trickles_in_is_given_up_in_time(asked: Asked) -> None:
    policy = Policy("test", max_tries=1, max_body_s=0.2)
    asked.suffer({"fault": "drip", "seconds": 0.01})
    attempts: list[Attempt] = []
    with open_session(policy) as session:
        fetcher = Fetcher(asked.source, asked.replica.url, policy, session, attempts.append)
        with pytest.raises(Unreachable, match=r"0\.2 s"):
            fetcher.fetch(asked.issue)
    assert 0.2 < attempts[0].duration_s < 2


def test_a_name_that_leads_to_a_private_machine_is_refused_before_anything_is_sent(
    asked: Asked, tmp_path: Path
) -> None:
    policy = Policy("test", max_tries=1)
    elsewhere = asked.replica.url.replace("127.0.0.1", "localhost")
    source = Source(
        **{**vars(asked.source), "hosts": ("localhost",), "base_url": "https://example.org"}
    )
    asked.suffer({"fault": "redirect", "to": f"{elsewhere}/private"})
    with open_session(policy) as session:
        fetcher = Fetcher(
            source, asked.replica.url, policy, session, lambda _: None, sleep=asked.time.sleep
        )
        with pytest.raises(ForbiddenAddress, match="a private address"):
            fetcher.fetch(asked.issue)
    assert [r["path"] for r in asked.replica.requests() if "private" in r["path"]] == []


def test_a_source_whose_own_name_leads_to_a_private_machine_is_refused(asked: Asked) -> None:
    source = Source(**{**vars(asked.source), "base_url": asked.replica.url})
    with open_session(POLICY) as session:
        fetcher = Fetcher(source, asked.replica.url, POLICY, session, lambda _: None)
        with pytest.raises(ForbiddenAddress, match="`base_url`"):
            fetcher.fetch(asked.issue)
    assert asked.replica.requests() == []


def test_a_page_of_cards_that_is_cut_short_is_not_taken_for_a_shorter_list(
    replica: Inside, tmp_path: Path
) -> None:
    cards = (SAMPLE / "huggingface/html/2026-11-12-cards-only.html").read_bytes()
    file = tmp_path / "cards.html"
    file.write_bytes(cards[: len(cards) // 2])
    source = sources()["huggingface"]
    assert len(source.format("page").parse(file.read_bytes()).records) > 3
    issue = IssueRef.parse("huggingface:daily:2026-11-12")
    assert source.request is not None
    page = source.request(issue).otherwise
    assert page is not None
    replica.change(paths=[SavedPath(page.path, file, "text/html")], script=Script([]))
    with open_session(POLICY) as session:
        fetcher = Fetcher(
            source, replica.url, POLICY, session, lambda _: None, sleep=FakeTime().sleep
        )
        with pytest.raises(UnusableAnswer, match="cut short"):
            fetcher.fetch(issue, request=page)


def test_a_source_that_wants_an_hour_is_not_asked_for_the_next_issue_either(asked: Asked) -> None:
    asked.suffer(LASTING["429 for an hour"].fault)
    for _ in range(5):
        with pytest.raises(RateLimited, match="3600"):
            asked.fetcher.fetch(asked.issue)
    assert len(asked.replica.requests()) == 1
    asked.fetcher.session.close()


def test_a_token_and_cookies_stay_with_the_server_they_are_of(asked: Asked, tmp_path: Path) -> None:
    source = Source(**{**vars(asked.source), "hosts": ("127.0.0.1",)})
    log = tmp_path / "requests.jsonl"
    with (
        replica_inside(Bodies(SAMPLE), date(2026, 11, 14), log) as other,
        open_session(POLICY, "secret-token") as session,
    ):
        other.change(paths=asked.replica.server.service.paths)
        # the test's second server is on this machine too, which only its own source may be
        session.mount(f"{other.url}/", HTTPAdapter())
        moved = {"Location": f"{other.url}{asked.request.path}", "Set-Cookie": "id=1; Path=/"}
        asked.suffer({"fault": "status", "status": 302, "headers": moved})
        fetcher = Fetcher(
            source, asked.replica.url, POLICY, session, lambda _: None, sleep=asked.time.sleep
        )
        assert fetcher.fetch(asked.issue) is not None
        assert [r["headers"]["authorization"] for r in other.requests()] == [False]
        assert len(session.cookies) == 0
    assert [r["headers"]["authorization"] for r in asked.replica.requests()] == [True]
