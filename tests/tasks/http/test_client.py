"""Fetching from a real server on loopback: patient where told to be, bounded, honest.

One replica serves all tests; each uses a day of its own, so that faults and counts do not mix.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tasks.errors import (
    FetchError,
    ForbiddenAddress,
    NotPublished,
    RateLimited,
    Unreachable,
    UnusableAnswer,
)
from tasks.http.client import Attempt, Fetched, Fetcher, Policy, open_session
from tasks.parse.model import IssueRef
from tasks.sources import sources
from tests.replica.process import Replica, running_replica
from tests.support.bodies import item
from tests.support.clocks import FakeTime
from tests.support.folders import SAMPLE

API = "/api/daily_papers"
PLAIN, PAGED = "2026-11-03", "2026-11-05"
JSON = {"Content-Type": "application/json"}
NOW = datetime(2026, 11, 14, 12, tzinfo=UTC)


def fault(day: str, times: int | None = None, **how: Any) -> dict[str, Any]:
    """A rule about one day; `times` None is always."""
    rule = {"path": API, "query": {"date": day}} | how
    return rule if times is None else rule | {"times": times}


def answers(day: str, status: int, times: int | None = None, **headers: str) -> dict[str, Any]:
    """A status other than the site's, with headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return fault(day, times, fault="status", status=status, headers=JSON | named)


LIMITED, LIMITED_LONG, LIMITED_DATE = "2026-10-26", "2026-10-27", "2026-10-28"
LIMITED_ODDLY, FAILING, DOWN, RESET = "2026-10-29", "2026-10-30", "2026-11-02", "2026-11-04"
CUT, CUT_ALWAYS, HTML, MOVED = "2026-11-06", "2026-11-09", "2026-11-10", "2026-11-11"
GARBLED, ELSEWHERE, GONE = "2026-11-12", "2026-11-13", "2026-10-01"
SCRIPT = [
    answers(LIMITED, 429, 2, Retry_After="7"),
    answers(LIMITED_LONG, 429, Retry_After="3600"),
    answers(LIMITED_DATE, 503, 1, Retry_After="Sat, 14 Nov 2026 12:00:30 GMT"),
    answers(LIMITED_ODDLY, 429, 1, Retry_After="soon"),
    answers(FAILING, 503, 2),
    answers(DOWN, 502),
    fault(RESET, 1, fault="reset"),
    fault(CUT, 2, fault="truncate"),
    fault(CUT_ALWAYS, fault="truncate"),
    fault(HTML, fault="status", status=200, body="<p>", headers={"Content-Type": "text/html"}),
    answers(MOVED, 302, Location="/api/daily_papers?date=2026-11-03"),
    fault(
        GARBLED,
        fault="status",
        status=200,
        body="not gzip",
        headers=JSON | {"Content-Encoding": "gzip"},
    ),
    answers(ELSEWHERE, 200, Link='<http://elsewhere.example/2>; rel="next"') | {"body": "[]"},
    answers(GONE, 404),
]


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with running_replica(SAMPLE, date(2026, 11, 14), script=SCRIPT) as running:
        yield running


@dataclass
class Fetching:
    """A fetcher whose pauses and attempts are written down; it never really waits."""

    replica: Replica
    policy: Policy
    token: str | None = None
    time: FakeTime = field(default_factory=FakeTime)
    attempts: list[Attempt] = field(default_factory=list)

    def fetch(self, day: str, validators: dict[str, str] | None = None) -> list[Fetched] | None:
        fetcher = Fetcher(
            sources()["huggingface"],
            self.replica.url,
            self.policy,
            open_session(self.policy, self.token),
            self.attempts.append,
            now=lambda: NOW,
            sleep=self.time.sleep,
            monotonic=self.time.monotonic,
        )
        return fetcher.fetch(IssueRef("huggingface", "daily", day), validators)

    @property
    def pauses(self) -> list[float]:
        return self.time.pauses

    def fails(self, day: str, error: type[FetchError]) -> str:
        with pytest.raises(error) as caught:
            self.fetch(day)
        assert type(caught.value) is error
        return str(caught.value)

    def logged(self, day: str) -> list[dict[str, Any]]:
        """The replica's own account of what was asked for a day."""
        return [r for r in self.replica.requests() if f"date={day}" in r["path"]]


@pytest.fixture
def fetching(replica: Replica) -> Fetching:
    return Fetching(replica, Policy("paperhouse-test/1 (https://example.org)", read_timeout_s=5))


def sample(day: str) -> bytes:
    return (SAMPLE / f"huggingface/api/{day}.json").read_bytes()


def test_an_issue_comes_as_the_very_bytes_and_asks_as_itself(fetching: Fetching) -> None:
    pages = fetching.fetch(PLAIN)
    assert pages is not None
    assert [page.content for page in pages] == [sample(PLAIN)]
    assert pages[0].format == "api"
    [seen] = fetching.logged(PLAIN)[-1:]
    assert seen["headers"]["user-agent"] == "paperhouse-test/1 (https://example.org)"
    assert seen["headers"]["accept"] == "application/json"
    assert "limit=100" in seen["path"]
    assert fetching.pauses == []


@pytest.mark.parametrize("status_and_pauses", [(LIMITED, [7, 7]), (LIMITED_DATE, [30])])
def test_a_wait_the_server_asks_for_is_kept(
    fetching: Fetching, status_and_pauses: tuple[str, list[float]]
) -> None:
    day, pauses = status_and_pauses
    assert fetching.fetch(day)
    assert fetching.pauses == pauses
    assert len(fetching.logged(day)) == len(fetching.attempts) == len(pauses) + 1


def test_too_long_a_wait_ends_at_once_as_rate_limited(fetching: Fetching) -> None:
    message = fetching.fails(LIMITED_LONG, RateLimited)
    assert "3600" in message
    assert fetching.pauses == []
    assert len(fetching.logged(LIMITED_LONG)) == 1


def test_a_wait_nobody_can_read_is_an_ordinary_pause(fetching: Fetching) -> None:
    assert fetching.fetch(LIMITED_ODDLY)
    assert len(fetching.pauses) == 1


def test_server_errors_that_pass_are_waited_out_with_bounded_pauses(fetching: Fetching) -> None:
    assert fetching.fetch(FAILING)
    assert [a.status for a in fetching.attempts] == [503, 503, 200]
    assert [a.attempt for a in fetching.attempts] == [1, 2, 3]
    assert all(0 <= pause <= fetching.policy.max_wait_s for pause in fetching.pauses)
    assert len(fetching.logged(FAILING)) == 3


@pytest.mark.parametrize("day", [DOWN, CUT_ALWAYS])
def test_a_failure_that_does_not_pass_is_given_up_after_the_tries_allowed(
    fetching: Fetching, day: str
) -> None:
    fetching.fails(day, Unreachable)
    assert len(fetching.logged(day)) == len(fetching.attempts) == fetching.policy.max_tries == 4
    assert len(fetching.pauses) == 3
    assert all(a.payload_sha256 is None for a in fetching.attempts)


@pytest.mark.parametrize(("day", "statuses"), [(RESET, [None, 200]), (CUT, [200, 200, 200])])
def test_a_connection_that_breaks_is_tried_again_and_half_a_body_is_never_kept(
    fetching: Fetching, day: str, statuses: list[int | None]
) -> None:
    pages = fetching.fetch(day)
    assert pages is not None
    assert [page.content for page in pages] == [sample(day)]
    assert [a.status for a in fetching.attempts] == statuses
    assert [a.n_bytes for a in fetching.attempts[:-1]] == [None] * (len(statuses) - 1)
    assert all(a.error for a in fetching.attempts[:-1])
    assert (fetching.attempts[-1].error, fetching.attempts[-1].n_bytes) == (None, len(sample(day)))
    assert len(fetching.logged(day)) == len(statuses)


@pytest.mark.parametrize("day", ["2026-11-16", GONE])
def test_what_the_server_does_not_have_is_not_published_and_not_asked_again(
    fetching: Fetching, day: str
) -> None:
    fetching.fails(day, NotPublished)
    assert len(fetching.logged(day)) == len(fetching.attempts) == 1


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param(HTML, "text/html, not application/json", id="HTML"),
        pytest.param(GARBLED, "cannot be unpacked", id="broken compression"),
    ],
)
def test_an_answer_that_must_not_be_kept_is_unusable_and_not_asked_again(
    fetching: Fetching, day: str, said: str
) -> None:
    before = len(fetching.replica.requests())
    assert said in fetching.fails(day, UnusableAnswer)
    assert len(fetching.replica.requests()) == before + 1
    [attempt] = fetching.attempts
    assert attempt.error
    assert said in attempt.error


def test_a_next_page_elsewhere_is_not_asked_for(fetching: Fetching) -> None:
    assert "another server" in fetching.fails(ELSEWHERE, ForbiddenAddress)
    assert len(fetching.logged(ELSEWHERE)) == len(fetching.attempts) == 1


def test_an_issue_that_has_moved_on_the_same_server_is_followed(fetching: Fetching) -> None:
    pages = fetching.fetch(MOVED)
    assert pages is not None
    assert [page.content for page in pages] == [sample(PLAIN)]
    assert [a.status for a in fetching.attempts] == [302, 200]


def test_a_body_beyond_the_cap_is_not_read_to_its_end(fetching: Fetching) -> None:
    fetching.policy = Policy("test", max_bytes=1_000)
    assert "more than 1,000 bytes" in fetching.fails(PLAIN, UnusableAnswer)
    assert fetching.attempts[0].payload_sha256 is None


def test_an_issue_as_it_was_gives_nothing(fetching: Fetching) -> None:
    pages = fetching.fetch(PLAIN)
    assert pages is not None
    assert fetching.fetch(PLAIN, pages[0].headers) is None
    assert [a.status for a in fetching.attempts] == [200, 304]
    assert fetching.logged(PLAIN)[-1]["headers"]["if-none-match"] == pages[0].headers["ETag"]
    assert fetching.fetch(PLAIN, {"ETag": '"another"'}) is not None


def test_a_token_goes_into_the_header_and_nowhere_else(fetching: Fetching) -> None:
    fetching.token = "secret-token"  # noqa: S105 - made up
    pages = fetching.fetch(PAGED)
    assert fetching.logged(PAGED)[-1]["headers"]["authorization"] is True
    assert "secret-token" not in repr(fetching.attempts) + repr(pages)
    assert fetching.logged(PLAIN)[0]["headers"]["authorization"] is False


def test_pages_are_followed_through_the_link_header_to_the_last(
    fetching: Fetching, tmp_path: Any
) -> None:
    folder = tmp_path / "huggingface" / "api"
    folder.mkdir(parents=True)
    rows = [item(id=f"2611.{number:05}") for number in range(250)]
    (folder / f"{PLAIN}.json").write_text(json.dumps(rows))
    with running_replica(tmp_path, date(2026, 11, 14)) as busy:
        fetching.replica = busy
        pages = fetching.fetch(PLAIN)
        assert pages is not None
        assert [row for page in pages for row in json.loads(page.content)] == rows
        assert len(busy.requests()) == len(pages) == len(fetching.attempts) == 3
        fetching.policy = Policy("test", max_pages=2)
        assert "more than 2 pages" in fetching.fails(PLAIN, UnusableAnswer)
