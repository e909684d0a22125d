"""One request to a source and the answer to it, over one session."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3

from tasks.errors import Unreachable, UnusableAnswer
from tasks.http.certificates import bundle
from tasks.http.proxies import proxies_for, proxy_for
from tasks.http.rate_limit import Limiter
from tasks.http.response import (
    MOVED,
    VALIDATORS,
    Fetched,
    Transient,
    check_not_cut_off,
    check_not_empty,
    check_status,
    keep_connection,
    parse_answer,
    read_body,
)
from tasks.http.url_policy import PublicOnly, followed, origin_of
from tasks.parse.model import IssueRef
from tasks.sources import Request, Source

_OF_PROXY = (
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidSchema,  # a proxy over SOCKS, for which a package is missing
)
_MAY_PASS = re.compile(r"Tunnel connection failed: 5\d\d")


@dataclass(frozen=True)
class Policy:
    """Limits for requests to a source. Times in seconds, sizes in bytes."""

    user_agent: str
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 30.0
    max_bytes: int = 32 * 1024 * 1024
    max_body_s: float = 120.0
    """The longest one body may take to arrive."""
    max_tries: int = 4
    max_wait_s: float = 330.0
    """The longest pause; a source that asks for a longer one is deferred to the next run."""
    max_total_s: float = 900.0
    """No try begins later than this after the first for the same page."""
    max_pages: int = 20
    max_redirects: int = 3
    max_failures: int = 8
    """Failures in a row after which this run sends a host no more requests."""
    max_requests: int | None = None
    """Requests to one host in one run; None is no limit."""
    max_per_s: float = 5.0
    """Requests to one host in a second."""


@dataclass
class Seen:
    """What is known of the answer to a request, also if the request fails."""

    status: int | None = None
    content: bytes | None = None

    def summary(self) -> tuple[int | None, int | None, str | None]:
        """Status, size and SHA-256 for an `Attempt`."""
        if self.content is None:
            return self.status, None, None
        return self.status, len(self.content), hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Page:
    """The answer of one address: a body, "not changed" (None), or a redirect."""

    body: Fetched | None
    next_url: str | None = None
    moved_to: str | None = None


@dataclass(frozen=True)
class Question:
    """What is requested, the same for all pages of an issue."""

    issue: IssueRef
    request: Request
    conditional: Mapping[str, str]
    is_first: bool = True
    """Whether it is for the first page of the issue."""

    def words_for(self, url: str) -> str:
        """The issue and the address, for messages."""
        return f"{self.issue}: {url.partition('?')[0]}"


@dataclass(frozen=True)
class Exchange:
    """Sends requests to one source at one address. Raises a `FetchError`, or `Transient` for
    one that may succeed if tried again."""

    source: Source
    base_url: str
    policy: Policy
    session: requests.Session
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    limiter: Limiter

    def ask(self, question: Question, url: str, seen: Seen) -> Page:
        """Send a request and read its answer; `seen` is filled on the way."""
        issue, request = question.issue, question.request
        about = question.words_for(url)
        try:
            with self._sent(question, url) as response:
                seen.status = response.status_code
                self.limiter.learn(request.bucket, response.headers)
                if seen.status != 200:
                    keep_connection(response)
                check_status(about, response, self.now())
                if seen.status in MOVED:
                    target = response.headers.get("Location", "")
                    return Page(None, moved_to=self._followed(url, target))
                if seen.status == 304:
                    return self._not_changed(question)
                seen.content = read_body(
                    issue,
                    response,
                    max_bytes=self.policy.max_bytes,
                    max_s=self.policy.max_body_s,
                    monotonic=self.monotonic,
                )
                return self._read(question, url, response, seen.content)
        except urllib3.exceptions.DecodeError as error:
            raise UnusableAnswer(
                f"{about} answered with bytes that cannot be unpacked: {error}"
            ) from error
        except _OF_PROXY as error:
            raise _proxy_failed(about, url, error) from error
        except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as error:
            raise Transient(Unreachable(f"{about} did not answer: {_cause(error)}")) from error
        except requests.RequestException as error:
            raise UnusableAnswer(f"{about} gave an answer that cannot be read: {error}") from error

    def _sent(self, question: Question, url: str) -> requests.Response:
        headers: dict[str, str | bytes | None] = {"Accept": question.request.accept}
        headers |= question.conditional
        if origin_of(url) != origin_of(self.base_url):
            headers["Authorization"] = None  # the token is for the source's own server
        return self.session.get(
            url,
            headers=headers,
            timeout=(self.policy.connect_timeout_s, self.policy.read_timeout_s),
            proxies=proxies_for(url),
            allow_redirects=False,
            stream=True,
        )

    def _not_changed(self, question: Question) -> Page:
        if not question.conditional:
            raise UnusableAnswer(f"{question.issue}: answered 304 to an unconditional request")
        return Page(None)

    def _read(
        self, question: Question, url: str, response: requests.Response, content: bytes
    ) -> Page:
        """The page of a body, after checking that it is what was requested."""
        request = question.request
        headers = {name: response.headers[name] for name in VALIDATORS if name in response.headers}
        kind = response.headers.get("Content-Type", "")
        body_format = self.source.format(request.format)
        about = question.words_for(url)
        parsed = parse_answer(about, content, url, kind, request, body_format)
        body = Fetched(content, url, request.format, parsed, headers)
        link = response.links.get("next", {}).get("url") if request.follows_pages else None
        next_url = None if link is None else self._followed(url, link)
        check_not_cut_off(about, body, request)
        check_not_empty(about, body, is_first=question.is_first, is_last=next_url is None)
        return Page(body, next_url)

    def _followed(self, url: str, target: str) -> str:
        return followed(url, target, base_url=self.base_url, hosts=self.source.hosts)


def _proxy_failed(about: str, url: str, error: requests.RequestException) -> Transient:
    """What to raise when a proxy does not let us through; tried again only if it says that the
    fault may pass, because a proxy that refuses is a matter of settings."""
    cause = re.sub(r"<[^<>]*>: ?", "", str(_cause_of(error)))
    unreachable = Unreachable(
        f"{about}: the proxy {proxy_for(url)} does not let us through: {cause}; correct the "
        "variable, or name the host in NO_PROXY"
    )
    return Transient(unreachable, max_tries=None if _MAY_PASS.search(cause) else 1)


def _cause_of(error: BaseException) -> BaseException:
    """The innermost error that libraries have wrapped."""
    inner = getattr(error, "reason", None) or getattr(error, "original_error", None)
    wrapped = next((part for part in error.args if isinstance(part, BaseException)), None)
    found = inner if isinstance(inner, BaseException) else wrapped
    return _cause_of(found) if found is not None and found is not error else error


def open_session(policy: Policy, token: str | None = None) -> requests.Session:
    """A session with our user agent, without cookies, that connects to public machines only.

    The token goes into a header and nowhere else. Proxies and certificates are those that the
    environment names. Raises `BadCertificates`.
    """
    session = requests.Session()
    session.trust_env = False
    session.verify = bundle() or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, PublicOnly())
    session.headers["User-Agent"] = policy.user_agent
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
    return session


def _cause(error: BaseException) -> str:
    """What was the matter in the system's own words, without those of the libraries around it."""
    inner = error
    while following := inner.__cause__ or inner.__context__:
        inner = following
    said = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return said or type(inner).__name__
