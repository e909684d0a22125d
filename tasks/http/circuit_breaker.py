"""What one run asks of a host at most: a budget of requests, and a breaker for one that is down.

Without them a host that does not answer would cost every issue all its tries and pauses, and a
long look-back more requests than a night may make.
"""

from collections import Counter
from dataclasses import dataclass, field

from tasks.errors import BudgetSpent, Unreachable


@dataclass
class Hosts:
    """Requests and failures by host, for the length of one run."""

    max_failures: int
    """After so many failures in a row the breaker is open: the host is asked no more."""
    max_requests: int | None = None
    """Requests a run may make to one host; None is no bound."""
    n_requests: Counter[str] = field(default_factory=Counter)
    _failures: dict[str, list[str]] = field(default_factory=dict)

    def check_issues(self, host: str) -> None:
        """Count a request that is about to be sent.

        Raises `Unreachable` when the breaker is open, and `BudgetSpent`.
        """
        if self.is_down(host):
            failures = self._failures[host]
            raise Unreachable(
                f"{host} is not asked any more in this run: the breaker opened after "
                f"{len(failures)} failures in a row, the last: {failures[-1]}"
            )
        if self.is_spent(host):
            raise BudgetSpent(
                f"left for the next run: {self.max_requests} requests to {host} are made"
            )
        self.n_requests[host] += 1

    def is_spent(self, host: str) -> bool:
        """Whether the budget for a host is used up."""
        return self.max_requests is not None and self.n_requests[host] >= self.max_requests

    def is_down(self, host: str) -> bool:
        """Whether the breaker is open."""
        return len(self._failures.get(host, ())) >= self.max_failures

    def answered(self, host: str) -> None:
        """The host gave an answer, be it a refusal: it is not down."""
        self._failures.pop(host, None)

    def failed(self, host: str, why: str) -> None:
        """The host gave no answer, or only said that it cannot."""
        self._failures.setdefault(host, []).append(why)
