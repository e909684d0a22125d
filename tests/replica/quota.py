"""Count requests against a fixed window and say so in the `RateLimit` headers.

The site allows 500 API calls and 100 pages in 300 seconds without a token and reports what is
left as `RateLimit: "api";r=<left>;t=<seconds>`. Time is passed in.
"""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    """The outcome for one request."""

    granted: bool
    headers: Mapping[str, str]


class FixedWindow:
    """A bucket that is full again when `window_s` seconds have passed since its first request."""

    def __init__(self, name: str, quota: int, window_s: int) -> None:
        """`name` appears in the headers."""
        self.name, self.quota, self.window_s = name, quota, window_s
        self._used = 0
        self._opened_at = -math.inf
        self._lock = threading.Lock()

    def take(self, now: float) -> Allowance:
        """Count one request at monotonic time `now`; past the quota it is not granted."""
        with self._lock:
            if now >= self._opened_at + self.window_s:
                self._opened_at, self._used = now, 0
            self._used += 1
            left = max(self.quota - self._used, 0)
            granted = self._used <= self.quota
            reset_s = math.ceil(self._opened_at + self.window_s - now)
        headers = {
            "RateLimit": f'"{self.name}";r={left};t={reset_s}',
            "RateLimit-Policy": f'"fixed window";"{self.name}";q={self.quota};w={self.window_s}',
        }
        return Allowance(granted, headers if granted else {**headers, "Retry-After": str(reset_s)})
