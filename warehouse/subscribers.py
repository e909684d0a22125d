"""The people who asked for the digest by mail: `subscribers.sqlite`, a file of its own.

Prevents two harms: an address that shows up where it does not belong (no other file of a home, no
log line and no published table has one), and a mail to somebody who did not ask, or asked no more.
The file is readable by its owner only. SQLite in WAL mode; times are ISO 8601 text in UTC.
"""

import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from schemas.errors import PaperhouseError, UsageError
from warehouse.storage.errors import storage_error
from warehouse.subscriber import (
    State,
    Subscriber,
    Wishes,
    identity_of,
    new_nonce,
    row_of,
    subscriber_of,
    with_state,
)

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


class SubscribersClosed(SubscribersUnreadable):
    """This user may not open the file of subscribers, or it is on a disk that is read-only."""


class AlreadySubscribed(UsageError):
    """A person with this address is there, in whatever state."""


class SubscriberChanged(PaperhouseError):
    """The person was changed or removed by somebody else since the person was read."""


class NotErased(PaperhouseError):
    """A person was removed, but the bytes of the address are still in the file."""


@contextmanager
def open_subscribers(path: Path) -> Iterator["Subscribers"]:
    """The subscribers of a home; makes the file, for its owner only, where there is none.

    Raises `SubscribersUnreadable`, also in the block, where it reaches a damaged part of the file,
    and `StorageError` when the disk is full or fails.
    """
    try:
        store = Subscribers(path)
        try:
            yield store
        finally:
            store.close()
    except sqlite3.OperationalError as error:
        failure = storage_error(path.parent, error)
        if failure is None:
            raise
        raise failure from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:
            raise  # a kind of its own: the statement, not the file
        raise SubscribersUnreadable(
            f"{path} cannot be read: {error}; put a copy of it back, or move it away to begin "
            "without subscribers"
        ) from error


class Subscribers:
    """The file of subscribers. Each method is one transaction."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise SubscribersClosed(
                f"{path} cannot be opened: {error.strerror}; only the user who owns it can, where "
                "the disk can be written"
            ) from error
        self.connection = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )
        self.connection.row_factory = sqlite3.Row
        try:
            self.connection.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;" + _SCHEMA
            )
        except sqlite3.Error:
            self.connection.close()
            raise

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
            nonce=new_nonce(),
        )
        row = row_of(person) | {"identity": identity_of(address)}
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
        return None if found is None else subscriber_of(found)

    def all(self, state: State | None = None) -> list[Subscriber]:
        """Everybody, or those in one state, in the order in which they asked."""
        rows = self.connection.execute(
            "SELECT * FROM subscribers WHERE ?1 IS NULL OR state = ?1 ORDER BY asked_at, rowid",
            [state],
        )
        return [subscriber_of(row) for row in rows]

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
            changed = replace(changed, consented_at=consented_at, **with_state(state, now))
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
            **with_state("active", now),
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

    def remove_requests(self, address: str, *, now: datetime) -> bool:
        """As `remove`, for a normalised address that only waits to be answered; whether one did.

        Raises `NotErased`.
        """
        identity = identity_of(address)
        hashed = self.hmac("removed", identity)
        with self.transaction():
            deleted = self.connection.execute("DELETE FROM requests WHERE identity = ?", [identity])
            if deleted.rowcount == 0:
                return False
            self.connection.execute(
                "INSERT OR REPLACE INTO removed VALUES (?, ?)", [hashed, now.isoformat()]
            )
        self.erase()
        return True

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
            [now.isoformat(), new_nonce(), person.subscriber_id],
        )

    def _update(self, known: Subscriber, changed: Subscriber) -> Subscriber:
        """Write what differs, if the person is still who was read: the nonce tells.

        A row is never replaced as a whole: that would bring back whom somebody removed meanwhile.
        """
        old, new = row_of(known), row_of(changed)
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
