"""Asking a source for an issue, politely: bounded, patient where told to be, and honest about
failure.

Every request is reported to `on_attempt`, also those that are retried. Errors are types; the
waiting and the clock come in as arguments.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urljoin, urlsplit

import requests
import tenacity

from tasks.errors import NotPublished, RateLimited, Unreachable, UnusableAnswer
from tasks.model import IssueRef
from tasks.sources import Request, Source

_RATE_LIMIT = re.compile(r"\br=(?P<left>\d+);\s*t=(?P<seconds>\d+)")
_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


@dataclass(frozen=True)
class Policy:
    """How a source may be asked. Times in seconds, sizes in bytes."""

    user_agent: str
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 30.0
    max_bytes: int = 32 * 1024 * 1024
    max_tries: int = 4
    max_wait_s: float = 120.0
    """The longest one pause may be; a source that asks for more is left for the next run."""
    max_pages: int = 20


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


@dataclass(frozen=True)
class Fetched:
    """One body as it came. `headers` holds the validators for asking conditionally next time."""

    content: bytes
    url: str
    form: str
    headers: dict[str, str] = field(default_factory=dict)


class _Passing(Exception):
    """A failure that may pass by itself. `wait_s` is how long the source asked us to wait."""

    def __init__(self, error: Unreachable | RateLimited, wait_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s


@dataclass(frozen=True)
class Fetcher:
    """Fetches the issues of one source at one address, over one session."""

    source: Source
    base_url: str
    policy: Policy
    session: requests.Session
    on_attempt: Callable[[Attempt], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep

    def fetch(
        self, issue: IssueRef, validators: Mapping[str, str] | None = None
    ) -> list[Fetched] | None:
        """All pages of an issue, in order; None when the source says it is as it was.

        `validators` are the `headers` of an earlier `Fetched` of the same issue. Raises
        `Unreachable`, `RateLimited`, `NotPublished` or `UnusableAnswer`.
        """
        if self.source.request is None:
            raise NotPublished(f"{self.source.name} has no address to fetch from")
        request = self.source.request(issue)
        url: str | None = self._address(request)
        pages: list[Fetched] = []
        while url:
            if len(pages) == self.policy.max_pages:
                raise UnusableAnswer(f"{issue}: more than {self.policy.max_pages} pages, stopped")
            conditional = _conditional(validators) if not pages else {}
            page, url = self._page(issue, url, request, conditional)
            if page is None:
                return None
            pages.append(page)
            form = self.source.form(request.form)
            if url is None and (following := form.next_page(page.content, request)):
                request, url = following, self._address(following)
        return pages

    def _address(self, request: Request) -> str:
        """Where a request goes: an address an operator set stands for all of a source's."""
        is_own = self.base_url == self.source.base_url
        base_url = request.base_url if is_own and request.base_url else self.base_url
        query = f"?{urlencode(request.parameters)}" if request.parameters else ""
        return urljoin(base_url, f"{request.path}{query}")

    def _page(
        self, issue: IssueRef, url: str, request: Request, conditional: dict[str, str]
    ) -> tuple[Fetched | None, str | None]:
        """One page and the address of the next, retried while the failure may pass."""
        tries = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.policy.max_tries),
            wait=self._wait,
            retry=tenacity.retry_if_exception_type(_Passing),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            for attempt in tries:
                with attempt:
                    number = attempt.retry_state.attempt_number
                    return self._try(issue, url, request, conditional, number)
        except _Passing as failure:
            raise failure.error from failure
        raise AssertionError("tenacity ends by returning or raising")

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """What the source asked for, else growing pauses with jitter."""
        failure = state.outcome.exception() if state.outcome else None
        if isinstance(failure, _Passing) and failure.wait_s is not None:
            return failure.wait_s
        return tenacity.wait_random_exponential(multiplier=1, max=self.policy.max_wait_s)(state)

    def _try(
        self,
        issue: IssueRef,
        url: str,
        request: Request,
        conditional: dict[str, str],
        number: int,
    ) -> tuple[Fetched | None, str | None]:
        """One request, reported whatever comes of it."""
        started_at, begun = self.now(), time.monotonic()
        status: int | None = None
        content: bytes | None = None
        error: str | None = None
        try:
            with self.session.get(
                url,
                headers={"Accept": request.accept, **conditional},
                timeout=(self.policy.connect_timeout_s, self.policy.read_timeout_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                status = response.status_code
                self._check(issue, response, request)
                if status == 304:
                    return None, None
                content = self._read(issue, response)
                return self._fetched(content, response, request), self._next(response)
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ) as e:
            error = f"{type(e).__name__}: {e}"
            raise _Passing(Unreachable(f"{issue}: {self.base_url} did not answer: {e}")) from e
        except (requests.RequestException, ValueError) as e:
            error = f"{type(e).__name__}: {e}"
            raise UnusableAnswer(f"{issue}: an answer that cannot be read: {e}") from e
        except Exception as e:
            error = str(e)
            raise
        finally:
            self.on_attempt(
                Attempt(
                    issue,
                    url,
                    number,
                    started_at,
                    round(time.monotonic() - begun, 3),
                    status,
                    None if content is None else len(content),
                    None if content is None else hashlib.sha256(content).hexdigest(),
                    error,
                )
            )

    def _check(self, issue: IssueRef, response: requests.Response, request: Request) -> None:
        """Raise what the status and the headers call for."""
        status = response.status_code
        asked = f"{issue}: {self.base_url} answered {status}"
        if status == 429 or (status == 503 and "Retry-After" in response.headers):
            wait_s = self._asked_wait(response)
            limited = RateLimited(f"{asked} and asks to wait {wait_s or 'a while'} s")
            if wait_s is not None and wait_s > self.policy.max_wait_s:
                raise limited
            raise _Passing(limited, wait_s)
        if status >= 500:
            raise _Passing(Unreachable(asked))
        if status in (400, 404, 410):
            raise NotPublished(asked)
        if status not in (200, 304):
            raise UnusableAnswer(f"{asked}, which is no answer to a question for an issue")
        kind = response.headers.get("Content-Type", "")
        wanted = {accepted.partition(";")[0].strip() for accepted in request.accept.split(",")}
        if status == 200 and kind.partition(";")[0].strip() not in wanted:
            raise UnusableAnswer(f"{asked} with {kind or 'no content type'}, not {request.accept}")

    def _asked_wait(self, response: requests.Response) -> float | None:
        """Seconds the source asks us to wait: Retry-After (number or date), else RateLimit's t."""
        text = response.headers.get("Retry-After", "").strip()
        if text.isdecimal():
            return float(text)
        with suppress(ValueError, TypeError):  # not a date, or one without a zone
            return max(0.0, (parsedate_to_datetime(text) - self.now()).total_seconds())
        found = _RATE_LIMIT.search(response.headers.get("RateLimit", ""))
        return float(found["seconds"]) if found else None

    def _read(self, issue: IssueRef, response: requests.Response) -> bytes:
        """The decoded body, up to the cap: a small answer may decode to gigabytes."""
        content = bytearray()
        for chunk in response.iter_content(64 * 1024):
            content += chunk
            if len(content) > self.policy.max_bytes:
                raise UnusableAnswer(f"{issue}: more than {self.policy.max_bytes:,} bytes, stopped")
        return bytes(content)

    def _fetched(self, content: bytes, response: requests.Response, request: Request) -> Fetched:
        found = _RATE_LIMIT.search(response.headers.get("RateLimit", ""))
        if found and found["left"] == "0":
            self.sleep(min(float(found["seconds"]), self.policy.max_wait_s))
        headers = {name: response.headers[name] for name in _VALIDATORS if name in response.headers}
        return Fetched(content, response.url, request.form, headers)

    def _next(self, response: requests.Response) -> str | None:
        """The next page, which must be on the same server."""
        link = response.links.get("next", {}).get("url")
        if link is None:
            return None
        target = urljoin(response.url, link)
        if urlsplit(target)[:2] != urlsplit(response.url)[:2]:
            raise UnusableAnswer(f"the next page is said to be at {target}, another server")
        return target


def open_session(policy: Policy, token: str | None = None) -> requests.Session:
    """A session that says who asks. The token goes into a header and nowhere else."""
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = policy.user_agent
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
    return session


def _conditional(validators: Mapping[str, str] | None) -> dict[str, str]:
    known = validators or {}
    return {ask: known[name] for name, ask in _VALIDATORS.items() if name in known}
