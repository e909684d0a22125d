"""Getting due issues from their sources into the landing."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime

from flows.report import IssueOutcome
from flows.run import Run
from flows.settings import Settings
from flows.taking import Taken, captures_landed
from schemas.core import ISSUES
from schemas.ops import FETCHES, OUTCOMES
from tasks.calendar import UNSETTLED, Due, due
from tasks.capture import payload_sha256
from tasks.errors import FetchError
from tasks.fetch import Attempt, Fetched, Fetcher, Policy, open_session
from tasks.sources import Source, sources
from warehouse.landing import Arrival, Receipt

LoadedIssue = tuple[str, datetime, str]
"""Id, newest capture time and state of an issue in the lake."""


@dataclass(frozen=True)
class Planned:
    """An issue to fetch, and the receipts of its newest loaded capture, in page order."""

    due: Due
    known: tuple[Receipt, ...] = ()


def plan(run: Run, settings: Settings, source: Source) -> list[Planned]:
    """What a source owes us now, oldest first."""
    issues = loaded_issues(run)
    found = due(
        source,
        _states(run, issues),
        now=run.clock(),
        since=settings.source(source.name).since,
        editions=settings.source(source.name).editions,
        look_back_days=settings.look_back_days,
    )
    return with_receipts(run, found, issues)


def loaded_issues(run: Run) -> list[LoadedIssue]:
    """Every issue in the lake."""
    columns = ["issue_id", "captured_at", "state"]
    rows = run.lake.current().dataset(ISSUES).to_table(columns=columns)
    return list(zip(*(rows[name].to_pylist() for name in columns), strict=True))


def with_receipts(run: Run, found: list[Due], issues: list[LoadedIssue]) -> list[Planned]:
    """Each issue that is due with the receipts of its newest loaded capture."""
    landed = captures_landed(run, {str(item.issue) for item in found})
    newest = {
        issue_id: landed[issue_id, captured_at].receipts
        for issue_id, captured_at, _ in issues
        if (issue_id, captured_at) in landed
    }
    return [Planned(item, newest.get(str(item.issue), ())) for item in found]


def fetch_issue(run: Run, fetcher: Fetcher, planned: Planned) -> Taken | None:
    """Fetch one issue into the landing; None when there is nothing new to load.

    What a source can do wrong is not raised but an outcome of the run, and so is "unchanged".
    """
    issue, captured_at = planned.due.issue, run.clock()
    known = [receipt.sha256 for receipt in planned.known]
    validators = planned.known[0].headers if len(known) == 1 else None
    try:
        pages = fetcher.fetch(issue, validators)
    except FetchError as error:
        reason = str(error).removeprefix(f"{issue}: ")
        run.outcomes.append(IssueOutcome(str(issue), captured_at, "unfetched", reason=reason))
        return None
    if pages is None or known == [hashlib.sha256(page.content).hexdigest() for page in pages]:
        run.outcomes.append(
            IssueOutcome(str(issue), captured_at, "unchanged", payload_sha256(known))
        )
        return None
    stored = run.landing.store(_arrivals(planned.due, captured_at, pages))
    return Taken(issue, captured_at, tuple(stored))


def enabled_sources(settings: Settings) -> list[Source]:
    """The sources a nightly run asks: those with an address that are not turned off."""
    return [
        source
        for source in sources().values()
        if source.request is not None and settings.source(source.name).enabled
    ]


def open_fetcher(run: Run, settings: Settings, source: Source) -> Fetcher:
    """A fetcher for one source, which records every request in the ledger."""
    policy = Policy(
        settings.user_agent, max_tries=settings.max_tries, max_wait_s=settings.max_wait_s
    )
    token = os.environ.get(source.token_variable) if source.token_variable else None

    def record(attempt: Attempt) -> None:
        row = {name: value for name, value in vars(attempt).items() if name != "issue"}
        row |= {"run_id": run.run_id, "fetch_index": run.next_fetch()}
        row |= {"source": source.name, "issue_id": str(attempt.issue)}
        run.ledger.record(FETCHES, [row])

    base_url = settings.source(source.name).base_url or source.base_url or ""
    session = open_session(policy, token)
    return Fetcher(source, base_url, policy, session, record, now=run.clock)


def _states(run: Run, issues: list[LoadedIssue]) -> dict[str, str]:
    """The last outcome of every issue: as loaded, or what went wrong when it was last tried."""
    latest = {issue_id: (captured_at, state) for issue_id, captured_at, state in issues}
    for row in run.ledger.rows(OUTCOMES):
        issue_id, tried_at = row["issue_id"], row["captured_at"]
        if row["outcome"] not in UNSETTLED:
            continue
        if issue_id not in latest or tried_at > latest[issue_id][0]:
            latest[issue_id] = (tried_at, row["outcome"])
    return {issue_id: state for issue_id, (_, state) in latest.items()}


def _arrivals(item: Due, captured_at: datetime, pages: list[Fetched]) -> list[Arrival]:
    return [
        Arrival(
            item.issue.source,
            page.form,
            str(item.issue),
            captured_at,
            page.content,
            page.url,
            part,
            page.headers,
        )
        for part, page in enumerate(pages)
    ]
