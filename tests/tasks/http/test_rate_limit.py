"""A source is never asked faster than it wants, nor more than its quota."""

from datetime import UTC, datetime

import pytest

from tasks.http.rate_limit import (
    Allowance,
    Limiter,
    Pace,
    allowance_in,
    asked_wait_s,
    in_seconds,
)
from tests.support.clocks import FakeTime

NOW = datetime(2026, 11, 14, 12, tzinfo=UTC)
HOST = "digest.example"
POLICY = '"fixed window";"api";q=10;w=60'


def limiter(time: FakeTime, min_interval_s: float = 0.0, *, max_per_s: float = 1000.0) -> Limiter:
    pace = Pace(max_per_s, time.monotonic)
    return Limiter(min_interval_s, time.monotonic, time.sleep, pace)


def test_requests_keep_the_least_interval_whatever_their_bucket() -> None:
    time = FakeTime()
    pace = limiter(time, 3.0)
    for bucket in ("api", "api", "pages"):
        pace.take(HOST, bucket)
        time.seconds += 1  # the answer takes a second
    assert time.pauses == [2, 2]


@pytest.mark.parametrize("n_requests", [25, 200])
@pytest.mark.parametrize("answer_s", [0.0, 0.5, 7.0])
def test_however_much_is_asked_no_window_is_overdrawn(n_requests: int, answer_s: float) -> None:
    time, quota, window_s = FakeTime(), 10, 60.0
    pace = limiter(time)
    opened_at, used, most = time.seconds, 0, 0
    for _ in range(n_requests):
        pace.take(HOST, "api")
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
    assert pace.wait_s(HOST, "api") == 0


def test_a_quota_without_its_size_is_spread_from_the_start() -> None:
    assert Allowance(left=31, seconds=60).interval_s == 2
    assert Allowance(left=0, seconds=60).interval_s == 60


def test_one_bucket_does_not_wait_for_another() -> None:
    time = FakeTime()
    pace = limiter(time)
    pace.pause("api", 30)
    assert (pace.wait_s(HOST, "api"), pace.wait_s(HOST, "pages")) == (30, 0)


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
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "2."}, 2),
        ({"Retry-After": ".25"}, 0.25),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "9" * 5000}, 999_999_999),
        ({"Retry-After": "1e3"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "1,5"}, None),
        ({"Retry-After": "1.5.1"}, None),
        ({"Retry-After": "Saturday, 14-Nov-26 12:00:30 GMT"}, 30),
        ({"Retry-After": "Sat Nov 14 12:00:30 2026"}, 30),
        ({"Retry-After": "Sat, 14 Nov 2026 12:00:30"}, 30),
        ({"Retry-After": "Sat, 14 Nov 2026 12:00:30 -0000"}, 30),
        ({"Retry-After": "Sat, 14 Nov 2026 07:00:30 EST"}, 30),
        ({"Retry-After": "Sat, 14 Nov 2026 13:00:30 +0100"}, 30),
        ({"Retry-After": "Sat, 14 Nov 2026 12:00:30 NOWHERE"}, 30),
        ({"Retry-After": "Mon, 14 Nov 2026 12:00:30 GMT"}, 30),
        ({"Retry-After": "Sat, 31 Nov 2026 12:00:30 GMT"}, None),
        ({"Retry-After": "Sat, 14 Nov 2026 25:00:30 GMT"}, None),
        ({"Retry-After": "Sat, 14 Nov 2026 12:00:30 +9999"}, None),
        ({"Retry-After": "Sat, 14 Nov 99999999999 12:00:30 GMT", "RateLimit": "r=0;t=9"}, 9),
        ({"Retry-After": "2026-11-14T12:00:30Z"}, None),
        ({}, None),
    ],
)
def test_what_a_refusal_asks_to_wait(headers: dict[str, str], wait_s: float | None) -> None:
    assert asked_wait_s(headers, NOW) == wait_s


@pytest.mark.parametrize("max_per_s", [0.25, 1, 5, 7.5])
@pytest.mark.parametrize("on_the_way_s", [(0.0, 0.0), (0.3, 0.0), (0.0, 0.3), (0.4, 2.0)])
def test_a_host_never_sees_more_than_the_pace_however_long_requests_are_under_way(
    max_per_s: float, on_the_way_s: tuple[float, float]
) -> None:
    time = FakeTime()
    pace = limiter(time, max_per_s=max_per_s)
    arrived = []
    for number in range(40):
        pace.take(HOST, ("api", "pages")[number % 2])
        time.seconds += on_the_way_s[0] if number % 3 == 0 else 0  # a slow way there, now and then
        arrived.append(time.seconds)
        time.seconds += on_the_way_s[1] if number % 2 == 0 else 0
        pace.pace.answered(HOST)
    n = max(1, int(max_per_s))
    spans = [later - first for first, later in zip(arrived, arrived[n:], strict=False)]
    assert min(spans) >= n / max_per_s - 1e-6


def test_the_pace_is_each_hosts_own_and_shared_by_the_sources_that_ask_it() -> None:
    time = FakeTime()
    pace = Pace(5, time.monotonic)
    one, two = (Limiter(0.0, time.monotonic, time.sleep, pace) for _ in range(2))
    one.take(HOST, "api")
    pace.answered(HOST)
    assert two.wait_s(HOST, "feeds") == pytest.approx(0.2)
    assert two.wait_s("elsewhere.example", "feeds") == 0


def test_a_source_that_wants_a_slower_pace_gets_it() -> None:
    time = FakeTime()
    pace = limiter(time, 3.0, max_per_s=5)
    for _ in range(3):
        pace.take(HOST, "api")
        pace.pace.answered(HOST)
    assert time.pauses == [3, 3]


def test_the_wait_after_refusals_that_do_not_say_how_long_doubles_up_to_the_longest() -> None:
    pace = limiter(FakeTime())
    assert [pace.backoff_s("api", 10) for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    assert pace.backoff_s("pages", 10) == 1
    pace.granted("api")
    assert pace.backoff_s("api", 0) == 1  # never less than a second
    assert max(pace.backoff_s("api", 1e9) for _ in range(5000)) == 1e9


def test_waits_are_said_in_seconds() -> None:
    found = [in_seconds(seconds) for seconds in (0, 0.5, 7, 330.0, 1.25, 31_536_000, 2.5e11)]
    assert found == ["0 s", "0.5 s", "7 s", "330 s", "1.2 s", "31536000 s", "250000000000 s"]
