"""The state of the digest by mail as one value: numbers and ids, never an address.

`flows/digest/state.py` computes it; status, alerts and metrics show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.words import counted

_FEW = 5
_SHARE = 0.05


@dataclass(frozen=True)
class DigestState:
    """Who gets mail, what became of the mails, and which are late.

    A mail is pending from the subscriber's hour until it is sent; it is late when that takes longer
    than `late_after_h`. `n_late_deferred` of the late ones wait because a relay deferred them.
    """

    as_of: datetime
    late_after_h: float
    n_subscribers: Mapping[str, int]
    """By state."""
    n_mails: Mapping[str, int]
    """By state, of the issues of the last half year."""
    n_last_day: Mapping[str, int]
    """By state, of the mails whose state changed in the last 24 hours."""
    n_pending: int
    oldest_due_at: datetime | None
    """When the oldest pending mail was due."""
    n_late: int
    n_late_deferred: int
    in_doubt: tuple[str, ...]
    """A line for each mail that may or may not have arrived."""
    n_requests: int
    """How many asked for the digest and were not mailed a link yet."""
    oldest_asked_at: datetime | None
    """When the first of them asked."""

    @property
    def missed(self) -> tuple[str, ...]:
        """A line if the freshness objective of the mails is missed: one is late that was not
        deferred, or many are."""
        n_tried = self.n_last_day.get("sent", 0) + self.n_pending
        if self.n_late == self.n_late_deferred and not are_many(self.n_late, n_tried):
            return ()
        are = "is" if self.n_late == 1 else "are"
        line = (
            f"digest: {counted(self.n_late, 'mail')} {are} late, the oldest due since "
            f"{self.oldest_due_at:%Y-%m-%d %H:%M} UTC; mails are to go out within "
            f"{self.late_after_h:g} h"
        )
        return (line,)

    @property
    def has_many_refusals(self) -> bool:
        """Whether many addresses refused their mail in the last 24 hours."""
        n_refused = self.n_last_day.get("refused", 0)
        return are_many(n_refused, n_refused + self.n_last_day.get("sent", 0))

    @property
    def pending_s(self) -> float:
        """How long the oldest pending mail waits, in seconds; 0 when none does."""
        if self.oldest_due_at is None:
            return 0.0
        return max(0.0, (self.as_of - self.oldest_due_at).total_seconds())

    def lines(self) -> list[str]:
        """The state for people."""
        people = ", ".join(f"{n:,} {state}" for state, n in self.n_subscribers.items())
        mails = ", ".join(f"{n:,} {state}" for state, n in self.n_mails.items())
        pending = f"digest: {counted(self.n_pending, 'mail')} to be sent"
        if self.oldest_due_at:
            pending += f", the oldest due since {self.oldest_due_at:%Y-%m-%d %H:%M} UTC"
        waiting = f"requests: {self.n_requests:,} without an answer yet"
        if self.oldest_asked_at:
            waiting += f", the oldest of {self.oldest_asked_at:%Y-%m-%d %H:%M} UTC"
        return [
            f"subscribers: {people or 'nobody'}",
            f"mails: {mails or 'none'}",
            pending,
            *([waiting] if self.n_requests else []),
            *(f"in doubt: {line}" for line in self.in_doubt),
        ]


def are_many(n: int, of: int) -> bool:
    """Whether so many are too many: at least five, and more than a twentieth."""
    return n >= _FEW and n > _SHARE * of
