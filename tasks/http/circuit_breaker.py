"""Limits on requests to one host in one run: a budget, and a circuit breaker if it is down.

Without them every issue would spend all its tries and pauses on a host that does not answer, and a
long look-back would send more requests than a night may.
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
