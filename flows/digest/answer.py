"""Answers what people asked for: mails a link to whoever an address belongs to.

The form only records requests (`warehouse/requests.py`); here it is decided what each one means.
New people, and those who stopped or whose server refused mails, get a link to confirm; who is
subscribed gets a link to the own page. Two processes may answer at once: a request is taken by one.
"""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flows.digest.links import Links, signed_links
from flows.digest.notices import notice
from flows.digest.relay import PASSWORD, Relay, RelayNotSet, open_relay
from flows.pipeline.run import utc_now
from flows.settings import Settings
from schemas.errors import PaperhouseError
from warehouse.requests import Limit, Request, Requests
from warehouse.subscriber import Subscriber, identity_of
from warehouse.subscribers import (
    AlreadySubscribed,
    SubscriberChanged,
    Subscribers,
    open_subscribers,
)

log = logging.getLogger("paperhouse")

PENDING_LIVES = timedelta(days=7)
"""Who does not confirm for so long is deleted."""
_MOST_PENDING = 5_000
_TO_AN_ADDRESS = Limit(per_hour=3, per_day=5)
"""So many answers one address gets, whoever asks."""
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
_LOOKS_EVERY_S = 3.0


def answer_requests(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], object] = time.sleep,
) -> int:
    """Mail the answers that are due, at the set pace, and remove who did not confirm; gives how
    many were mailed.

    Raises `RelayNotSet` if there is something to mail and no relay.
    """
    home, now = settings.warehouse(), clock()
    if not home.subscribers.exists():
        return 0
    with open_subscribers(home.subscribers) as store:
        requests = Requests(store)
        if abandoned := requests.drop_abandoned(now):
            log.warning("%s to the form may have been mailed or not: not repeated", abandoned)
        if store.count("pending"):
            store.expire_pending(now - PENDING_LIVES)
        requests.forget_counts(now)
        if not requests.n_waiting():
            return 0
        links = signed_links(store, settings, clock)
        if links is None:
            raise RelayNotSet("no link can be mailed: set site.url to where people find the pages")
        with open_relay(settings.digest, os.environ.get(PASSWORD)) as relay:
            return _Answers(settings, store, links, relay, clock).mail_all(sleep)


class _Answers:
    """One look at the requests, with everything open that it needs."""

    def __init__(
        self,
        settings: Settings,
        store: Subscribers,
        links: Links,
        relay: Relay,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._store, self._links = settings, store, links
        self._relay, self._clock = relay, clock
        self._requests = Requests(store)

    def mail_all(self, sleep: Callable[[float], object]) -> int:
        """Mail what is due until all is, or the relay fails, or `sleep` says that it was ended."""
        n_mailed = 0
        while request := self._requests.take(self._clock()):
            try:
                kind = self._answer(request)
            except (PaperhouseError, sqlite3.Error):
                raise
            except Exception as error:  # noqa: BLE001 - one request costs no other; it is told
                # the kind of the error only: its text may have what the mail is made of
                log.warning("a request of the form: %s", type(error).__name__)
                kind = "failed"
                self._try_later(request)
            n_mailed += kind == "sent"
            if kind == "relay_failed":
                break
            if kind == "sent" and sleep(60 / self._settings.digest.mails_per_minute):
                break
        return n_mailed

    def _answer(self, request: Request) -> str:
        is_first = request.n_tries == 0
        if is_first and not self._requests.is_within(
            _TO_AN_ADDRESS, "address", identity_of(request.address), self._clock()
        ):
            self._requests.finish(request)
            return "too often"
        try:
            with self._store.transaction():
                if not self._requests.is_there(request):
                    return "removed"
                person = self._person(request)
        except (
            SubscriberChanged,
            AlreadySubscribed,
        ):  # by the person, at this moment: the next look knows more
            self._requests.retry(request, self._clock())
            return "changed"
        if person is None:
            log.warning("%s people have not confirmed yet: no more are added", f"{_MOST_PENDING:,}")
            self._requests.finish(request)
            return "too many"
        return self._mail(request, person)

    def _person(self, request: Request) -> Subscriber | None:
        """Who is asked, with what was asked for; None if there is no room for one more."""
        now = self._clock()
        person = self._store.find(address=request.address)
        if person is None:
            if self._store.count("pending") >= _MOST_PENDING:
                return None
            return self._store.add(
                request.address, request.wishes, state="pending", origin=request.origin, now=now
            )
        if person.state in ("active", "paused"):
            return person
        return self._store.ask_again(person, request.wishes, now=now)

    def _mail(self, request: Request, person: Subscriber) -> str:
        is_there = person.state in ("active", "paused")
        message = notice(
            "there already" if is_there else "confirm",
            person,
            link=self._links.manage(person) if is_there else self._links.confirm(person),
            request=request,
            settings=self._settings,
            now=self._clock(),
        )
        outcome = self._relay.hand_over(
            message, person.address, before_body=lambda: self._requests.begin(request)
        )
        if outcome.kind in ("deferred", "relay_failed"):
            self._try_later(request)
        else:
            self._requests.finish(request)
        if outcome.kind != "sent":
            who = person.subscriber_id
            log.warning("the link to %s: %s (%s)", who, outcome.kind, outcome.code or "no answer")
        return outcome.kind

    def _try_later(self, request: Request) -> None:
        """Let a request wait, or give it up after some hours."""
        if request.n_tries < len(_WAITS):
            self._requests.retry(request, self._clock() + _WAITS[request.n_tries])
        else:
            self._requests.finish(request)


@contextmanager
def answering(settings: Settings, *, every_s: float = _LOOKS_EVERY_S) -> Iterator[None]:
    """Answer requests in a thread for the time of a block. A fault is told once and tried again."""
    stopping = threading.Event()

    def look() -> None:
        told = ""
        while not stopping.wait(every_s):
            try:
                answer_requests(settings, sleep=stopping.wait)
                told = ""
            except Exception as error:  # noqa: BLE001 - the pages go on; it is told
                # of others the kind only: their text may have what the mail is made of
                is_ours = isinstance(error, PaperhouseError)
                said = str(error) if is_ours else type(error).__name__
                if said != told:
                    log.warning("requests of the form cannot be answered now: %s", said)
                told = said

    thread = threading.Thread(target=look, daemon=True, name="answers to the form")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(10)
