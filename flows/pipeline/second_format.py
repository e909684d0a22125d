"""Requests an issue in the source's first format, and in the second when the first cannot be had.

So a digest whose API is gone or broken is still read, from its pages. The reason of the outcome
says so, and which answer was the cause (decision 13).
"""

import hashlib
from datetime import datetime

from flows.pipeline.run import Run
from tasks.errors import FetchError, UnusableAnswer
from tasks.http.circuit_breaker import Endpoints
from tasks.http.client import Fetched, Fetcher
from tasks.parse.model import IssueRef
from tasks.sources import Request
from warehouse.storage.landing import UNRECOGNISED, CaptureRecord, RawBody


def request_issue(
    run: Run, fetcher: Fetcher, issue: IssueRef, existing: tuple[CaptureRecord, ...]
) -> list[Fetched] | None:
    """All pages of an issue; None when the source says that it has not changed.

    `existing` are the capture records of its newest loaded capture. Raises a `FetchError`; if both
    formats fail, it is the second one's, and the first one's is in the run's notes.
    """
    ask = fetcher.source.request
    first = ask(issue) if ask else None
    otherwise = first.otherwise if first else None
    if first is None or otherwise is None:
        return fetcher.fetch(issue, _validators(existing, first), first)
    reason = fetcher.endpoints.why_gone(first.path)
    if reason is None:
        try:
            return fetcher.fetch(issue, _validators(existing, first), first)
        except FetchError as error:
            reason = str(error).removeprefix(f"{issue}: ")
            if not _needs_second_format(fetcher.endpoints, first, error):
                raise
            kept_as_evidence(run, run.clock(), error)
    run.notes[str(issue)] = f"requested {otherwise.path} instead, because {reason}"
    return fetcher.fetch(issue, _validators(existing, otherwise), otherwise)


def _needs_second_format(endpoints: Endpoints, request: Request, error: FetchError) -> bool:
    """Whether an answer means that the first format cannot be had; failures are counted.

    It cannot if the answer is unusable, or a server error after all tries, or says that there is no
    such address (404, 410). But an endpoint that answered about another issue in this run is
    there, so that 404 is an answer about this issue alone. A host that does not answer at all, or
    asks us to wait, is not asked for something else instead.
    """
    if isinstance(error, UnusableAnswer):
        return True
    if error.status is None or (error.status < 500 and error.status not in (404, 410)):
        return False
    endpoints.failed(request.path, str(error))
    return error.status >= 500 or not endpoints.is_there(request.path)


def _validators(
    existing: tuple[CaptureRecord, ...], request: Request | None
) -> dict[str, str] | None:
    """The validators of the newest loaded capture, if it is one body of the request's format."""
    if request is None or [record.format for record in existing] != [request.format]:
        return None
    return existing[0].validators


def kept_as_evidence(run: Run, at: datetime, error: FetchError) -> str | None:
    """The SHA-256 of an unusable body, now in the landing; None when there is no body."""
    if not isinstance(error, UnusableAnswer) or error.content is None:
        return None
    sha256 = hashlib.sha256(error.content).hexdigest()
    if not run.landing.of_bytes(sha256):
        origin = error.url or ""
        run.landing.store([RawBody(UNRECOGNISED, UNRECOGNISED, None, at, error.content, origin)])
    return sha256
