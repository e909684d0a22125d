"""What is due, fetched from its source into the landing."""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.pipeline.captures import LandedBody, LandedCapture, landed_captures
from flows.pipeline.issue_state import DEFERRED
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run, log
from flows.settings import Settings
from schemas.ops import FETCHES
from tasks.calendar import Due, due, newest_first
from tasks.change_detection import content_sha256, says_the_same
from tasks.errors import BadBody, BudgetSpent, FetchError, UnusableAnswer
from tasks.http.client import Attempt, Fetched, Fetcher, Policy, open_session
from tasks.parse.capture import payload_sha256
from tasks.parse.model import IssueRef
from tasks.sources import Source, sources
from warehouse.storage.landing import UNRECOGNISED, CaptureRecord, DamagedBody, RawBody

CONTENT = "content"
"""The validator that is ours: the checksum of what a body says."""


@dataclass(frozen=True)
class Planned:
    """An issue to fetch, and the capture records of its newest loaded capture, in page order."""

    due: Due
    known: tuple[CaptureRecord, ...] = ()


def plan(run: Run, settings: Settings, source: Source, *, sweep: bool = False) -> list[Planned]:
    """What a source owes us now, in the order to ask for it: newest first."""
    found = due(
        source,
        run.issues.last_states(),
        now=run.clock(),
        since=settings.source(source.name).since,
        look_back_days=settings.sweep_days if sweep else settings.look_back_days,
        editions=settings.source(source.name).editions,
    )
    return with_newest_capture(run, newest_first(found))


def with_newest_capture(run: Run, found: list[Due]) -> list[Planned]:
    """Each issue that is due with the records of its newest loaded capture."""
    if not found:
        return []
    landed = landed_captures(run.landing, {str(item.issue) for item in found})
    planned = []
    for item in found:
        loaded = run.issues.loaded.get(str(item.issue))
        newest = landed.get((str(item.issue), loaded.captured_at)) if loaded else None
        planned.append(Planned(item, newest.records if newest else ()))
    return planned


def fetch_issue(run: Run, fetcher: Fetcher, planned: Planned) -> LandedCapture | None:
    """Fetch one issue into the landing; None when there is nothing new to load.

    What a source can do wrong is not raised but an outcome of the run, and so is "unchanged". A
    body that says what the newest loaded one says is not landed either.
    """
    captured_at = run.clock()
    issue = fetcher.source.stamped(planned.due.issue, captured_at)
    try:
        pages = _asked(run, fetcher, issue, planned.known)
    except BudgetSpent as error:
        run.outcomes.append(IssueOutcome(str(issue), captured_at, DEFERRED, reason=str(error)))
        return None
    except FetchError as error:
        reason = str(error).removeprefix(f"{issue}: ")
        sha256 = _kept_as_evidence(run, captured_at, error)
        outcome = "broken" if sha256 else "unfetched"
        run.outcomes.append(IssueOutcome(str(issue), captured_at, outcome, sha256, reason=reason))
        return None
    bodies = _raw_bodies(fetcher.source, issue, captured_at, pages or [])
    if pages is None or _says_nothing_new(run, fetcher.source, planned.known, bodies, pages):
        sha256 = payload_sha256([record.sha256 for record in planned.known])
        run.outcomes.append(IssueOutcome(str(issue), captured_at, "unchanged", sha256))
        return None
    landed = zip(run.landing.store(bodies), pages, strict=True)
    return LandedCapture(
        issue,
        captured_at,
        tuple(LandedBody(record, page.content, page.parsed) for record, page in landed),
    )


def _asked(
    run: Run, fetcher: Fetcher, issue: IssueRef, known: tuple[CaptureRecord, ...]
) -> list[Fetched] | None:
    """The issue as its source gives it, by its second way of asking when the first is broken."""
    try:
        return fetcher.fetch(issue, known[0].validators if len(known) == 1 else None)
    except UnusableAnswer as error:
        ask = fetcher.source.request
        otherwise = ask(issue).otherwise if ask else None
        if otherwise is None:
            raise
        reason = str(error).removeprefix(f"{issue}: ")
        _kept_as_evidence(run, run.clock(), error)
        run.notes[str(issue)] = f"asked {otherwise.path} instead, because {reason}"
        return fetcher.fetch(issue, request=otherwise)


def _says_nothing_new(
    run: Run,
    source: Source,
    known: tuple[CaptureRecord, ...],
    bodies: Sequence[RawBody],
    pages: Sequence[Fetched],
) -> bool:
    """Whether pages say no more than the newest loaded capture, whatever their bytes.

    What that one says is told by the checksum on its records. Where it has none of today's parser,
    its bodies are read again.
    """
    fetched = [hashlib.sha256(page.content).hexdigest() for page in pages]
    if fetched == [record.sha256 for record in known]:
        return True
    if len(known) != len(pages):
        return False
    contents = [body.validators[CONTENT] for body in bodies]
    if contents == [record.validators.get(CONTENT) for record in known]:
        return True
    try:
        before = [source.format(r.format).parse(run.landing.read(r)) for r in known]
    except (DamagedBody, BadBody) as error:
        log.warning("what was loaded before cannot be compared with: %s", error)
        return False
    return says_the_same(before, [page.parsed for page in pages])


def _kept_as_evidence(run: Run, at: datetime, error: FetchError) -> str | None:
    """The SHA-256 of an unusable body, now in the landing; None when there is no body."""
    if not isinstance(error, UnusableAnswer) or error.content is None:
        return None
    sha256 = hashlib.sha256(error.content).hexdigest()
    if not run.landing.of_bytes(sha256):
        origin = error.url or ""
        run.landing.store([RawBody(UNRECOGNISED, UNRECOGNISED, None, at, error.content, origin)])
    return sha256


def defer(run: Run, fetcher: Fetcher, planned: Planned) -> None:
    """Put on record that an issue was not asked for, because the run's requests are spent."""
    reason = f"left for the next run: {fetcher.policy.max_requests} requests are made"
    issue_id = str(planned.due.issue)
    run.outcomes.append(IssueOutcome(issue_id, run.clock(), DEFERRED, reason=reason))


def enabled_sources(settings: Settings) -> list[Source]:
    """The sources a nightly run asks: those with an address that are not turned off."""
    return [
        source
        for source in sources().values()
        if source.request is not None and settings.source(source.name).enabled
    ]


def open_fetcher(
    run: Run,
    settings: Settings,
    source: Source,
    *,
    max_requests: int | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetcher:
    """A fetcher for one source, which records every request in the ledger.

    `max_requests` bounds what it asks of one host. Whoever opens it closes its session.
    """
    policy = Policy(
        settings.user_agent,
        max_tries=settings.max_tries,
        max_wait_s=settings.max_wait_s,
        max_requests=max_requests,
    )
    token = os.environ.get(source.token_variable) if source.token_variable else None
    base_url = settings.source(source.name).base_url or source.base_url or ""
    session = open_session(policy, token)
    record = recorder(run, source)
    return Fetcher(source, base_url, policy, session, record, now=run.clock, sleep=sleep)


def recorder(run: Run, source: Source) -> Callable[[Attempt], None]:
    """Puts requests to a source into the ledger, as requests of a run."""

    def record(attempt: Attempt) -> None:
        row = {name: value for name, value in vars(attempt).items() if name != "issue"}
        row |= {"run_id": run.run_id, "fetch_index": run.next_fetch()}
        row |= {"source": source.name, "issue_id": str(attempt.issue)}
        run.ledger.record(FETCHES, [row])

    return record


def _raw_bodies(
    source: Source, issue: IssueRef, captured_at: datetime, pages: list[Fetched]
) -> list[RawBody]:
    """The pages as they are stored, each with what tells a later answer that says the same."""
    return [
        RawBody(
            issue.source,
            page.format,
            str(issue),
            captured_at,
            page.content,
            page.url,
            part,
            {**page.headers, CONTENT: _content_of(source, page)},
        )
        for part, page in enumerate(pages)
    ]


def _content_of(source: Source, page: Fetched) -> str:
    return content_sha256(page.parsed, source.format(page.format).parser_version)
