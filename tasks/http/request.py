"""One request to a source and the answer to it, over one session."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3

from tasks.errors import Unreachable, UnusableAnswer
from tasks.http.rate_limit import Limiter
from tasks.http.response import (
    MOVED,
    VALIDATORS,
    Fetched,
    Passing,
    check_status,
    parse_answer,
    read_body,
)
from tasks.http.url_policy import PublicOnly, followed, origin_of
from tasks.parse.model import IssueRef
from tasks.sources import Request, Source


@dataclass(frozen=True)
class Policy:
    """How a source may be asked. Times in seconds, sizes in bytes."""

    user_agent: str
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 30.0
    max_bytes: int = 32 * 1024 * 1024
    max_body_s: float = 120.0
    """The longest one body may take to arrive."""
    max_tries: int = 4
    max_wait_s: float = 330.0
    """The longest one pause may be; a source that asks for more is left for the next run."""
    max_total_s: float = 900.0
    """No try begins later than this after the first for the same page."""
    max_pages: int = 20
    max_redirects: int = 3
    max_failures: int = 8
    """Failures in a row after which a host is asked no more in this run."""
    max_requests: int | None = None
    """Requests to one host in one run; None is no bound."""


@dataclass
class Seen:
    """What there is to tell of a request, whatever becomes of it."""

    status: int | None = None
    content: bytes | None = None

    def told(self) -> tuple[int | None, int | None, str | None]:
        """Status, size and SHA-256, as an `Attempt` has them."""
        if self.content is None:
            return self.status, None, None
        return self.status, len(self.content), hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Page:
    """What one address gave: a body, or "as it was" (None), or another address to ask."""

    body: Fetched | None
    next_url: str | None = None
    moved_to: str | None = None


@dataclass(frozen=True)
class Question:
    """What is asked for, the same for all pages of an issue."""

    issue: IssueRef
    request: Request
    conditional: Mapping[str, str]

    def asked_of(self, url: str) -> str:
        """The question and who was asked, in words."""
        return f"{self.issue}: {url.partition('?')[0]}"


@dataclass(frozen=True)
class Exchange:
    """Asks one source at one address. What may go wrong is raised as a `FetchError`, or as the
    `Passing` of one that may pass by itself."""

    source: Source
    base_url: str
    policy: Policy
    session: requests.Session
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    limiter: Limiter

    def ask(self, question: Question, url: str, seen: Seen) -> Page:
        """Send a request and read its answer; `seen` is told what there is to tell of it."""
        issue, request = question.issue, question.request
        asked = question.asked_of(url)
        try:
            with self._sent(question, url) as response:
                seen.status = response.status_code
                self.limiter.learn(request.bucket, response.headers)
                check_status(asked, response, self.now())
                if seen.status in MOVED:
                    target = response.headers.get("Location", "")
                    return Page(None, moved_to=self._followed(url, target))
                if seen.status == 304:
                    return self._as_it_was(question)
                seen.content = read_body(
                    issue,
                    response,
                    max_bytes=self.policy.max_bytes,
                    max_s=self.policy.max_body_s,
                    monotonic=self.monotonic,
                )
                return self._read(question, url, response, seen.content)
        except urllib3.exceptions.DecodeError as error:
            raise UnusableAnswer(f"{asked} answered what cannot be unpacked: {error}") from error
        except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as error:
            raise Passing(Unreachable(f"{asked} did not answer: {error}")) from error
        except requests.RequestException as error:
            raise UnusableAnswer(f"{asked} gave an answer that cannot be read: {error}") from error

    def _sent(self, question: Question, url: str) -> requests.Response:
        headers: dict[str, str | bytes | None] = {"Accept": question.request.accept}
        headers |= question.conditional
        if origin_of(url) != origin_of(self.base_url):
            headers["Authorization"] = None  # the token is for the source's own server
        return self.session.get(
            url,
            headers=headers,
            timeout=(self.policy.connect_timeout_s, self.policy.read_timeout_s),
            allow_redirects=False,
            stream=True,
        )

    def _as_it_was(self, question: Question) -> Page:
        if not question.conditional:
            raise UnusableAnswer(f"{question.issue}: answered 304 without having been asked for it")
        return Page(None)

    def _read(
        self, question: Question, url: str, response: requests.Response, content: bytes
    ) -> Page:
        """A body that was read, once it is found to be what was asked for."""
        request = question.request
        headers = {name: response.headers[name] for name in VALIDATORS if name in response.headers}
        kind = response.headers.get("Content-Type", "")
        body_format = self.source.format(request.format)
        parsed = parse_answer(question.asked_of(url), content, url, kind, request, body_format)
        body = Fetched(content, url, request.format, parsed, headers)
        link = response.links.get("next", {}).get("url") if request.follows_pages else None
        return Page(body, next_url=None if link is None else self._followed(url, link))

    def _followed(self, url: str, target: str) -> str:
        return followed(url, target, base_url=self.base_url, hosts=self.source.hosts)


def open_session(policy: Policy, token: str | None = None) -> requests.Session:
    """A session that says who asks, keeps no cookies, and connects to public machines only.

    The token goes into a header and nowhere else.
    """
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, PublicOnly())
    session.headers["User-Agent"] = policy.user_agent
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
    return session
