"""What became of each digest mail: the table `mails` beside the subscribers.

Promises that a subscriber gets an issue at most once. A row is written before the mail is begun,
again right before its body goes out (`handing over`), and when the relay has answered. A process
that is gone leaves what it was doing: a mail that was `trying` had no body yet and is tried again;
one that was `handing over` may have arrived, so it becomes `in doubt` and is never repeated unless
a person says so. The row decides and not the clock, so a clock that is set back repeats nothing.

Whoever removes a person removes the rows with it.
"""

import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from schemas.errors import PaperhouseError, UsageError
from warehouse.subscriber import Subscriber
from warehouse.subscribers import Subscribers

State = Literal[
    "trying", "handing over", "sent", "deferred", "refused", "in doubt", "nothing", "given up",
    "dropped",
]  # fmt: skip
"""`trying`: begun, and the relay has nothing of its body. `handing over`: its body is on the way.
`deferred`: is tried again at `next_try_at`. `refused`: for good, because of the address. `nothing`:
there was nothing worth a mail. `given up`: deferred until the issue was too old, or refused for
another reason than the address. `dropped`: the person stopped before its body went out, or it was
in doubt and the operator decided against it."""

OPEN = ("trying", "deferred")
"""The states of a mail that is still to be sent."""
_KEPT = timedelta(days=180)
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180))

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
    subscriber_id TEXT NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    frequency TEXT NOT NULL,
    issue_key TEXT NOT NULL,
    issued_on TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    n_tries INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    next_try_at TEXT,
    code INTEGER,
    text TEXT,
    decision INTEGER,
    PRIMARY KEY (subscriber_id, frequency, issue_key)
);
"""


class NotWanted(PaperhouseError):
    """The person stopped, or was removed, after the mail was begun."""


class NoSuchMail(UsageError):
    """No mail in doubt has this id."""


@dataclass(frozen=True)
class Mail:
    """One issue for one person. `message_id` and `begun_at` are those of the first try and become
    Message-ID and Date of every try. `due_at` is when the person's hour had come; `code` and `text`
    are the relay's last answer."""

    subscriber_id: str
    frequency: str
    issue_key: str
    issued_on: date
    message_id: str
    state: State
    n_tries: int
    due_at: datetime
    begun_at: datetime
    changed_at: datetime
    next_try_at: datetime | None
    code: int | None
    text: str | None

    @property
    def mail_id(self) -> str:
        """The random part of the Message-ID, by which people name a mail."""
        return self.message_id.strip("<>").partition("@")[0]

    def may_be_tried(self, now: datetime) -> bool:
        """Whether it is to be sent and its pause is over. A clock that was set back ends a pause,
        which might not end otherwise."""
        if self.state not in OPEN:
            return False
        return self.next_try_at is None or not self.changed_at <= now < self.next_try_at

    def after_deferral(self, now: datetime) -> datetime:
        """When it is tried again: after 5 minutes, 15, 60, and then every 180."""
        return now + _WAITS[min(self.n_tries, len(_WAITS) - 1)]


class Mails:
    """The mails of a file of subscribers. Each method is one transaction."""

    def __init__(self, subscribers: Subscribers) -> None:
        self._connection = subscribers.connection
        self._connection.executescript(_SCHEMA)

    def begin(
        self,
        person: Subscriber,
        *,
        issue: tuple[str, str],
        issued_on: date,
        due_at: datetime,
        domain: str,
        now: datetime,
    ) -> Mail | None:
        """Record that a mail for an issue (frequency and key) is tried now; None if it is not to be
        sent any more. A new mail gets a Message-ID in the domain."""
        self._connection.execute(
            "INSERT INTO mails VALUES (?, ?, ?, ?, ?, 'trying', 0, ?, ?, ?, NULL, NULL, NULL, NULL)"
            " ON CONFLICT (subscriber_id, frequency, issue_key)"
            " DO UPDATE SET state = 'trying', next_try_at = NULL, changed_at = excluded.changed_at"
            " WHERE state IN ('trying', 'deferred')",
            [person.subscriber_id, *issue, issued_on.isoformat(),
             f"<{secrets.token_hex(12)}@{domain}>", _text(due_at), _text(now), _text(now)],
        )  # fmt: skip
        found = self.where(
            "subscriber_id = ? AND frequency = ? AND issue_key = ?", [person.subscriber_id, *issue]
        )
        return next((mail for mail in found if mail.state == "trying"), None)

    def hand_over(self, mail: Mail, now: datetime) -> None:
        """Record that the body goes out now, if the person is still active. Raises `NotWanted`."""
        changed = self._connection.execute(
            "UPDATE mails SET state = 'handing over', changed_at = ? "
            "WHERE message_id = ? AND state = 'trying' AND EXISTS (SELECT 1 FROM subscribers AS s "
            "WHERE s.subscriber_id = mails.subscriber_id AND s.state = 'active')",
            [_text(now), mail.message_id],
        )
        if changed.rowcount != 1:
            raise NotWanted(f"mail {mail.mail_id} is not wanted any more")

    def settle(
        self,
        mail: Mail,
        state: State,
        now: datetime,
        *,
        code: int | None = None,
        text: str | None = None,
        next_try_at: datetime | None = None,
    ) -> None:
        """Record what became of a mail. Does nothing for a person who was removed meanwhile."""
        self._connection.execute(
            "UPDATE mails SET state = ?, changed_at = ?, code = ?, text = ?, next_try_at = ?, "
            "n_tries = n_tries + ?, decision = (SELECT 1 + coalesce(max(decision), 0) FROM mails) "
            "WHERE message_id = ?",
            [state, _text(now), code, text, _text(next_try_at),
             int(state != "trying"), mail.message_id],
        )  # fmt: skip

    def doubt_abandoned(self, now: datetime) -> list[Mail]:
        """Put in doubt what a process that is gone was handing over; returns those. Only for who
        holds the lock of those who send mails."""
        abandoned = [mail.message_id for mail in self.where("state = 'handing over'")]
        self._connection.execute(
            "UPDATE mails SET state = 'in doubt', changed_at = ?, "
            "text = 'the process ended before the relay answered' WHERE state = 'handing over'",
            [_text(now)],
        )
        return [mail for mail in self.where("state = 'in doubt'") if mail.message_id in abandoned]

    def open_before(self, oldest: date) -> list[Mail]:
        """The mails still to be sent of issues before a date."""
        return self.where("state IN ('trying', 'deferred') AND issued_on < ?", [str(oldest)])

    def decide(self, *, resend: Iterable[str], drop: Iterable[str], now: datetime) -> None:
        """Send mails that are in doubt again, or leave them, by their ids. Raises `NoSuchMail` and
        changes nothing when one of them is not in doubt or is named in both."""
        wanted: dict[str, State] = dict.fromkeys(resend, "trying")
        dropped: dict[str, State] = dict.fromkeys(drop, "dropped")
        doubted = {mail.mail_id: mail.message_id for mail in self.where("state = 'in doubt'")}
        wrong = [
            i for i in (wanted | dropped) if i not in doubted or (i in wanted and i in dropped)
        ]
        if wrong:
            raise NoSuchMail(
                f"{', '.join(wrong)}: no mail in doubt, or named twice; "
                "`paperhouse digest in-doubt` lists them"
            )
        for mail_id, state in (wanted | dropped).items():
            self._connection.execute(
                "UPDATE mails SET state = ?, changed_at = ?, next_try_at = NULL "
                "WHERE message_id = ? AND state = 'in doubt'",
                [state, _text(now), doubted[mail_id]],
            )

    def refused_in_a_row(self, person: Subscriber) -> int:
        """How many of the person's last mails were refused because of the address, since the person
        became active."""
        found = self._connection.execute(
            "SELECT state FROM mails WHERE subscriber_id = ? AND state IN ('sent', 'refused') "
            "AND changed_at >= ? ORDER BY decision DESC",
            [person.subscriber_id, _text(person.state_since)],
        ).fetchall()
        states = [row["state"] for row in found]
        return states.index("sent") if "sent" in states else len(states)

    def of_issues(self, issues: Iterable[tuple[str, str]]) -> dict[tuple[str, str, str], Mail]:
        """The mails of issues (frequency and key), by subscriber, frequency and key."""
        found = [
            mail
            for issue in issues
            for mail in self.where("frequency = ? AND issue_key = ?", issue)
        ]
        return {(mail.subscriber_id, mail.frequency, mail.issue_key): mail for mail in found}

    def where(self, condition: str, parameters: Iterable[Any] = ()) -> list[Mail]:
        """The mails that meet a condition, in the order in which they were begun."""
        rows = self._connection.execute(
            f"SELECT * FROM mails WHERE {condition} ORDER BY begun_at, message_id",
            list(parameters),
        )
        return [_mail(row) for row in rows]

    def n_by_state(self, since: datetime | None = None) -> Counter[str]:
        """How many mails are in each state, of all or of those that changed since a moment."""
        rows = self._connection.execute(
            "SELECT state, count(*) AS n FROM mails WHERE ?1 IS NULL OR changed_at >= ?1 "
            "GROUP BY state",
            [_text(since)],
        )
        return Counter({row["state"]: row["n"] for row in rows})

    def forget_old(self) -> int:
        """Remove mails of issues half a year before the newest one; returns how many. The clock is
        not asked: set forward and back, it would make mails unknown that can be sent again."""
        newest = self._connection.execute("SELECT max(issued_on) AS day FROM mails").fetchone()
        if newest["day"] is None:
            return 0
        oldest = date.fromisoformat(newest["day"]) - _KEPT
        return self._connection.execute(
            "DELETE FROM mails WHERE issued_on < ?", [oldest.isoformat()]
        ).rowcount


def _text(moment: datetime | None) -> str | None:
    """A moment as it is stored: in UTC, so that texts are in the order of the moments."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _mail(row: sqlite3.Row) -> Mail:
    said = {name: row[name] for name in Mail.__dataclass_fields__}
    said["issued_on"] = date.fromisoformat(said["issued_on"])
    for name in ("due_at", "begun_at", "changed_at", "next_try_at"):
        said[name] = said[name] and datetime.fromisoformat(said[name])
    return Mail(**said)
