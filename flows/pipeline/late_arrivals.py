"""Captures that come late: telling again, in capture order, what they may have changed.

Merging folds by capture time, and what a fold drops (a repeated count, a value that a later body
overwrote) cannot be brought back from the tables. The landing has it all: when a capture is not
newer than what is loaded, its issue and its papers are told again from their bodies. So any order
and any chunking of the same captures end in the same rows.
"""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.intake import LandedCapture, landed_captures
from flows.pipeline.merge import existing_papers, listed
from flows.pipeline.run import Run
from schemas.core import CAPTURES, LISTINGS
from tasks.merge.engine import NO_REASSIGNMENTS, Reassignments
from tasks.merge.resolve import resolve
from tasks.parse.capture import Capture
from tasks.quality.record_checks import CheckedRecords
from warehouse.lake.transaction import Transaction


def to_reprocess(
    run: Run, transaction: Transaction, late: list[Capture]
) -> tuple[Reassignments, list[LandedCapture]]:
    """What late captures touch, and the captures on record that must be read again for it.

    Of the issues touched that is every capture landed, also those held back at the time; of other
    issues that list a paper touched, every capture loaded.
    """
    if not late:
        return NO_REASSIGNMENTS, []
    issues = frozenset(str(capture.issue) for capture in late) | _with_same_bytes(run, late)
    resolved = resolve(late, existing_papers(transaction, late))
    told = {candidate.paper_id for candidate in resolved.candidates}
    papers = frozenset(told | listed(transaction, "paper_id", "issue_id", issues))
    others = listed(transaction, "issue_id", "paper_id", papers) - issues
    columns = ["issue_id", "captured_at"]
    rows = transaction.dataset(CAPTURES).to_table(columns=columns)
    loaded = set(zip(*(rows[name].to_pylist() for name in columns), strict=True))
    fresh = {(str(capture.issue), capture.captured_at) for capture in late}
    again = [
        landed
        for key, landed in landed_captures(run.landing, issues | others).items()
        if key not in fresh and (key[0] in issues or key in loaded)
    ]
    return Reassignments(issues=issues, papers=papers), again


def _with_same_bytes(run: Run, captures: list[Capture]) -> set[str]:
    """Issues that have a body of these captures too: which of them had it first may change."""
    bodies = {page.sha256 for c in captures for page in c.pages if page.parsed.n_parsed}
    capture_records = [
        capture_record for sha256 in bodies for capture_record in run.landing.of_bytes(sha256)
    ]
    return {
        capture_record.issue_id for capture_record in capture_records if capture_record.issue_id
    }


def within(
    checked: CheckedRecords, scope: Reassignments, fresh: Sequence[Capture]
) -> CheckedRecords:
    """A judged batch less what its repeated captures say of anything outside the scope.

    That is known and stays; only fresh captures may add to it.
    """
    if not scope.issues:
        return checked
    new_bodies = {page.sha256 for capture in fresh for page in capture.pages}
    accepted = {
        table: _told_of(rows, _SCOPED.get(table, "paper_id"), scope, new_bodies)
        for table, rows in checked.accepted.items()
    }
    return replace(checked, accepted=accepted)


_SCOPED = {LISTINGS: "issue_id"}


def _told_of(rows: pa.Table, column: str, scope: Reassignments, new_bodies: set[str]) -> pa.Table:
    ids = scope.issues if column == "issue_id" else scope.papers
    in_scope = pc.is_in(rows[column], value_set=pa.array(sorted(ids), pa.string()))
    is_new = pc.is_in(rows["payload_sha256"], value_set=pa.array(sorted(new_bodies), pa.string()))
    return rows.filter(pc.or_(in_scope, is_new))
