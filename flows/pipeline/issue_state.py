"""What the lake and the ledger know of issues, and how complete and fresh that makes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pyarrow as pa

from schemas.core import ISSUES
from schemas.ops import COVERAGE, FETCHES, FRESHNESS, OUTCOMES, RUNS
from tasks.calendar import UNSETTLED
from tasks.coverage import Day, Edition, Evidence, Fault, Loaded, coverage
from tasks.errors import BadIssueId
from tasks.freshness import Freshness, freshness
from tasks.parse.model import IssueRef
from tasks.sources import sources
from warehouse.lake.snapshot import Snapshot
from warehouse.ledger import Ledger


def evidence_of(snapshot: Snapshot, ledger: Ledger) -> Evidence:
    """The evidence a snapshot and the ledger give."""
    columns = ["issue_id", "state", "last_seen_at"]
    issues = snapshot.dataset(ISSUES).to_table(columns=columns)
    runs = {row["run_id"]: row["started_at"] for row in ledger.rows(RUNS)}
    return Evidence(
        {
            IssueRef.parse(issue_id): Loaded(state, seen_at)
            for issue_id, state, seen_at in zip(
                *(issues[name].to_pylist() for name in columns), strict=True
            )
        },
        _faults(ledger),
        _tried_at(ledger, runs),
        min(runs.values(), default=None),
    )


def all_freshness(evidence: Evidence, now: datetime) -> list[Freshness]:
    """How far behind each list of every source is."""
    return [
        found for source in sources().values() for found in freshness(source, evidence, now=now)
    ]


def all_coverage(evidence: Evidence, now: datetime) -> list[Day]:
    """Every day of each list of every source, from the oldest known to the newest out."""
    return [day for source in sources().values() for day in coverage(source, evidence, now=now)]


def issue_state_tables(evidence: Evidence, now: datetime) -> dict[str, pa.Table]:
    """ops.freshness and ops.coverage at a moment, by full name."""
    fresh = [found.row() for found in all_freshness(evidence, now)]
    days = [vars(day) for day in all_coverage(evidence, now)]
    return {
        FRESHNESS.full_name: pa.Table.from_pylist(fresh, schema=FRESHNESS.arrow),
        COVERAGE.full_name: pa.Table.from_pylist(days, schema=COVERAGE.arrow),
    }


def _faults(ledger: Ledger) -> dict[IssueRef, Fault]:
    """The newest failed try of each issue."""
    failed = ", ".join(f"'{outcome}'" for outcome in sorted(UNSETTLED))
    rows = ledger.newest(OUTCOMES, "issue_id", f"outcome IN ({failed})")
    return {
        issue: Fault(row["outcome"], row["reason"], row["captured_at"])
        for issue, row in _by_issue(rows)
    }


def _tried_at(ledger: Ledger, runs: dict[str, datetime]) -> dict[Edition, datetime]:
    """When each edition was last asked for or read, also by a run that did not end well."""
    tried_at: dict[Edition, datetime] = {}
    handled = (
        (i, runs.get(row["run_id"])) for i, row in _by_issue(ledger.newest(OUTCOMES, "issue_id"))
    )
    asked = ((i, row["started_at"]) for i, row in _by_issue(ledger.newest(FETCHES, "issue_id")))
    for issue, at in (*handled, *asked):
        edition = (issue.source, issue.edition)
        if at:
            tried_at[edition] = max(at, tried_at.get(edition, at))
    return tried_at


def _by_issue(rows: Iterable[dict[str, Any]]) -> list[tuple[IssueRef, dict[str, Any]]]:
    """The rows with their issue. A file of which no issue could be told is named by its path."""
    found = []
    for row in rows:
        try:
            found.append((IssueRef.parse(row["issue_id"]), row))
        except BadIssueId:
            continue
    return found
