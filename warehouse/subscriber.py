"""A person who asked for the digest, what the person wishes, and both as a row of the file that
`warehouse/subscribers.py` keeps."""

import json
import secrets
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal["pending", "active", "paused", "stopped", "bouncing"]
"""`pending` has not confirmed yet; `paused` and `stopped` by the person; `bouncing`: the server of
the address refused two mails for good. Only `active` gets mail."""

_TIMES = ("asked_at", "consented_at", "state_since")


@dataclass(frozen=True)
class Wishes:
    """What somebody wants of the digest. Lists that are empty ask for nothing in particular.

    `topics`, `words` and `authors` come first in a mail and never hide the day's top; `code_only`
    and `min_votes` do hide papers.
    """

    frequency: Literal["daily", "weekly"] = "daily"
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    code_only: bool = False
    min_votes: int = 0
    max_papers: int = 15
    language: str = "en"
    time_zone: str = "UTC"
    hour: int = 7
    """Local hour from which on a mail is sent, 0 to 23."""
    unconfirmed: Literal["wait", "mark"] = "wait"
    """Whether a day that may be incomplete is mailed once it is confirmed, or at once and marked
    as such."""
    when_nothing: bool = False
    """Whether to send a mail that says that there is nothing today."""


@dataclass(frozen=True)
class Subscriber:
    """A person who asked. `subscriber_id` is random and says nothing of the address; logs and the
    ledger use it. `nonce` is part of every link that was mailed: a new one makes the old ones
    useless."""

    subscriber_id: str
    address: str
    state: State
    wishes: Wishes
    origin: str
    asked_at: datetime
    consented_at: datetime | None
    state_since: datetime
    nonce: str
    asked: Wishes | None = None
    """What a person who is not pending asked for anew, until that is confirmed."""


def identity_of(address: str) -> str:
    """What two spellings of one person's address have in common: the case does not matter."""
    local, _, domain = address.rpartition("@")
    return f"{local.lower()}@{domain.lower()}"


def wishes_as_text(wishes: Wishes) -> str:
    """Wishes as they are stored: JSON."""
    return json.dumps(asdict(wishes), ensure_ascii=False)


def wishes_from_text(text: str) -> Wishes:
    """Stored wishes. What this version does not know is left out."""
    read: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(text).items()
        if name in Wishes.__dataclass_fields__
    }
    return Wishes(**read)


def with_state(state: State, now: datetime) -> dict[str, Any]:
    """What changes with the state: links that were mailed, and what was asked for before."""
    return {"state": state, "state_since": now, "nonce": new_nonce(), "asked": None}


def new_nonce() -> str:
    """What makes the links that are mailed from now on differ from earlier ones."""
    return secrets.token_urlsafe(12)


def row_of(person: Subscriber) -> dict[str, Any]:
    """A person as the columns of a row, but for the identity."""
    row = {name: getattr(person, name) for name in Subscriber.__dataclass_fields__}
    for name in ("wishes", "asked"):
        row[name] = row[name] and wishes_as_text(row[name])
    for name in _TIMES:
        row[name] = row[name] and row[name].isoformat()
    return row


def subscriber_of(row: sqlite3.Row) -> Subscriber:
    """The person of a row."""
    said = {name: row[name] for name in Subscriber.__dataclass_fields__}
    for name in ("wishes", "asked"):
        said[name] = said[name] and wishes_from_text(said[name])
    for name in _TIMES:
        said[name] = said[name] and datetime.fromisoformat(said[name])
    return Subscriber(**said)
