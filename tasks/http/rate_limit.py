"""How fast a source is asked: not closer together than it wants, and never beyond its quota.

A source says what is left in `RateLimit: "api";r=<left>;t=<seconds>` and how much there is in all
in `RateLimit-Policy: …;q=<quota>;w=<seconds>` (draft-ietf-httpapi-ratelimit-headers). While more
than half is left, only the source's own least interval holds; from there on what is left is spread
evenly over the rest of the window, with one request kept back, so the quota is never used up.
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
    """What a source says may still be asked: so many requests within so many seconds."""

    left: int
    seconds: float
    quota: int | None = None

    @property
    def interval_s(self) -> float:
        """How far apart requests must be from here on; all the time there is when none is left."""
        if self.quota is not None and 2 * self.left > self.quota:
            return 0.0
        return self.seconds / max(self.left - 1, 1)


@dataclass
class Limiter:
    """Spaces the requests to one source; quotas are counted by bucket, such as `api` and `pages`.

    `monotonic` is a clock in seconds, `sleep` what waits.
    """

    min_interval_s: float
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    learned: dict[str, Allowance] = field(default_factory=dict)
    """What the source last said of each bucket."""
    _asked_at: float = -math.inf
    _not_before: defaultdict[str, float] = field(
        default_factory=lambda: defaultdict(lambda: -math.inf)
    )

    def wait_s(self, bucket: str) -> float:
        """How long the next request must still wait."""
        earliest = max(self._asked_at + self.min_interval_s, self._not_before[bucket])
        return max(0.0, earliest - self.monotonic())

    def take(self, bucket: str) -> None:
        """Wait until a request may be sent, and count it as sent."""
        wait_s = self.wait_s(bucket)
        if wait_s:
            self.sleep(wait_s)
        self._asked_at = self.monotonic()

    def hold(self, bucket: str, seconds: float) -> None:
        """Ask nothing more of a bucket for so long."""
        self._not_before[bucket] = max(self._not_before[bucket], self.monotonic() + seconds)

    def learn(self, bucket: str, headers: Mapping[str, str]) -> None:
        """Take in what an answer says of the quota, if it says anything."""
        allowance = allowance_in(headers)
        if allowance is not None:
            self.learned[bucket] = allowance
            self.hold(bucket, allowance.interval_s)


def allowance_in(headers: Mapping[str, str]) -> Allowance | None:
    """The tightest allowance in the `RateLimit` header; None when there is none to read."""
    quota = _QUOTA.search(headers.get("RateLimit-Policy", ""))
    found = [
        Allowance(int(left[1]), float(seconds[1]), int(quota[1]) if quota else None)
        for item in headers.get("RateLimit", "").split(",")
        if (left := _LEFT.search(item)) and (seconds := _SECONDS.search(item))
    ]
    return max(found, key=lambda allowance: allowance.interval_s, default=None)


def asked_wait_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds a refusal asks to wait: `Retry-After` (number or date), else the quota's end."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    with suppress(ValueError, TypeError):  # not a date, or one without a zone
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    allowance = allowance_in(headers)
    return allowance.seconds if allowance else None
