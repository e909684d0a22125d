"""The pace of mails: relays refuse a sender that hands over too many at once."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Pace:
    """Spaces mails: at most `per_minute`, however the time between them was spent.

    `monotonic` is a clock in seconds that is never set back.
    """

    per_minute: float
    sleep: Callable[[float], None]
    monotonic: Callable[[], float]
    _next_at: float | None = None

    def wait(self) -> None:
        """Wait until the next mail may be handed over."""
        now = self.monotonic()
        if self._next_at is not None and now < self._next_at:
            self.sleep(self._next_at - now)
            now = self._next_at
        self._next_at = now + 60 / self.per_minute
