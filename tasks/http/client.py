"""Fetches an issue from a source: bounded, waiting when the source asks for it, with typed errors.

Every request is reported to `on_attempt`, retries included, so no request goes unrecorded. Clocks
and waiting are arguments. `tasks/http/circuit_breaker.py` limits the requests to a host in one run,
`tasks/http/rate_limit.py` their rate, `tasks/http/url_policy.py` the addresses we follow.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode, urljoin, urlsplit

import requests
import tenacity

from tasks.errors import NotPublished, RateLimited, UnusableAnswer
from tasks.http.certificates import Trusting
from tasks.http.circuit_breaker import Endpoints, Hosts
from tasks.http.rate_limit import Limiter, Pace, in_seconds
from tasks.http.request import Exchange, Page, Policy, Question, Seen, open_session
from tasks.http.response import VALIDATORS, Fetched, Transient
from tasks.http.url_policy import origin_of
from tasks.parse.model import IssueRef
from tasks.sources import Request, Source

__all__ = ["Attempt", "Fetched", "Fetcher", "Policy", "open_session"]


@dataclass(frozen=True)
class Attempt:
    """One request and what came of it: a row of ops.fetches."""

    issue: IssueRef
    url: str
    attempt: int
    started_at: datetime
    duration_s: float
    status: int | None = None
    n_bytes: int | None = None
    payload_sha256: str | None = None
    error: str | None = None


@dataclass
class Fetcher:
    """Fetches the issues of one source at one address, over one session.

    `pace` is shared by fetchers of one run, whose sources may be on one host; without it, a fetcher
    has its own.
    """

    source: Source
    base_url: str
    policy: Policy
    session: requests.Session
    on_attempt: Callable[[Attempt], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    pace: Pace | None = None
    limiter: Limiter = field(init=False)
    hosts: Hosts = field(init=False)
    endpoints: Endpoints = field(init=False, default_factory=Endpoints)
    _exchange: Exchange = field(init=False)

    def __post_init__(self) -> None:
        pace = self.pace or Pace(self.policy.max_per_s, self.monotonic)
        self.limiter = Limiter(self.source.min_interval_s, self.monotonic, self.sleep, pace)
        self.hosts = Hosts(self.policy.max_failures, self.policy.max_requests)
        self._exchange = Exchange(
            self.source,
            self.base_url,
            self.policy,
            self.session,
            self.now,
            self.monotonic,
            self.limiter,
        )
        if self._is_set_by_an_operator:
            # the operator's server may be on a private network; PublicOnly still guards the rest
            self.session.mount("{}://{}/".format(*origin_of(self.base_url)), Trusting())

    def begin_run(self, on_attempt: Callable[[Attempt], None]) -> None:
        """Report requests to another run, which asks an endpoint that was gone once more."""
        self.on_attempt = on_attempt
        self.endpoints = Endpoints()

    @property
    def is_spent(self) -> bool:
        """Whether the budget of requests to the source's host is used up."""
        return self.hosts.is_spent(urlsplit(self.base_url).netloc)

    @property
    def is_down(self) -> bool:
        """Whether the circuit breaker of the source's host is open."""
        return self.hosts.is_down(urlsplit(self.base_url).netloc)

    def fetch(
        self,
        issue: IssueRef,
        validators: Mapping[str, str] | None = None,
        request: Request | None = None,
    ) -> list[Fetched] | None:
        """All pages of an issue, in order; None when the source says it has not changed.

        `validators` are the `headers` of an earlier `Fetched` of the same issue; `request` replaces
        the source's first choice of request. Raises a `FetchError`: `Unreachable`,
        `RateLimited`, `NotPublished`, `UnusableAnswer`, `ForbiddenAddress` or `BudgetSpent`.
        """
        if self.source.request is None:
            raise NotPublished(f"{self.source.name} has no address to fetch from")
        request = request or self.source.request(issue)
        question = Question(issue, request, _conditional(validators))
        url: str | None = self._address(request)
        pages: list[Fetched] = []
        while url:
            if len(pages) == self.policy.max_pages:
                raise UnusableAnswer(f"{issue}: more than {self.policy.max_pages} pages, stopped")
            page = self._page(question, url)
            self.endpoints.answered(request.path)
            if page.body is None:
                return None
            pages.append(page.body)
            url = page.next_url
            body_format = self.source.format(request.format)
            if url is None and (following := body_format.next_page(page.body.content, request)):
                request, url = following, self._address(following)
            question = Question(issue, request, {}, is_first=False)
        return pages

    @property
    def _is_set_by_an_operator(self) -> bool:
        return self.base_url != self.source.base_url

    def _address(self, request: Request) -> str:
        base_url = self.base_url
        if request.base_url and not self._is_set_by_an_operator:
            base_url = request.base_url
        query = urlencode(request.parameters)
        return urljoin(base_url, f"{request.path}?{query}" if query else request.path)

    def _page(self, question: Question, url: str) -> Page:
        """One page, following redirects."""
        for _ in range(self.policy.max_redirects + 1):
            page = self._persistently(question, url)
            if page.moved_to is None:
                return page
            url = page.moved_to
        raise UnusableAnswer(
            f"{question.issue}: redirected more than {self.policy.max_redirects} times, stopped"
        )

    def _persistently(self, question: Question, url: str) -> Page:
        """The answer of one address; transient failures are retried within the policy's limits."""
        begun, n_limited = self.monotonic(), 0

        def is_over(state: tenacity.RetryCallState) -> bool:
            nonlocal n_limited
            failure = _failure_of(state)
            n_limited += failure.max_tries is not None
            wait_s = failure.wait_s or 0.0
            elapsed_s = self.monotonic() - begun
            return (
                state.attempt_number >= self.policy.max_tries
                or (failure.max_tries is not None and n_limited >= failure.max_tries)
                or wait_s > self.policy.max_wait_s
                or elapsed_s + wait_s > self.policy.max_total_s
            )

        tries = tenacity.Retrying(
            stop=is_over,
            wait=self._jitter,
            retry=tenacity.retry_if_exception_type(Transient),
            sleep=lambda seconds: self.limiter.pause(question.request.bucket, seconds),
            reraise=True,
        )
        try:
            for attempt in tries:
                with attempt:
                    return self._try(question, url, attempt.retry_state.attempt_number)
        except Transient as failure:
            raise failure.error from failure
        raise AssertionError("tenacity ends by returning or raising")

    def _jitter(self, state: tenacity.RetryCallState) -> float:
        """Growing pauses with jitter; none if the limiter already waits as the source asked."""
        if _failure_of(state).wait_s:
            return 0.0
        return tenacity.wait_random_exponential(multiplier=1, max=self.policy.max_wait_s)(state)

    def _try(self, question: Question, url: str, number: int) -> Page:
        """One request, if it is allowed; it is reported whether it succeeds or not."""
        host, bucket = urlsplit(url).netloc, question.request.bucket
        wait_s = self.limiter.asked_s(bucket)
        if wait_s > self.policy.max_wait_s:
            raise RateLimited(
                f"{question.issue}: {host} asks for no requests for another {in_seconds(wait_s)}"
            )
        self.hosts.count_request(host)
        self.limiter.take(host, bucket)
        started_at, begun = self.now(), self.monotonic()
        seen, error = Seen(), None
        try:
            page = self._exchange.ask(question, url, seen)
        except Exception as e:
            error = str(e)
            self._learn_from(e, host, bucket)
            raise
        else:
            self.hosts.answered(host)
            self.limiter.granted(bucket)
            return page
        finally:
            self.limiter.pace.answered(host)
            duration_s = round(self.monotonic() - begun, 3)
            self.on_attempt(
                Attempt(question.issue, url, number, started_at, duration_s, *seen.summary(), error)
            )

    def _learn_from(self, error: Exception, host: str, bucket: str) -> None:
        """Update breaker and limiter after a failure."""
        if isinstance(error, Transient) and error.is_of_the_host:
            self.hosts.failed(host, str(error))
        else:
            self.hosts.answered(host)
            self.limiter.granted(bucket)
        if not isinstance(error, Transient):
            return
        if error.is_refusal and not error.wait_s:
            error.wait_s = self.limiter.backoff_s(bucket, self.policy.max_wait_s)
        if error.wait_s is not None:
            self.limiter.pause(bucket, error.wait_s)


def _failure_of(state: tenacity.RetryCallState) -> Transient:
    failure = state.outcome.exception() if state.outcome else None
    if not isinstance(failure, Transient):
        raise TypeError(f"only transient failures are retried, not {failure!r}")
    return failure


def _conditional(validators: Mapping[str, str] | None) -> dict[str, str]:
    known = validators or {}
    return {ask: known[name] for name, ask in VALIDATORS.items() if name in known}
