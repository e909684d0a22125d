"""One answer of a source: what its status, its headers and its body say, told as typed errors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import requests

from tasks.errors import BadBody, FetchError, NotPublished, RateLimited, Unreachable, UnusableAnswer
from tasks.http.rate_limit import asked_wait_s
from tasks.parse.model import IssueRef, ParsedBody
from tasks.sources import Format, Request

MOVED = frozenset({301, 302, 303, 307, 308})
VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_CHUNK = 64 * 1024
_END = 1024
"""Where the end of a body is looked for: servers may put a remark behind it."""
_TRIES_OF_A_BAD_BODY = 2
"""A body that is no issue may have been cut short behind a proxy, so it is asked for once more."""


@dataclass(frozen=True)
class Fetched:
    """One body as it came, and what it says. `headers` holds the validators for asking
    conditionally next time."""

    content: bytes
    url: str
    format: str
    parsed: ParsedBody
    headers: dict[str, str] = field(default_factory=dict)


class Passing(Exception):
    """A failure that may pass by itself, and what it is when it does not.

    `wait_s` is how long the source asked us to wait, `max_tries` how often it is worth trying.
    """

    def __init__(
        self, error: FetchError, *, wait_s: float | None = None, max_tries: int | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s
        self.max_tries = max_tries

    @property
    def is_of_the_host(self) -> bool:
        """Whether the host is in trouble, rather than this one body."""
        return not isinstance(self.error, UnusableAnswer)


def check_status(asked: str, response: requests.Response, now: datetime) -> None:
    """Raise what a status calls for; 200, 304 and redirects pass.

    `asked` says in words what was asked of whom.
    """
    status = response.status_code
    answered = f"{asked} answered {status}"
    if status == 429 or (status == 503 and "Retry-After" in response.headers):
        wait_s = asked_wait_s(response.headers, now)
        limited = RateLimited(f"{answered} and asks to wait {wait_s or 'a while'} s")
        raise Passing(limited, wait_s=wait_s)
    if status >= 500:
        raise Passing(Unreachable(answered))
    if status in (400, 404, 410):
        raise NotPublished(answered)
    if status not in {200, 304, *MOVED}:
        raise UnusableAnswer(f"{answered}, which is no answer to a question for an issue")


def read_body(
    issue: IssueRef,
    response: requests.Response,
    *,
    max_bytes: int,
    max_s: float,
    monotonic: Callable[[], float],
) -> bytes:
    """The decoded body, bounded in size and time: a small answer may decode to gigabytes, and a
    source that sends a byte now and then would never be done."""
    content = bytearray()
    begun = monotonic()
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        content += chunk
        if len(content) > max_bytes:
            raise UnusableAnswer(f"{issue}: more than {max_bytes:,} bytes, stopped")
        if monotonic() - begun > max_s:
            raise Passing(Unreachable(f"{issue}: still being sent after {max_s:g} s, stopped"))
    return bytes(content)


def parse_answer(
    asked: str, content: bytes, url: str, kind: str, request: Request, body_format: Format
) -> ParsedBody:
    """Parse a body that is of the content type asked for and an issue of the request's format.

    Raises `UnusableAnswer`, as it is or as a failure that may pass, with the body as evidence.
    """
    wanted = [accepted.partition(";")[0].strip() for accepted in request.accept.split(",")]
    if kind.partition(";")[0].strip().lower() not in wanted:
        said = kind or "no content type"
        raise UnusableAnswer(f"{asked} answered with {said}, not {request.accept}", content, url)
    try:
        _check_end(content, body_format.closes_with)
        return body_format.parse(content)
    except BadBody as error:
        unusable = UnusableAnswer(f"{asked} answered with no issue: {error}", content, url)
        raise Passing(unusable, max_tries=_TRIES_OF_A_BAD_BODY) from error


def _check_end(content: bytes, closes_with: bytes | None) -> None:
    if closes_with and closes_with not in content[-_END:]:
        raise BadBody(f"{closes_with.decode()} at the end", "a body that is cut short")
