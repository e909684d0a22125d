"""A warehouse whose digest goes out by mail: people, a relay on loopback, and a clock."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.digest.report import DigestReport
from flows.digest.send import send_due
from flows.settings import Settings
from tests.support.relay import RelayServer
from warehouse.mails import Mail, Mails
from warehouse.subscriber import Subscriber, Wishes
from warehouse.subscribers import Subscribers, open_subscribers

THURSDAY = datetime(2026, 11, 12, 6, 30, tzinfo=UTC)
"""Half an hour before the mails about Wednesday, 11 November 2026, are due at 7:00 UTC."""


@dataclass
class Post:
    """A home, its relay, and the time, which stands still until it is set."""

    home: Path
    server: RelayServer
    now: datetime
    more: dict[str, Any] = field(default_factory=dict)
    """Further settings of `[digest]`."""
    slept_s: list[float] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(
            {
                "home": self.home,
                "site": {"url": "https://papers.example/"},
                "digest": self.server.settings() | {"mails_per_minute": 100_000} | self.more,
            }
        )

    def send(self, **wait: timedelta) -> DigestReport:
        """One run that sends what is due, after a pause."""
        self.now += wait.get("after", timedelta())
        return send_due(
            self.settings,
            clock=lambda: self.now,
            sleep=self.slept_s.append,
            monotonic=lambda: sum(self.slept_s),
        )

    @contextmanager
    def people(self) -> Iterator[Subscribers]:
        with open_subscribers(self.settings.warehouse().subscribers) as store:
            yield store

    def add(self, *addresses: str, **wishes: Any) -> list[Subscriber]:
        """Add active people with the same wishes."""
        with self.people() as store:
            return [
                store.add(a, Wishes(**wishes), state="active", origin="test", now=self.now)
                for a in addresses
            ]

    def mails(self) -> list[Mail]:
        with self.people() as store:
            return Mails(store).where("true")

    def states(self) -> list[str]:
        return sorted(mail.state for mail in self.mails())

    def delivered(self) -> Counter[str]:
        """How many mails the relay took, by address."""
        return Counter(got.address for got in self.server.delivered)


def copied(home: Path, to: Path) -> Path:
    """A home of its own with what is published, which is all that mails need."""
    to.mkdir(parents=True)
    shutil.copy(home / "warehouse.duckdb", to)
    return to


def addresses(n: int) -> Sequence[str]:
    return [f"reader-{number:03}@mail.example" for number in range(n)]


def doing(answer: str, *, at: str, to: str = "", times: int = 10**9) -> Callable[..., str | None]:
    """A relay that gives an answer at a point, so many times, for one address or for all."""
    left = [times]

    def script(point: str, address: str) -> str | None:
        if point != at or (to and address != to) or left[0] == 0:
            return None
        left[0] -= 1
        return answer

    return script
