"""A fetcher at the loopback replica whose waits take no time, and rules that refuse requests."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.errors import FetchError
from tasks.http.client import Attempt, Fetched, Fetcher, Policy, open_session
from tasks.parse.model import IssueRef
from tasks.sources import sources
from tests.replica.inside import Inside
from tests.support.clocks import FakeTime

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


def refusal(status: int = 429, **rule: Any) -> dict[str, Any]:
    """A rule that refuses; `wait` is what it says in `Retry-After`."""
    wait = rule.pop("wait", None)
    headers = JSON | ({} if wait is None else {"Retry-After": wait})
    return {"path": API, "fault": "status", "status": status, "headers": headers} | rule
