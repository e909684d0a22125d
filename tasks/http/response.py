"""Checks of one answer from a source: status, headers and body, with typed errors."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import requests
import urllib3

from tasks.errors import BadBody, FetchError, NotPublished, RateLimited, Unreachable, UnusableAnswer
from tasks.http.rate_limit import asked_wait_s, in_seconds
from tasks.parse.model import IssueRef, ParsedBody
from tasks.sources import Format, Request

MOVED = frozenset({301, 302, 303, 307, 308})
VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_log = logging.getLogger("paperhouse")
_CHUNK = 64 * 1024
_END = 1024
"""The end of a body is searched in its last bytes: servers may append a comment."""
_TRIES_OF_A_BAD_BODY = 2
"""A body that is no issue may have been cut short by a proxy, and an empty page may be a cache's
mistake, so they are fetched once more."""


@dataclass(frozen=True)
class Fetched:
    """One body as received, and what it says. `headers` holds the validators for the next
    conditional request."""

    content: bytes
    url: str
    format: str
    parsed: ParsedBody
    headers: dict[str, str] = field(default_factory=dict)


class Transient(Exception):
    """A failure that may be transient, with the `error` to raise if it is not.

    `wait_s` is how long the source asks us to wait, `max_tries` how often it is worth trying.
    """

    def __init__(
        self, error: FetchError, *, wait_s: float | None = None, max_tries: int | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s
        self.max_tries = max_tries

    @property
    def is_refusal(self) -> bool:
        """Whether the host asks for fewer requests."""
        return isinstance(self.error, RateLimited)

    @property
    def is_of_the_host(self) -> bool:
        """Whether the host failed, and not just this one body."""
        return not isinstance(self.error, UnusableAnswer)


def check_status(about: str, response: requests.Response, now: datetime) -> None:
    """Raise the error for a status; 200, 304 and redirects raise nothing.

    `about` names issue and address for messages. A server error that asks for a wait in
    `Retry-After` is a refusal.
    """
    status = response.status_code
    answered = f"{about} answered {status}"
    wait_s = asked_wait_s(response.headers, now)
    if status == 429 or (status >= 500 and "Retry-After" in response.headers and wait_s):
        said = "did not say how long" if wait_s is None else f"asks to wait {in_seconds(wait_s)}"
        raise Transient(RateLimited(f"{answered} and {said}"), wait_s=wait_s)
    if status >= 500:
        raise Transient(Unreachable(answered, status=status))
    if status in (400, 404, 410):
        raise NotPublished(answered, status=status)
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
    source that sends a byte now and then would never end."""
    content = bytearray()
    begun = monotonic()
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        content += chunk
        if len(content) > max_bytes:
            raise UnusableAnswer(f"{issue}: more than {max_bytes:,} bytes, stopped")
        if monotonic() - begun > max_s:
            raise Transient(Unreachable(f"{issue}: still being sent after {max_s:g} s, stopped"))
    return bytes(content)


def keep_connection(response: requests.Response) -> None:
    """Read the rest of an answer whose body is not needed, so that its connection can be used for
    the next request; the connection of a long one is closed instead."""
    n_read = 0
    try:
        while n_read < _CHUNK and (rest := response.raw.read1(_CHUNK, decode_content=False)):
            n_read += len(rest)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        _log.debug("the connection is closed: %s", error)  # its status is known, and that counts


def parse_answer(
    about: str, content: bytes, url: str, kind: str, request: Request, body_format: Format
) -> ParsedBody:
    """Parse a body that is of the content type asked for and an issue of the request's format.

    Raises `UnusableAnswer`, or `Transient` with one, with the body as evidence.
    """
    wanted = [accepted.partition(";")[0].strip() for accepted in request.accept.split(",")]
    if kind.partition(";")[0].strip().lower() not in wanted:
        said = kind or "no content type"
        raise UnusableAnswer(f"{about} answered with {said}, not {request.accept}", content, url)
    try:
        _check_end(content, body_format.closes_with)
        return body_format.parse(content)
    except BadBody as error:
        unusable = UnusableAnswer(f"{about} answered with no issue: {error}", content, url)
        raise Transient(unusable, max_tries=_TRIES_OF_A_BAD_BODY) from error


def check_not_cut_off(about: str, page: Fetched, request: Request) -> None:
    """Raise `UnusableAnswer` for an answer with as many records as it can have at most: the list is
    longer, and a shorter one must not replace it."""
    if request.cut_off_at is not None and page.parsed.n_parsed >= request.cut_off_at:
        raise UnusableAnswer(
            f"{about} has {page.parsed.n_parsed} papers; such pages are cut off at "
            f"{request.cut_off_at}, so some may be missing",
            page.content,
            page.url,
        )


def check_not_empty(about: str, page: Fetched, *, is_first: bool, is_last: bool) -> None:
    """Raise `Transient` for a page without records where the source says that there are some: it
    declares how many, or the page before or this one links to a next page."""
    declared = page.parsed.n_declared
    is_expected = not is_last or (not is_first if declared is None else declared > 0)
    if is_expected and page.parsed.n_parsed == 0:
        unusable = UnusableAnswer(
            f"{about} answered with an empty page, though more papers were announced",
            page.content,
            page.url,
        )
        raise Transient(unusable, max_tries=_TRIES_OF_A_BAD_BODY)


def _check_end(content: bytes, closes_with: bytes | None) -> None:
    if closes_with and closes_with not in content[-_END:]:
        raise BadBody(f"{closes_with.decode()} at the end", "a body that is cut short")
