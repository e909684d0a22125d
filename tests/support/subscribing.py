"""A home whose pages have the form, served on loopback, and a visitor who fills it in."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from flows.digest.answer import answer_requests
from flows.digest.form import form_routes
from flows.digest.links import Links, signed_links
from flows.settings import Settings
from flows.settings.sections import DigestSettings, SiteSettings, SmtpSettings
from flows.site.server import serving
from tests.support.receivers import Mails, running_smtp
from warehouse.subscriber import Subscriber, Wishes
from warehouse.subscribers import Subscribers, open_subscribers

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
_LINK = re.compile(r"https?://\S+\.html\?t=\S+")
_PAGE = re.compile(r'name="page" value="([^"]+)"')


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Served:
    """The form of a home, at an address; mails are sent when a test says so."""

    settings: Settings
    url: str
    mails: Mails
    clock: Clock
    session: requests.Session = field(default_factory=requests.Session)

    @contextmanager
    def store(self) -> Iterator[Subscribers]:
        with open_subscribers(self.settings.warehouse().subscribers) as store:
            yield store

    def person(self, address: str) -> Subscriber | None:
        with self.store() as store:
            return store.find(address=address)

    def state(self, address: str) -> str | None:
        person = self.person(address)
        return person.state if person else None

    @property
    def links(self) -> Links:
        with self.store() as store:
            found = signed_links(store, self.settings, self.clock)
        assert found
        return found

    def get(self, url: str) -> requests.Response:
        return self.session.get(url, timeout=30)

    def post(
        self, url: str, headers: dict[str, str] | None = None, **fields: Any
    ) -> requests.Response:
        """Post the form of a page, with the token that the page has."""
        found = _PAGE.search(self.get(url).text)
        fields = {"page": found[1] if found else ""} | fields
        return self.session.post(url, data=fields, headers=headers, timeout=30)

    def subscribe(self, address: str, **fields: Any) -> requests.Response:
        return self.post(f"{self.url}subscribe.html", address=address, **fields)

    def answer(self) -> list[Any]:
        """Mail the answers that are due; gives the mails that came by it."""
        before = len(self.mails.received)
        answer_requests(self.settings, clock=self.clock, sleep=lambda _: None)
        return self.mails.received[before:]

    def become(self, address: str, state: str) -> Subscriber | None:
        """A person in a state, or without the person: `unknown`, `removed`."""
        if state == "unknown":
            return None
        with self.store() as store:
            added: Any = "active" if state == "removed" else state
            person = store.add(address, Wishes(), state=added, origin="test", now=self.clock())
            if state == "removed":
                store.remove(person, now=self.clock())
                return None
            return person


def link_in(mail: Any) -> str:
    """The link that the text of a mail has."""
    found = _LINK.search(mail.get_body(("plain",)).get_content())
    assert found
    return found[0]


def settings_for(home: Path, mails: Mails, port: int, **digest: Any) -> Settings:
    """The settings of a home whose pages are served on a port and whose mails go to a server."""
    smtp = SmtpSettings(host="127.0.0.1", port=urlsplit(mails.url).port, security="none")
    return Settings(
        home=home,
        site=SiteSettings(port=port, url=f"http://127.0.0.1:{port}/"),
        digest=DigestSettings(
            sender="Daily papers <digest@example.org>",
            smtp=smtp,
            mails_per_minute=100_000,
            **digest,
        ),
    )


@contextmanager
def served(home: Path, clock: Clock | None = None, **digest: Any) -> Iterator[Served]:
    """Serve the form of a home for the time of a block."""
    clock = clock or Clock()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running_smtp() as mails:
        settings = settings_for(home, mails, port, **digest)
        home.mkdir(parents=True, exist_ok=True)
        with serving(settings, form_routes(settings, clock=clock)) as url:
            yield Served(settings, url, mails, clock)
