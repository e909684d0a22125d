"""The people who asked for the digest by mail: `subscribers.sqlite`, a file of its own.

Prevents two harms: an address that shows up where it does not belong (no other file of a home, no
log line and no published table has one), and a mail to somebody who did not ask, or asked no more.
The file is readable by its owner only. SQLite in WAL mode; times are ISO 8601 text in UTC.
"""

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from schemas.errors import PaperhouseError

State = Literal["pending", "active", "paused", "stopped", "bouncing"]
"""`pending` has not confirmed yet; `paused` and `stopped` by the person; `bouncing`: the server of
the address refused two mails for good. Only `active` gets mail."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS subscribers (
    subscriber_id TEXT PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'stopped', 'bouncing')),
    wishes TEXT NOT NULL,
    origin TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    consented_at TEXT,
    state_since TEXT NOT NULL,
    nonce TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


class SubscribersUnreadable(PaperhouseError):
    """There is a file of subscribers, but it cannot be read."""


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


@contextmanager
def open_subscribers(path: Path) -> Iterator["Subscribers"]:
    """The subscribers of a home; makes the file, for its owner only, where there is none.

    Raises `SubscribersUnreadable`.
    """
    store = Subscribers(path)
    try:
        yield store
    finally:
        store.close()


class Subscribers:
    """The file of subscribers. Each method is one transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self.connection = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )
        self.connection.row_factory = sqlite3.Row
        try:
            self.connection.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                "PRAGMA foreign_keys=ON;" + _SCHEMA
            )
        except sqlite3.OperationalError:
            raise  # the disk, not the file
        except sqlite3.DatabaseError as error:
            self.connection.close()
            raise SubscribersUnreadable(
                f"{path} cannot be read: {error}; put a copy of it back, or move it away to begin "
                "without subscribers"
            ) from error

    def close(self) -> None:
        self.connection.close()

    def key(self, name: str) -> bytes:
        """A secret of this file, 32 random bytes, made when it is first asked for."""
        self.connection.execute(
            "INSERT OR IGNORE INTO keys VALUES (?, ?)", [name, secrets.token_bytes(32)]
        )
        row = self.connection.execute("SELECT value FROM keys WHERE name = ?", [name]).fetchone()
        return bytes(row["value"])

    def add(
        self, address: str, wishes: Wishes, *, state: State, origin: str, now: datetime
    ) -> Subscriber:
        """Add a person whose address is normalised and not there yet. `origin` says how the consent
        was given, as in `form`, `command` or `import of list.csv`."""
        consented_at = now if state == "active" else None
        person = Subscriber(
            secrets.token_hex(8), address, state, wishes, origin, now, consented_at, now, _nonce()
        )
        self._write(person)
        return person

    def find(self, *, address: str | None = None, id: str | None = None) -> Subscriber | None:  # noqa: A002 - said as `find(id=…)`
        """The person with this normalised address, or this id."""
        column, wanted = ("address", address) if id is None else ("subscriber_id", id)
        found = self.connection.execute(
            f"SELECT * FROM subscribers WHERE {column} = ?", [wanted]
        ).fetchone()
        return None if found is None else _subscriber(found)

    def all(self, state: State | None = None) -> list[Subscriber]:
        """Everybody, or those in one state, in the order in which they asked."""
        rows = self.connection.execute(
            "SELECT * FROM subscribers WHERE ?1 IS NULL OR state = ?1 "
            "ORDER BY asked_at, subscriber_id",
            [state],
        )
        return [_subscriber(row) for row in rows]

    def change(
        self,
        person: Subscriber,
        *,
        now: datetime,
        state: State | None = None,
        wishes: Wishes | None = None,
    ) -> Subscriber:
        """Change state or wishes; a new state makes the links mailed before useless, but for those
        that stop."""
        changed = replace(person, wishes=wishes or person.wishes)
        if state and state != person.state:
            consented_at = (
                (person.consented_at or now) if state == "active" else person.consented_at
            )
            changed = replace(
                changed, state=state, state_since=now, consented_at=consented_at, nonce=_nonce()
            )
        self._write(changed)
        return changed

    def bounce(self, person: Subscriber, *, now: datetime) -> None:
        """Stop the mails to an address that refused two; one that is not active any more stays as
        it is."""
        self.connection.execute(
            "UPDATE subscribers SET state = 'bouncing', state_since = ? "
            "WHERE subscriber_id = ? AND state = 'active'",
            [now.isoformat(), person.subscriber_id],
        )

    def _write(self, person: Subscriber) -> None:
        row = asdict(person)
        row["wishes"] = json.dumps(row["wishes"], ensure_ascii=False)
        for name in ("asked_at", "consented_at", "state_since"):
            row[name] = row[name] and row[name].isoformat()
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        changes = ", ".join(f"{name} = excluded.{name}" for name in row)
        # not REPLACE, which removes the row first, and with it the mails of the person
        self.connection.execute(
            f"INSERT INTO subscribers ({names}) VALUES ({values}) "
            f"ON CONFLICT (subscriber_id) DO UPDATE SET {changes}",
            row,
        )


def _nonce() -> str:
    return secrets.token_urlsafe(12)


def _subscriber(row: sqlite3.Row) -> Subscriber:
    said: dict[str, Any] = dict(row)
    wishes: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(said["wishes"]).items()
        if name in Wishes.__dataclass_fields__
    }
    for name in ("asked_at", "consented_at", "state_since"):
        said[name] = said[name] and datetime.fromisoformat(said[name])
    return Subscriber(**said | {"wishes": Wishes(**wishes)})
