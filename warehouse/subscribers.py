"""The people who asked for the digest by mail: `subscribers.sqlite`, a file of its own.

Prevents two harms: an address that shows up where it does not belong (no other file of a home, no
log line and no published table has one), and a mail to somebody who did not ask, or asked no more.
The file is readable by its owner only. SQLite in WAL mode; times are ISO 8601 text in UTC.
"""

import hmac
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

from schemas.errors import PaperhouseError, UsageError

State = Literal["pending", "active", "paused", "stopped", "bouncing"]
"""`pending` has not confirmed yet; `paused` and `stopped` by the person; `bouncing`: the server of
the address refused two mails for good. Only `active` gets mail."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS subscribers (
    subscriber_id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    identity TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'stopped', 'bouncing')),
    wishes TEXT NOT NULL,
    asked TEXT,
    origin TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    consented_at TEXT,
    state_since TEXT NOT NULL,
    nonce TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS requests (
    request_id INTEGER PRIMARY KEY AUTOINCREMENT,
    identity TEXT NOT NULL,
    address TEXT NOT NULL,
    wishes TEXT NOT NULL,
    origin TEXT NOT NULL,
    asked_from TEXT,
    asked_at TEXT NOT NULL,
    n_tries INTEGER NOT NULL DEFAULT 0,
    next_try_at TEXT NOT NULL,
    is_begun INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS counts (
    who BLOB NOT NULL,
    period TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (who, period)
);
CREATE TABLE IF NOT EXISTS removed (identity_hmac BLOB PRIMARY KEY, removed_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
"""`requests` and `counts` are those of `warehouse/requests.py`. A table that refers to a subscriber
does so with ON DELETE CASCADE, so that a person is removed whole."""


class SubscribersUnreadable(PaperhouseError):
    """There is a file of subscribers, but it cannot be read."""


class AlreadySubscribed(UsageError):
    """A person with this address is there, in whatever state."""


class SubscriberChanged(PaperhouseError):
    """The person was changed or removed by somebody else since the person was read."""


class NotErased(PaperhouseError):
    """A person was removed, but the bytes of the address are still in the file."""


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
                "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;" + _SCHEMA
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

    def hmac(self, name: str, text: str) -> bytes:
        """A hash of a text that only this file can repeat: it has the key."""
        return hmac.digest(self.key(name), text.encode(), "sha256")

    def add(
        self,
        address: str,
        wishes: Wishes,
        *,
        state: State,
        origin: str,
        now: datetime,
        asked_at: datetime | None = None,
        consented_at: datetime | None = None,
    ) -> Subscriber:
        """Add a person whose address is normalised and not there yet. `origin` says how the consent
        was given, as in `form`, `command` or `import of list.csv`; the times are those of a list
        that is imported, else now.

        Raises `AlreadySubscribed`.
        """
        if state == "active":
            consented_at = consented_at or now
        person = Subscriber(
            subscriber_id=secrets.token_hex(8),
            address=address,
            state=state,
            wishes=wishes,
            origin=origin,
            asked_at=asked_at or now,
            consented_at=consented_at,
            state_since=now,
            nonce=_nonce(),
        )
        row = _row(person) | {"identity": identity_of(address)}
        try:
            self.connection.execute(
                f"INSERT INTO subscribers ({', '.join(row)}) "
                f"VALUES ({', '.join(f':{name}' for name in row)})",
                row,
            )
        except sqlite3.IntegrityError as error:
            raise AlreadySubscribed("this address is there already") from error
        return person

    def find(self, *, address: str | None = None, id: str | None = None) -> Subscriber | None:  # noqa: A002 - said as `find(id=…)`
        """The person with this normalised address, in whatever case, or this id."""
        column, wanted = ("identity", identity_of(address or "")) if id is None else (_ID, id)
        found = self.connection.execute(
            f"SELECT * FROM subscribers WHERE {column} = ?", [wanted]
        ).fetchone()
        return None if found is None else _subscriber(found)

    def all(self, state: State | None = None) -> list[Subscriber]:
        """Everybody, or those in one state, in the order in which they asked."""
        rows = self.connection.execute(
            "SELECT * FROM subscribers WHERE ?1 IS NULL OR state = ?1 ORDER BY asked_at, rowid",
            [state],
        )
        return [_subscriber(row) for row in rows]

    def count(self, state: State) -> int:
        """How many people are in a state."""
        found = self.connection.execute("SELECT count(*) FROM subscribers WHERE state = ?", [state])
        return int(found.fetchone()[0])

    def change(
        self,
        person: Subscriber,
        *,
        now: datetime,
        state: State | None = None,
        wishes: Wishes | None = None,
    ) -> Subscriber:
        """Change state or wishes; a new state makes the links mailed before useless, but for those
        that stop. Raises `SubscriberChanged`."""
        changed = replace(person, wishes=wishes or person.wishes)
        if state and state != person.state:
            consented_at = (
                (person.consented_at or now) if state == "active" else person.consented_at
            )
            changed = replace(changed, consented_at=consented_at, **_new(state, now))
        return self._update(person, changed)

    def ask_again(self, person: Subscriber, wishes: Wishes, *, now: datetime) -> Subscriber:
        """Keep what a person asked for, until that is confirmed. Raises `SubscriberChanged`."""
        if person.state == "pending":
            return self._update(person, replace(person, wishes=wishes, state_since=now))
        return self._update(person, replace(person, asked=wishes))

    def confirm(self, person: Subscriber, *, now: datetime) -> Subscriber:
        """The person agrees now to what was asked for. Raises `SubscriberChanged`."""
        changed = replace(
            person,
            wishes=person.asked or person.wishes,
            origin=person.origin if person.state == "pending" else "form",
            consented_at=now,
            **_new("active", now),
        )
        return self._update(person, changed)

    def remove(self, person: Subscriber, *, now: datetime) -> None:
        """Delete all that the file has of a person, so that no byte of the address stays in it.

        A keyed hash stays, by which `was_removed` knows the address. Raises `NotErased`.
        """
        identity = identity_of(person.address)
        hashed = self.hmac("removed", identity)
        with self.transaction():
            self.connection.execute(
                "DELETE FROM subscribers WHERE subscriber_id = ?", [person.subscriber_id]
            )
            self.connection.execute("DELETE FROM requests WHERE identity = ?", [identity])
            self.connection.execute(
                "INSERT OR REPLACE INTO removed VALUES (?, ?)", [hashed, now.isoformat()]
            )
        self.erase()

    def was_removed(self, address: str) -> bool:
        """Whether a person with this address was removed, ever."""
        hashed = self.hmac("removed", identity_of(address))
        found = self.connection.execute("SELECT 1 FROM removed WHERE identity_hmac = ?", [hashed])
        return found.fetchone() is not None

    def expire_pending(self, before: datetime) -> int:
        """Remove those who did not confirm what they asked for last before a moment; gives how
        many. Raises `NotErased`."""
        with self.transaction():
            self.connection.execute(
                "DELETE FROM requests WHERE identity IN (SELECT identity FROM subscribers "
                "WHERE state = 'pending' AND state_since < ?1) AND asked_at < ?1",
                [before.isoformat()],
            )
            n_removed = self.connection.execute(
                "DELETE FROM subscribers WHERE state = 'pending' AND state_since < ?",
                [before.isoformat()],
            ).rowcount
        if n_removed:
            self.erase()
        return n_removed

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction that writes; undone if the block raises."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def erase(self) -> None:
        """Write the file anew and empty its log: deleted rows leave traces in both, in pages that
        SQLite rearranged before they were deleted. Raises `NotErased`."""
        try:
            self.connection.execute("VACUUM")
            is_busy = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise NotErased(
                f"removed, but the file still has its bytes: {error}{_LATER}"
            ) from error
        if is_busy:
            raise NotErased(f"removed, but the bytes are still there: it is being read{_LATER}")

    def bounce(self, person: Subscriber, *, now: datetime) -> None:
        """Stop the mails to an address that refused two; one that is not active any more stays as
        it is."""
        self.connection.execute(
            "UPDATE subscribers SET state = 'bouncing', state_since = ?, nonce = ?, asked = NULL "
            "WHERE subscriber_id = ? AND state = 'active'",
            [now.isoformat(), _nonce(), person.subscriber_id],
        )

    def _update(self, known: Subscriber, changed: Subscriber) -> Subscriber:
        """Write what differs, if the person is still who was read: the nonce tells.

        A row is never replaced as a whole: that would bring back whom somebody removed meanwhile.
        """
        old, new = _row(known), _row(changed)
        row = {name: value for name, value in new.items() if value != old[name]}
        if not row:
            return changed
        written = self.connection.execute(
            f"UPDATE subscribers SET {', '.join(f'{name} = :{name}' for name in row)} "
            "WHERE subscriber_id = :known_id AND nonce = :known_nonce",
            row | {"known_id": known.subscriber_id, "known_nonce": known.nonce},
        )
        if written.rowcount != 1:
            raise SubscriberChanged(
                f"subscriber {known.subscriber_id} was changed or removed meanwhile; look again"
            )
        return changed


_ID = "subscriber_id"
_LATER = "; end what reads it, then give `paperhouse subscribers remove` the address once more"


def _new(state: State, now: datetime) -> dict[str, Any]:
    """What changes with the state: links that were mailed, and what was asked for before."""
    return {"state": state, "state_since": now, "nonce": _nonce(), "asked": None}


def _nonce() -> str:
    return secrets.token_urlsafe(12)


def _row(person: Subscriber) -> dict[str, Any]:
    row = {name: getattr(person, name) for name in Subscriber.__dataclass_fields__}
    for name in ("wishes", "asked"):
        row[name] = row[name] and wishes_as_text(row[name])
    for name in _TIMES:
        row[name] = row[name] and row[name].isoformat()
    return row


_TIMES = ("asked_at", "consented_at", "state_since")


def _subscriber(row: sqlite3.Row) -> Subscriber:
    said = {name: row[name] for name in Subscriber.__dataclass_fields__}
    for name in ("wishes", "asked"):
        said[name] = said[name] and wishes_from_text(said[name])
    for name in _TIMES:
        said[name] = said[name] and datetime.fromisoformat(said[name])
    return Subscriber(**said)
