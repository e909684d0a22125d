"""In one run a host is asked so much and no more, and a dead one is left alone."""

import pytest

from tasks.errors import BudgetSpent, Unreachable
from tasks.http.circuit_breaker import Hosts


def test_the_budget_is_each_hosts_own() -> None:
    hosts = Hosts(max_failures=3, max_requests=2)
    for _ in range(2):
        hosts.count_request("one")
    with pytest.raises(BudgetSpent, match="2 requests to one"):
        hosts.count_request("one")
    assert (hosts.is_spent("one"), hosts.is_spent("two")) == (True, False)
    hosts.count_request("two")


def test_only_failures_in_a_row_open_the_breaker() -> None:
    hosts = Hosts(max_failures=3)
    for _ in range(5):
        hosts.failed("one", "reset")
        hosts.failed("one", "reset")
        hosts.answered("one")
    hosts.count_request("one")
    for word in ("first", "second", "third"):
        hosts.failed("one", word)
    with pytest.raises(Unreachable, match=r"3 failures .*third"):
        hosts.count_request("one")
    hosts.count_request("two")
    assert hosts.n_requests == {"one": 1, "two": 1}
