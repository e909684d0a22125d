"""What a source asks of us is done: its waits, its pace, one connection.

A replica on loopback counts and times the requests; the client's clock is moved by the tests, but
for one that measures the real pace.
"""

import re

import pytest

from tasks.errors import NotPublished, RateLimited, Unreachable
from tasks.http.client import Fetcher, Policy, open_session
from tasks.parse.model import IssueRef
from tasks.sources import sources
from tests.replica.inside import Inside
from tests.support.clients import API, DAY, JSON, Client, refusal


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
        ("7", 500, [7], "asks to wait 7 s"),
        ("0.5", 502, [0.5], "asks to wait 0.5 s"),
        ("Sat, 14 Nov 2026 12:00:30 GMT", 504, [30], "asks to wait 30 s"),
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
@pytest.mark.parametrize("status", [502, 503])
def test_a_server_error_that_asks_for_no_wait_is_still_not_tried_again_at_once(
    replica: Inside, status: int, said: str
) -> None:
    client = Client(replica, max_per_s=5)
    replica.misbehave(refusal(status, wait=said))
    assert client.fails(Unreachable).endswith(f"answered {status}")
    assert len(replica.requests()) == 4
    assert len(client.time.pauses) == 3
    assert min(client.time.pauses) >= 0.19


@pytest.mark.parametrize("said", ["331", "330.5", "Sat, 14 Nov 2026 13:00:00 GMT", "9" * 30])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_wait_beyond_the_longest_ends_the_issue_and_keeps_the_host_unasked(
    replica: Inside, said: str, status: int
) -> None:
    client = Client(replica)
    replica.misbehave(refusal(status, wait=said))
    message = client.fails(RateLimited)
    assert re.search(r" asks to wait [0-9]+(\.5)? s$", message), message
    assert "asks for no requests for another" in client.fails(RateLimited, "2026-11-06")
    assert (client.waits, len(replica.requests())) == ([], 1)


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
