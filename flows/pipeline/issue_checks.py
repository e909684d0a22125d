"""What a batch of captures is compared with before it may be loaded, and what came of it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from flows.pipeline.merge import is_in
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run
from schemas.core import CAPTURES
from schemas.ops import RELEASES
from schemas.profiles import ISSUE_PROFILES, TRAILING_DAYS
from tasks.parse.capture import Capture, CaptureId
from tasks.parse.model import IssueRef
from tasks.quality.issue_checks import Edition, IssueChecks, Precedents, check_issues
from tasks.quality.profile import Profile
from warehouse.lake.transaction import Transaction
from warehouse.ledger import Ledger


def check_batch(
    run: Run, transaction: Transaction, captures: Sequence[Capture], replaced: Collection[str]
) -> IssueChecks:
    """Decide which captures of a batch, in capture order, may be loaded.

    What is known of the issues in `replaced` is told again by the batch itself.
    """
    released = releases(run.ledger)
    issues = {str(capture.issue) for capture in captures} - set(replaced)
    return check_issues(
        captures,
        Precedents(
            n_known=_n_known(transaction, issues, released),
            by_day=_by_day(run.ledger, captures),
            twins=_twins(run, captures),
            released=released,
        ),
    )


def note(run: Run, issue_checks: IssueChecks, new: Collection[int]) -> None:
    """Put the profiles of new captures (by `id`) on record; held ones are outcomes of the run."""
    fresh = [item for item in issue_checks.captures if id(item.capture) in new]
    run.ledger.record(ISSUE_PROFILES, [{**item.profile, "run_id": run.run_id} for item in fresh])
    run.outcomes += [
        IssueOutcome(
            *item.capture.id[:2],
            "held",
            item.capture.sha256,
            item.capture.n_parsed,
            reason=item.held_because,
        )
        for item in fresh
        if item.held_because
    ]


def releases(ledger: Ledger) -> frozenset[CaptureId]:
    """The captures that somebody let in by hand."""
    return frozenset(
        (row["issue_id"], row["captured_at"], row["payload_sha256"])
        for row in ledger.rows(RELEASES)
    )


def _n_known(
    transaction: Transaction, issues: Collection[str], released: Collection[CaptureId]
) -> dict[str, int]:
    """The most records loaded of each issue, counted from its newest release on."""
    begins: dict[str, datetime] = {}
    for issue_id, captured_at, _ in released:
        begins[issue_id] = max(captured_at, begins.get(issue_id, captured_at))
    rows = transaction.dataset(CAPTURES).to_table(
        columns=["issue_id", "captured_at", "n_parsed"], filter=is_in("issue_id", issues)
    )
    known: dict[str, int] = {}
    for row in rows.to_pylist():
        issue_id = row["issue_id"]
        if row["captured_at"] >= begins.get(issue_id, row["captured_at"]):
            known[issue_id] = max(known.get(issue_id, 0), row["n_parsed"])
    return known


def _by_day(ledger: Ledger, captures: Sequence[Capture]) -> dict[Edition, dict[date, Profile]]:
    """The newest admitted profile of every dated issue in the weeks before those of the batch."""
    days = [capture.issue.issued_on for capture in captures if capture.issue.issued_on]
    if not days:
        return {}
    first = min(days) - timedelta(days=TRAILING_DAYS)
    rows = ledger.rows(
        ISSUE_PROFILES,
        "issued_on BETWEEN ? AND ? AND is_admitted AND n_parsed > 0",
        (first.isoformat(), max(days).isoformat()),
    )
    found: dict[Edition, dict[date, Profile]] = {}
    for row in sorted(rows, key=lambda row: row["captured_at"]):
        issue = IssueRef.parse(row["issue_id"])
        found.setdefault((issue.source, issue.edition), {})[row["issued_on"]] = row
    return found


def _twins(run: Run, captures: Sequence[Capture]) -> dict[CaptureId, str]:
    """For captures whose bytes another dated issue of the source had first: that issue."""
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
