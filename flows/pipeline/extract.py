"""Fetches the issues that are due from their sources into the landing."""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.pipeline.captures import LandedBody, LandedCapture, landed_captures
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Clock, Run, log
from flows.pipeline.second_format import kept_as_evidence, request_issue
from flows.settings import Settings
from schemas.ops import DEFERRED, FETCH_FAILED, FETCHES
from tasks.calendar import Due, due, newest_first
from tasks.change_detection import content_key, says_the_same
from tasks.detect_format import parse_landed
from tasks.errors import BadBody, BudgetSpent, FetchError
from tasks.http.client import Attempt, Fetched, Fetcher, Policy, open_session
from tasks.http.rate_limit import Pace
from tasks.parse.capture import payload_sha256
from tasks.parse.model import IssueRef
from tasks.sources import Source, sources
from warehouse.storage.landing import CaptureRecord, DamagedBody, RawBody

CONTENT = "content"
"""Our own validator: the key of the content of a body."""


@dataclass(frozen=True)
class Planned:
    """An issue to fetch, and the capture records of its newest loaded capture, in page order."""

    due: Due
    existing: tuple[CaptureRecord, ...] = ()


def plan(run: Run, settings: Settings, source: Source, *, sweep: bool = False) -> list[Planned]:
    """The issues of a source that are due now, newest first."""
    found = due(
        source,
        run.issues.last_states(),
        now=run.clock(),
        since=settings.source(source.name).since,
        look_back_days=settings.sweep_days if sweep else settings.look_back_days,
        editions=settings.source(source.name).editions,
        answered_at=run.issues.answered_at(),
    )
    return with_newest_capture(run, newest_first(found))


def with_newest_capture(run: Run, found: list[Due]) -> list[Planned]:
    """Each due issue with the records of its newest loaded capture."""
    if not found:
        return []
    landed = landed_captures(run.landing, {str(item.issue) for item in found})
    planned = []
    for item in found:
        loaded = run.issues.loaded.get(str(item.issue))
        capture_id = loaded and (str(item.issue), loaded.captured_at, loaded.payload_sha256)
        newest = landed.get(capture_id) if capture_id else None
        planned.append(Planned(item, newest.records if newest else ()))
    return planned


def fetch_issue(run: Run, fetcher: Fetcher, planned: Planned) -> LandedCapture | None:
    """Fetch one issue into the landing; None when there is nothing new to load.

    A fault of the source is not raised, it is an outcome of the run, as is "unchanged". A body with
    the content of the newest loaded one is not landed.
    """
    captured_at = run.clock()
    issue = fetcher.source.stamped(planned.due.issue, captured_at)
    try:
        pages = request_issue(run, fetcher, issue, planned.existing)
    except BudgetSpent as error:
        run.outcomes.append(IssueOutcome(str(issue), captured_at, DEFERRED, reason=str(error)))
        return None
    except FetchError as error:
        reason = str(error).removeprefix(f"{issue}: ")
        sha256 = kept_as_evidence(run, captured_at, error)
        outcome = "broken" if sha256 else FETCH_FAILED
        run.outcomes.append(IssueOutcome(str(issue), captured_at, outcome, sha256, reason=reason))
        return None
    bodies = _raw_bodies(fetcher.source, issue, captured_at, pages or [])
    if pages is None or _is_unchanged(run, fetcher.source, planned.existing, bodies, pages):
        sha256 = payload_sha256([record.sha256 for record in planned.existing])
        run.outcomes.append(IssueOutcome(str(issue), captured_at, "unchanged", sha256))
        return None
    landed = zip(run.landing.store(bodies), pages, strict=True)
    return LandedCapture(
        issue,
        captured_at,
        tuple(LandedBody(record, page.content, page.parsed) for record, page in landed),
    )


def _is_unchanged(
    run: Run,
    source: Source,
    existing: tuple[CaptureRecord, ...],
    bodies: Sequence[RawBody],
    pages: Sequence[Fetched],
) -> bool:
    """Whether pages have the content of the newest loaded capture, whatever their bytes.

    Its records have the key of their content, which decides. If one has none, or another parser
    read it, the bodies are parsed again.
    """
    fetched = [hashlib.sha256(page.content).hexdigest() for page in pages]
    if fetched == [record.sha256 for record in existing]:
        return True
    if len(existing) != len(pages):
        return False
    contents = [body.validators[CONTENT] for body in bodies]
    recorded = [record.validators.get(CONTENT, "") for record in existing]
    if list(map(_parser_of, contents)) == list(map(_parser_of, recorded)):
        return contents == recorded
    try:
        before = [parse_landed(source.format(r.format), run.landing.read(r)) for r in existing]
    except (DamagedBody, BadBody) as error:
        log.warning("the loaded capture cannot be compared: %s", error)
        return False
    return says_the_same(before, [page.parsed for page in pages])


def _parser_of(content_key: str) -> str:
    return content_key.partition(":")[0]


def defer(run: Run, fetcher: Fetcher, planned: Planned) -> None:
    """Record that an issue was not requested, because the run's requests are used up."""
    reason = f"deferred to the next run: {fetcher.policy.max_requests} requests are made"
    issue_id = str(planned.due.issue)
    run.outcomes.append(IssueOutcome(issue_id, run.clock(), DEFERRED, reason=reason))


def enabled_sources(settings: Settings) -> list[Source]:
    """The sources a nightly run fetches from: those with an address that are not turned off."""
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
    pace: Pace | None = None,
) -> Fetcher:
    """A fetcher for one source, which records every request in the ledger.

    `max_requests` limits the requests to one host, `pace` is shared by the sources of a run. The
    caller closes the session.
    """
    policy = Policy(
        settings.user_agent,
        max_tries=settings.max_tries,
        max_wait_s=settings.max_wait_s,
        max_failures=max(Policy.max_failures, 2 * settings.max_tries),
        max_requests=max_requests,
        max_per_s=settings.max_requests_per_s,
    )
    record = recorder(run, source)
    return fetcher_of(settings, source, policy, record, now=run.clock, sleep=sleep, pace=pace)


def fetcher_of(
    settings: Settings,
    source: Source,
    policy: Policy,
    record: Callable[[Attempt], None],
    *,
    now: Clock,
    sleep: Callable[[float], None],
    pace: Pace | None = None,
) -> Fetcher:
    """A fetcher with the token and the address of a source. The caller closes its session."""
    token = os.environ.get(source.token_variable) if source.token_variable else None
    base_url = settings.source(source.name).base_url or source.base_url or ""
    session = open_session(policy, token)
    return Fetcher(source, base_url, policy, session, record, now=now, sleep=sleep, pace=pace)


def recorder(run: Run, source: Source) -> Callable[[Attempt], None]:
    """A function that records requests to a source in the ledger, as requests of a run."""

    def record(attempt: Attempt) -> None:
        row = {name: value for name, value in vars(attempt).items() if name != "issue"}
        row |= {"run_id": run.run_id, "fetch_index": next(run.fetch_indexes)}
        row |= {"source": source.name, "issue_id": str(attempt.issue)}
        run.ledger.record(FETCHES, [row])

    return record


def _raw_bodies(
    source: Source, issue: IssueRef, captured_at: datetime, pages: list[Fetched]
) -> list[RawBody]:
    """The pages as they are stored, each with its validators and the checksum of its content."""
    parsers = {page.format: source.format(page.format).parser_version for page in pages}
    return [
        RawBody(
            issue.source,
            page.format,
            str(issue),
            captured_at,
            page.content,
            page.url,
            part,
            {**page.headers, CONTENT: content_key(page.parsed, parsers[page.format])},
        )
        for part, page in enumerate(pages)
    ]
