"""Issue checks: what a batch is compared with, and which of its captures are held."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run
from schemas.profiles import ISSUE_PROFILES, TRAILING_DAYS
from tasks.parse.capture import Capture, CaptureId
from tasks.parse.model import IssueRef
from tasks.quality.issue_checks import CheckedIssue, Edition, Precedents, check_issues
from tasks.quality.profile import Profile
from tasks.quality.validate import RuleResult
from warehouse.lake.transaction import Transaction


@dataclass(frozen=True)
class BatchChecks:
    """The result of the issue checks of a batch; the keys are the `id()` of captures."""

    held: frozenset[int]
    held_outcomes: list[IssueOutcome]
    """Outcomes of the incoming captures among them."""
    warnings: dict[int, tuple[str, ...]]
    results: tuple[RuleResult, ...]


def check_batch(
    run: Run,
    transaction: Transaction,
    captures: Sequence[Capture],
    *,
    replaced: Collection[str],
    incoming: Collection[int],
) -> BatchChecks:
    """Decide which captures of a batch, in capture order, may be loaded.

    Existing records of the `replaced` issues do not count: the batch has all their captures. The
    profiles of `incoming` captures (by `id()`) are recorded.
    """
    issues = {str(capture.issue) for capture in captures} - set(replaced)
    checks = check_issues(
        captures,
        Precedents(
            n_known=run.issues.most_records(transaction, issues),
            by_day=_by_day(run, captures),
            twins=_twins(run, captures),
            released=run.issues.released,
        ),
    )
    fresh = [item for item in checks.captures if id(item.capture) in incoming]
    run.ledger.record(ISSUE_PROFILES, [{**item.profile, "run_id": run.run_id} for item in fresh])
    return BatchChecks(
        frozenset(id(item.capture) for item in checks.captures if item.held_because),
        [_held_outcome(item) for item in fresh if item.held_because],
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
    withdrawn = run.issues.withdrawn
    for row in sorted(rows, key=lambda row: row["captured_at"]):
        if (row["issue_id"], row["payload_sha256"]) in withdrawn:
            continue
        issue = IssueRef.parse(row["issue_id"])
        found.setdefault((issue.source, issue.edition), {})[row["issued_on"]] = row
    return found


def _twins(run: Run, captures: Sequence[Capture]) -> dict[CaptureId, str]:
    """Captures whose bytes another dated issue of the source had first, with that issue."""
    found: dict[CaptureId, str] = {}
    for capture in captures:
        if not capture.issue.issued_on:
            continue
        own = (capture.captured_at, str(capture.issue))
        for page in capture.pages:
            for capture_record in run.landing.of_bytes(page.sha256):
                first = (capture_record.captured_at, capture_record.issue_id or "")
                if first < own and _is_another_day(capture.issue, capture_record.issue_id):
                    found[capture.id] = first[1]
    return found


def _is_another_day(issue: IssueRef, other: str | None) -> bool:
    if other is None or other == str(issue):
        return False
    named = IssueRef.parse(other)
    return named.source == issue.source and named.issued_on not in (None, issue.issued_on)
