"""The rate of requests to a source: its least interval is kept, and its quota is never used up.

A source sends the remaining requests in `RateLimit: "api";r=<left>;t=<seconds>` and the total in
`RateLimit-Policy: …;q=<quota>;w=<seconds>` (draft-ietf-httpapi-ratelimit-headers). While more than
half remain, only the least interval applies; after that, the remaining requests but one are spread
evenly over the rest of the window.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

_LEFT = re.compile(r"\br=(\d{1,9})\b")
_SECONDS = re.compile(r"\bt=(\d{1,9})\b")
_QUOTA = re.compile(r"\bq=(\d{1,9})\b")


@dataclass(frozen=True)
class Allowance:
    """What a source still allows: `left` requests within `seconds`, of `quota` in all."""

    left: int
    seconds: float
    quota: int | None = None

    @property
    def interval_s(self) -> float:
        """The least time between requests from now on; the whole window if none is left."""
        if self.quota is not None and 2 * self.left > self.quota:
            return 0.0
        return self.seconds / max(self.left - 1, 1)


@dataclass
class Limiter:
    """Spaces the requests to one source; each bucket, such as `api` or `pages`, has its own quota.

    `monotonic` is a clock in seconds; `sleep` waits for so many seconds.
    """

    min_interval_s: float
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    learned: dict[str, Allowance] = field(default_factory=dict)
    """The source's last allowance for each bucket."""
    _asked_at: float = -math.inf
    _not_before: defaultdict[str, float] = field(
        default_factory=lambda: defaultdict(lambda: -math.inf)
    )

    def wait_s(self, bucket: str) -> float:
        """Seconds until the next request may be sent."""
        earliest = max(self._asked_at + self.min_interval_s, self._not_before[bucket])
        return max(0.0, earliest - self.monotonic())

    def take(self, bucket: str) -> None:
        """Wait until a request may be sent, and count it as sent."""
        wait_s = self.wait_s(bucket)
        if wait_s:
            self.sleep(wait_s)
        self._asked_at = self.monotonic()

    def pause(self, bucket: str, seconds: float) -> None:
        """Send no requests of a bucket for so many seconds."""
        self._not_before[bucket] = max(self._not_before[bucket], self.monotonic() + seconds)

    def learn(self, bucket: str, headers: Mapping[str, str]) -> None:
        """Read the quota from an answer's headers, if there is one."""
        allowance = allowance_in(headers)
        if allowance is not None:
            self.learned[bucket] = allowance
            self.pause(bucket, allowance.interval_s)


def allowance_in(headers: Mapping[str, str]) -> Allowance | None:
    """The strictest allowance in the `RateLimit` header; None when there is none."""
    quota = _QUOTA.search(headers.get("RateLimit-Policy", ""))
    found = [
        Allowance(int(left[1]), float(seconds[1]), int(quota[1]) if quota else None)
        for item in headers.get("RateLimit", "").split(",")
        if (left := _LEFT.search(item)) and (seconds := _SECONDS.search(item))
    ]
    return max(found, key=lambda allowance: allowance.interval_s, default=None)


def asked_wait_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a refusal asks to wait: `Retry-After` (number or date), else the window's."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    with suppress(ValueError, TypeError):  # not a date, or one without a zone
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    allowance = allowance_in(headers)
    return allowance.seconds if allowance else None
