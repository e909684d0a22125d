"""Limits on requests to one host in one run: a budget, and circuit breakers for a host that is down
and for an endpoint of it that is gone.

Without them every issue would spend all its tries and pauses on a host that does not answer or an
API that is no more, and a long look-back would send more requests than a night may.
"""

from collections import Counter
from dataclasses import dataclass, field

from tasks.errors import BudgetSpent, Unreachable


@dataclass
class Hosts:
    """Requests and failures by host, for the length of one run."""

    max_failures: int
    """After so many failures in a row the breaker opens: no more requests to the host."""
    max_requests: int | None = None
    """Requests a run may send to one host; None is no limit."""
    n_requests: Counter[str] = field(default_factory=Counter)
    _failures: dict[str, list[str]] = field(default_factory=dict)

    def count_request(self, host: str) -> None:
        """Count a request that is about to be sent.

        Raises `Unreachable` when the breaker is open, and `BudgetSpent`.
        """
        if self.is_down(host):
            failures = self._failures[host]
            raise Unreachable(
                f"no more requests to {host} in this run: the breaker opened after "
                f"{len(failures)} failures in a row, the last: {failures[-1]}"
            )
        if self.is_spent(host):
            raise BudgetSpent(
                f"deferred to the next run: {self.max_requests} requests to {host} were sent"
            )
        self.n_requests[host] += 1

    def is_spent(self, host: str) -> bool:
        """Whether the budget for a host is used up."""
        return self.max_requests is not None and self.n_requests[host] >= self.max_requests

    def is_down(self, host: str) -> bool:
        """Whether the breaker is open."""
        return len(self._failures.get(host, ())) >= self.max_failures

    def answered(self, host: str) -> None:
        """The host answered, possibly with a refusal: it is not down."""
        self._failures.pop(host, None)

    def failed(self, host: str, why: str) -> None:
        """The host did not answer, or only with a server error."""
        self._failures.setdefault(host, []).append(why)


@dataclass
class Endpoints:
    """Which endpoints of a source, such as its API, are gone, for the length of one run.

    One issue says little: the endpoint may have no answer about its date alone. After failures for
    `max_failures` issues in a row the breaker opens, and the run uses the second format at once.
    """

    max_failures: int = 2
    _answered: set[str] = field(default_factory=set)
    _failures: dict[str, list[str]] = field(default_factory=dict)

    def answered(self, endpoint: str) -> None:
        """An endpoint gave a usable answer, so it is there."""
        self._answered.add(endpoint)
        self._failures.pop(endpoint, None)

    def failed(self, endpoint: str, why: str) -> None:
        """An endpoint said that it has no such address, or answered with server errors only."""
        self._failures.setdefault(endpoint, []).append(why)

    def why_gone(self, endpoint: str) -> str | None:
        """Why the breaker is open; None while it is closed."""
        failures = self._failures.get(endpoint, [])
        if len(failures) < self.max_failures:
            return None
        return (
            f"{endpoint} failed for {len(failures)} issues in a row and is not requested again in "
            f"this run, the last: {failures[-1]}"
        )

    def is_there(self, endpoint: str) -> bool:
        """Whether an endpoint answered in this run, and its breaker is closed."""
        return endpoint in self._answered and self.why_gone(endpoint) is None
