"""The rate of requests to a source: a steady pace for each host, the source's own least interval,
and its quota, which is never used up.

A source sends the remaining requests in `RateLimit: "api";r=<left>;t=<seconds>` and the total in
`RateLimit-Policy: …;q=<quota>;w=<seconds>` (draft-ietf-httpapi-ratelimit-headers). While more than
half remain, only the least interval applies; after that, the remaining requests but one are spread
evenly over the rest of the window.

A refusal says in `Retry-After` how long to wait (RFC 9110, section 10.2.3). After one that does not
say, or says 0, we wait a second, and twice as long after each further one.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LEFT = re.compile(r"\br=(\d{1,9})\b")
_SECONDS = re.compile(r"\bt=(\d{1,9})\b")
_QUOTA = re.compile(r"\bq=(\d{1,9})\b")
_NUMBER = re.compile(r"([0-9]{1,9})[0-9]*(\.[0-9]*)?|\.[0-9]+")
_FIRST_WAIT_S = 1.0


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
class Pace:
    """Spaces the requests to each host, whichever source they are for: at most `max_per_s`.

    The gap is kept between the end of an answer and the next request, so the host never sees more,
    however long a request is under way. `monotonic` is a clock in seconds.
    """

    max_per_s: float
    monotonic: Callable[[], float]
    _answered_at: dict[str, float] = field(default_factory=dict)

    def earliest(self, host: str) -> float:
        """When the next request to a host may be sent, on the clock."""
        return self._answered_at.get(host, -math.inf) + 1 / self.max_per_s

    def answered(self, host: str) -> None:
        """A request to a host is over, whether it succeeded or not."""
        self._answered_at[host] = self.monotonic()


@dataclass
class Limiter:
    """Spaces the requests to one source; each bucket, such as `api` or `pages`, has its own quota.

    `monotonic` is a clock in seconds; `sleep` waits for so many seconds; `pace` is shared by the
    sources of a run.
    """

    min_interval_s: float
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    pace: Pace
    learned: dict[str, Allowance] = field(default_factory=dict)
    """The source's last allowance for each bucket."""
    _asked_at: float = -math.inf
    _not_before: defaultdict[str, float] = field(
        default_factory=lambda: defaultdict(lambda: -math.inf)
    )
    _n_refusals: Counter[str] = field(default_factory=Counter)
    """By bucket: refusals in a row that did not say how long to wait."""

    def wait_s(self, host: str, bucket: str) -> float:
        """Seconds until the next request to a host may be sent."""
        earliest = max(
            self._asked_at + self.min_interval_s,
            self._not_before[bucket],
            self.pace.earliest(host),
        )
        return max(0.0, earliest - self.monotonic())

    def asked_s(self, bucket: str) -> float:
        """Seconds for which the source asked for no requests of a bucket, from now on."""
        return max(0.0, self._not_before[bucket] - self.monotonic())

    def take(self, host: str, bucket: str) -> None:
        """Wait until a request to a host may be sent, and count it as sent."""
        wait_s = self.wait_s(host, bucket)
        if wait_s:
            self.sleep(wait_s)
        self._asked_at = self.monotonic()

    def pause(self, bucket: str, seconds: float) -> None:
        """Send no requests of a bucket for so many seconds."""
        self._not_before[bucket] = max(self._not_before[bucket], self.monotonic() + seconds)

    def backoff_s(self, bucket: str, max_s: float) -> float:
        """Seconds to wait after a refusal that did not say how long: 1, 2, 4 and so on to `max_s`;
        never less than a second."""
        wait_s = math.ldexp(_FIRST_WAIT_S, min(self._n_refusals[bucket], 30))
        self._n_refusals[bucket] += 1
        return max(_FIRST_WAIT_S, min(wait_s, max_s))

    def granted(self, bucket: str) -> None:
        """A request was not refused: the next refusal waits a second again."""
        del self._n_refusals[bucket]

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
    """Seconds that a refusal asks to wait: `Retry-After` (a number, also with a fraction, or a
    date), else the window's; None when it does not say."""
    text = headers.get("Retry-After", "").strip()
    if number := _NUMBER.fullmatch(text):
        return float(number[0] if number[1] is None else number[1] + (number[2] or ""))
    with suppress(ValueError, OverflowError):  # not a date
        at = parsedate_to_datetime(text)
        # a date of HTTP is in GMT, also where its zone is missing or unknown
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - now).total_seconds())
    allowance = allowance_in(headers)
    return allowance.seconds if allowance else None


def in_seconds(seconds: float) -> str:
    """A wait for messages: `7 s`, `0.5 s`."""
    return f"{seconds:.1f}".removesuffix(".0") + " s"
