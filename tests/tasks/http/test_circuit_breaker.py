"""In one run a host is asked so much and no more, and a dead one is left alone."""

import pytest

from tasks.errors import BudgetSpent, Unreachable
from tasks.http.circuit_breaker import Endpoints, Hosts
from tests.support.told import untold


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


def test_an_endpoint_is_gone_after_two_failures_in_a_row_and_each_has_its_own_count() -> None:
    endpoints = Endpoints()
    endpoints.failed("/api", "first: answered 404")
    assert endpoints.why_gone("/api") is None
    endpoints.answered("/api")
    endpoints.failed("/api", "second: answered 404")
    endpoints.failed("/other", "answered 410")
    assert endpoints.why_gone("/api") is None
    endpoints.failed("/api", "third: answered 503")
    why = str(endpoints.why_gone("/api"))
    assert untold(why, "2 issues in a row", "third: answered 503", "this run") == []
    assert endpoints.why_gone("/other") is None


def test_an_endpoint_is_there_when_it_has_answered_and_is_not_gone_since() -> None:
    endpoints = Endpoints()
    assert not endpoints.is_there("/api")
    endpoints.answered("/api")
    endpoints.failed("/api", "answered 404")
    assert endpoints.is_there("/api")
    endpoints.failed("/api", "answered 404")
    assert not endpoints.is_there("/api")
