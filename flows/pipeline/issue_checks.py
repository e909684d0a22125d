"""Issue checks: what a batch is compared with, and which of its captures are held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.pipeline.known_days import known_days
from flows.pipeline.late_arrivals import Reprocessed
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run
from flows.pipeline.same_bytes import belonging_elsewhere
from schemas.profiles import ISSUE_PROFILES, TRAILING_DAYS
from tasks.parse.capture import Capture
from tasks.parse.model import IssueRef
from tasks.quality.issue_checks import (
    NOT_MEASURED,
    CheckedIssue,
    Edition,
    Precedents,
    check_issues,
)
from tasks.quality.profile import Profile
from tasks.quality.validate import RuleResult
from warehouse.lake.transaction import Transaction


@dataclass(frozen=True)
class BatchChecks:
    """The result of the issue checks of a batch; the keys are the `id()` of captures."""

    held: frozenset[int]
    held_outcomes: list[IssueOutcome]
    """Outcomes of those among them that are incoming, or were loaded until now."""
    warnings: dict[int, tuple[str, ...]]
    results: tuple[RuleResult, ...]


def check_batch(
    run: Run,
    transaction: Transaction,
    captures: Sequence[Capture],
    again: Reprocessed,
    *,
    incoming: Collection[int],
    measured: Mapping[int, Profile] = NOT_MEASURED,
) -> BatchChecks:
    """Decide which captures of a batch, in capture order, may be loaded; `measured` as for
    `check_issues`.

    Existing records of the issues that are read `again` do not count: the batch has all their
    captures. The profiles of `incoming` captures (by `id()`) are recorded, and those of loaded
    captures that are held now.
    """
    issues = {str(capture.issue) for capture in captures} - again.replaced.issues
    checks = check_issues(
        captures,
        Precedents(
            n_known=run.issues.most_records(transaction, issues),
            by_day=_by_day(run, captures),
            twins=belonging_elsewhere(run, captures),
            known_days=known_days(transaction, captures, again.replaced.issues),
            released=run.issues.released,
        ),
        measured,
    )
    held = {id(item.capture) for item in checks.captures if item.held_because}
    news = {*incoming, *(held & again.were_loaded)}
    reported = [item for item in checks.captures if id(item.capture) in news]
    run.ledger.record(ISSUE_PROFILES, [{**item.profile, "run_id": run.run_id} for item in reported])
    return BatchChecks(
        frozenset(held),
        [_held_outcome(item) for item in reported if item.held_because],
        {id(item.capture): item.warnings for item in checks.captures},
        checks.results,
    )


def _held_outcome(item: CheckedIssue) -> IssueOutcome:
    issue_id, captured_at, sha256 = item.capture.id
    reason = item.held_because
    return IssueOutcome(issue_id, captured_at, "held", sha256, item.capture.n_parsed, reason=reason)


def _by_day(run: Run, captures: Sequence[Capture]) -> dict[Edition, dict[date, Profile]]:
    """The newest profile, not held or withdrawn, of every dated issue in the weeks before those of
    the batch."""
    days = [capture.issue.issued_on for capture in captures if capture.issue.issued_on]
    if not days:
        return {}
    first = min(days) - timedelta(days=TRAILING_DAYS)
    rows = run.ledger.rows(
        ISSUE_PROFILES,
        "issued_on BETWEEN ? AND ? AND is_admitted AND n_parsed > 0",
        (first.isoformat(), max(days).isoformat()),
    )
    found: dict[Edition, dict[date, Profile]] = {}
    for row in sorted(rows, key=lambda row: row["captured_at"]):
        if run.issues.why_withdrawn((row["issue_id"], row["captured_at"], row["payload_sha256"])):
            continue
        issue = IssueRef.parse(row["issue_id"])
        found.setdefault((issue.source, issue.edition), {})[row["issued_on"]] = row
    return found
