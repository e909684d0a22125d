"""The links in mails: each is signed, says whom it is for, serves one purpose, and expires.

A link to confirm or to manage has the person's nonce in it, so it is void once the person's state
changed. A link to stop is not: it works from old mails, as long as the person is there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args

from itsdangerous import BadData, URLSafeSerializer

from flows.settings import Settings
from schemas.errors import UsageError
from warehouse.subscriber import Subscriber
from warehouse.subscribers import Subscribers

Purpose = Literal["confirm", "manage", "stop"]
LIVES: dict[Purpose, timedelta] = {
    "confirm": timedelta(days=2),
    "manage": timedelta(days=30),
    "stop": timedelta(days=400),
}
_TOKEN = re.compile(r"[\w.-]{1,400}", re.ASCII)
"""What a token can be; ours have about 110 characters. The library skips others."""


class LinkRefused(UsageError):
    """A link does not allow what it is used for."""


class LinkForged(LinkRefused):
    """The signature does not fit: the link is damaged or made up."""


class LinkForAnotherPurpose(LinkRefused):
    """The signature is right, but the link is for something else."""


class LinkExpired(LinkRefused):
    """The link is too old."""


class LinkVoid(LinkRefused):
    """The link was used, or the person changed since it was mailed, or is gone."""


def signer(key: bytes, purpose: str) -> URLSafeSerializer:
    """What signs values for one purpose: none that is signed for another is taken."""
    return URLSafeSerializer(
        key, salt=purpose, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256}
    )


@dataclass(frozen=True)
class Links:
    """Makes and reads the links of one file of subscribers, whose `key("links")` signs them.

    `clock` says when a link is made.
    """

    site_url: str
    key: bytes
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def confirm(self, person: Subscriber) -> str:
        return self._link("confirm", person)

    def manage(self, person: Subscriber) -> str:
        return self._link("manage", person)

    def stop(self, person: Subscriber) -> str:
        return self._link("stop", person)

    def token(self, purpose: Purpose, person: Subscriber) -> str:
        """The part of a link that says what it allows; letters that an address of a page has."""
        made = self._signer(purpose).dumps(
            [person.subscriber_id, person.nonce, int(self.clock().timestamp())]
        )
        return made if isinstance(made, str) else made.decode()

    def read(self, purpose: Purpose, token: str, now: datetime) -> tuple[str, str]:
        """The id and the nonce of the person a token is for.

        Raises `LinkForged`, `LinkForAnotherPurpose` or `LinkExpired`.
        """
        said = self._said(purpose, token)
        if said is None:
            others = (other for other in get_args(Purpose) if other != purpose)
            if any(self._said(other, token) for other in others):
                raise LinkForAnotherPurpose(f"this link is not one to {purpose}")
            raise LinkForged("this link is not whole: copy all of it from the mail")
        subscriber_id, nonce, made_at = said
        if now - datetime.fromtimestamp(made_at, UTC) > LIVES[purpose]:
            raise LinkExpired("this link is too old: ask for a new one on the form")
        return subscriber_id, nonce

    def person(self, store: Subscribers, purpose: Purpose, token: str, now: datetime) -> Subscriber:
        """The person a token is for, if it still allows its purpose. Raises `LinkRefused`."""
        subscriber_id, nonce = self.read(purpose, token, now)
        person = store.find(id=subscriber_id)
        if person is None or (purpose != "stop" and person.nonce != nonce):
            raise LinkVoid("this link was used already, or something changed since it was mailed")
        return person

    def _link(self, purpose: Purpose, person: Subscriber) -> str:
        return f"{self.site_url.rstrip('/')}/{purpose}.html?t={self.token(purpose, person)}"

    def _signer(self, purpose: Purpose) -> URLSafeSerializer:
        return signer(self.key, f"paperhouse link to {purpose}")

    def _said(self, purpose: Purpose, token: str) -> tuple[str, str, int] | None:
        if not _TOKEN.fullmatch(token):
            return None
        try:
            subscriber_id, nonce, made_at = self._signer(purpose).loads(token)
        except BadData:
            return None
        return subscriber_id, nonce, made_at


def signed_links(
    store: Subscribers, settings: Settings, clock: Callable[[], datetime] | None = None
) -> Links | None:
    """The links of a home; None where its pages have no address."""
    if settings.site.url is None:
        return None
    key = store.key("links")
    return Links(settings.site.url, key, clock) if clock else Links(settings.site.url, key)
