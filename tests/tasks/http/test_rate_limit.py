"""A source is never asked faster than it wants, nor more than its quota."""

from datetime import UTC, datetime

import pytest

from tasks.http.rate_limit import Allowance, Limiter, allowance_in, asked_wait_s
from tests.support.clocks import FakeTime

NOW = datetime(2026, 11, 14, 12, tzinfo=UTC)
POLICY = '"fixed window";"api";q=10;w=60'


def limiter(time: FakeTime, min_interval_s: float = 0.0) -> Limiter:
    return Limiter(min_interval_s, time.monotonic, time.sleep)


def test_requests_keep_the_least_interval_whatever_their_bucket() -> None:
    time = FakeTime()
    pace = limiter(time, 3.0)
    for bucket in ("api", "api", "pages"):
        pace.take(bucket)
        time.seconds += 1  # the answer takes a second
    assert time.pauses == [2, 2]


@pytest.mark.parametrize("n_requests", [25, 200])
@pytest.mark.parametrize("answer_s", [0.0, 0.5, 7.0])
def test_however_much_is_asked_no_window_is_overdrawn(n_requests: int, answer_s: float) -> None:
    time, quota, window_s = FakeTime(), 10, 60.0
    pace = limiter(time)
    opened_at, used, most = time.seconds, 0, 0
    for _ in range(n_requests):
        pace.take("api")
        if time.seconds >= opened_at + window_s:
            opened_at, used = time.seconds, 0
        used += 1
        most = max(most, used)
        reset_s = int(opened_at + window_s - time.seconds) + 1
        time.seconds += answer_s
        pace.learn(
            "api",
            {"RateLimit": f'"api";r={quota - used};t={reset_s}', "RateLimit-Policy": POLICY},
        )
    assert most < quota
    assert time.seconds - 1000 < 1.3 * n_requests * max(answer_s, window_s / (quota - 1)) + window_s


def test_while_most_of_the_quota_is_left_nothing_waits() -> None:
    time = FakeTime()
    pace = limiter(time)
    pace.learn("api", {"RateLimit": '"api";r=499;t=300', "RateLimit-Policy": "q=500;w=300"})
    assert pace.wait_s("api") == 0


def test_a_quota_without_its_size_is_spread_from_the_start() -> None:
    assert Allowance(left=31, seconds=60).interval_s == 2
    assert Allowance(left=0, seconds=60).interval_s == 60


def test_one_bucket_does_not_wait_for_another() -> None:
    time = FakeTime()
    pace = limiter(time)
    pace.pause("api", 30)
    assert (pace.wait_s("api"), pace.wait_s("pages")) == (30, 0)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('"api";r=7;t=30', Allowance(7, 30.0, 10)),
        ('"api"; t=30; r=7', Allowance(7, 30.0, 10)),
        ('"day";r=900;t=80000, "api";r=3;t=300', Allowance(3, 300.0, 10)),
        ("", None),
        ("soon", None),
        ('"api";r=-1;t=x', None),
        (f'"api";r={"9" * 5000};t=1', None),
    ],
)
def test_the_tightest_allowance_is_read_and_nonsense_is_not(
    header: str, found: Allowance | None
) -> None:
    assert allowance_in({"RateLimit": header, "RateLimit-Policy": POLICY}) == found


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "7", "RateLimit": '"api";r=0;t=30'}, 7),
        ({"Retry-After": "Sat, 14 Nov 2026 12:00:30 GMT"}, 30),
        ({"Retry-After": "Sat, 14 Nov 2026 11:00:30 GMT"}, 0),
        ({"Retry-After": "soon", "RateLimit": '"api";r=0;t=30'}, 30),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "²"}, None),
        ({}, None),
    ],
)
def test_what_a_refusal_asks_to_wait(headers: dict[str, str], wait_s: float | None) -> None:
    assert asked_wait_s(headers, NOW) == wait_s
