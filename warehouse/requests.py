"""What people asked for on the form, until it is mailed; and how often they asked.

A request is one row, whoever asks: the form writes it without looking whether the person is there,
so nobody learns from an answer or its time who has subscribed. Whoever mails it decides. Addresses
and clients are counted by a keyed hash, for a day.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse.subscriber import Wishes, identity_of, wishes_as_text, wishes_from_text
from warehouse.subscribers import Subscribers

_MOST_WAITING = 2_000
"""No more requests wait at a time; bounds the file, and mails to people who did not ask."""
_LEASE = timedelta(minutes=15)
"""So long a request belongs to who took it; longer than a relay may take for one mail."""


@dataclass(frozen=True)
class Request:
    """An address that somebody typed, and what for. `asked_from` is the client's address."""

    request_id: int
    address: str
    wishes: Wishes
    origin: str
    asked_from: str | None
    asked_at: datetime
    n_tries: int


@dataclass(frozen=True)
class Limit:
    """How often somebody may do something in an hour and in a day, by the clock in UTC."""

    per_hour: int
    per_day: int


class Requests:
    """The requests in a file of subscribers. Each method is one transaction."""

    def __init__(self, subscribers: Subscribers) -> None:
        self._subscribers = subscribers
        self._connection = subscribers.connection

    def put(
        self, address: str, wishes: Wishes, *, origin: str, asked_from: str | None, now: datetime
    ) -> bool:
        """Add a request; False, and nothing is added, while too many wait."""
        at = _text(now)
        added = self._connection.execute(
            "INSERT INTO requests "
            "(identity, address, wishes, origin, asked_from, asked_at, next_try_at) "
            "SELECT ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM requests) < ?",
            [identity_of(address), address, wishes_as_text(wishes), origin, asked_from, at, at,
             _MOST_WAITING],
        )  # fmt: skip
        return added.rowcount == 1

    def take(self, now: datetime) -> Request | None:
        """The oldest request whose turn it is, if there is one; it belongs to the caller for a
        while."""
        taken = self._connection.execute(
            "UPDATE requests SET next_try_at = ? WHERE request_id = (SELECT min(request_id) "
            "FROM requests WHERE next_try_at <= ? AND NOT is_begun) RETURNING *",
            [_text(now + _LEASE), _text(now)],
        ).fetchall()
        if not taken:
            return None
        given = {name: taken[0][name] for name in Request.__dataclass_fields__}
        given["wishes"] = wishes_from_text(given["wishes"])
        given["asked_at"] = datetime.fromisoformat(given["asked_at"])
        return Request(**given)

    def is_there(self, request: Request) -> bool:
        """Whether a request still waits: removing a person removes the person's requests."""
        found = self._connection.execute(
            "SELECT 1 FROM requests WHERE request_id = ?", [request.request_id]
        )
        return found.fetchone() is not None

    def begin(self, request: Request) -> None:
        """Record that a mail goes out now: whoever finds that later does not know whether it
        arrived."""
        self._connection.execute(
            "UPDATE requests SET is_begun = 1 WHERE request_id = ?", [request.request_id]
        )

    def retry(self, request: Request, at: datetime) -> None:
        """Let a request wait until a later moment."""
        self._connection.execute(
            "UPDATE requests SET is_begun = 0, n_tries = n_tries + 1, next_try_at = ? "
            "WHERE request_id = ?",
            [_text(at), request.request_id],
        )

    def finish(self, request: Request) -> None:
        """Remove a request that was dealt with."""
        self._connection.execute("DELETE FROM requests WHERE request_id = ?", [request.request_id])

    def drop_abandoned(self, now: datetime) -> int:
        """Remove requests whose mail was begun by a process that is gone; gives how many.

        They may have been mailed: nobody is mailed twice, and who got nothing can ask again."""
        return self._connection.execute(
            "DELETE FROM requests WHERE is_begun AND next_try_at <= ?", [_text(now)]
        ).rowcount

    def n_waiting(self) -> int:
        """How many requests wait."""
        return int(self._connection.execute("SELECT count(*) FROM requests").fetchone()[0])

    def oldest_asked_at(self) -> datetime | None:
        """When the first of the requests that wait was made; None when none does."""
        ((at,),) = self._connection.execute("SELECT min(asked_at) FROM requests").fetchall()
        return datetime.fromisoformat(at) if at else None

    def is_within(self, limit: Limit, what: str, value: str, now: datetime) -> bool:
        """Count one more of a kind, as in `client` and its address; False, and it is not counted,
        if there were too many."""
        who = self._subscribers.hmac("counts", f"{what}:{value}")
        at = _text(now)
        periods = {at[:13]: limit.per_hour, at[:10]: limit.per_day}
        with self._subscribers.transaction():
            counted = dict(
                self._connection.execute("SELECT period, n FROM counts WHERE who = ?", [who])
            )
            if any(counted.get(period, 0) >= most for period, most in periods.items()):
                return False
            self._connection.executemany(
                "INSERT INTO counts VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
                [(who, period) for period in periods],
            )
        return True

    def forget_counts(self, now: datetime) -> None:
        """Remove counts of days before today."""
        self._connection.execute("DELETE FROM counts WHERE period < ?", [_text(now)[:10]])


def _text(moment: datetime) -> str:
    """A moment as it is stored: in UTC, so that texts are in the order of the moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
