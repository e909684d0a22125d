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

from flows.pipeline.intake import Taken, captures_landed
from flows.pipeline.merge import known_papers, listed
from flows.pipeline.run import Run
from schemas.core import CAPTURES, LISTINGS
from tasks.merge.engine import NO_MOVES, Moves
from tasks.merge.resolve import resolve
from tasks.parse.capture import Capture
from tasks.quality.record_checks import Judged
from warehouse.lake.transaction import Draft


def tell_again(run: Run, draft: Draft, late: list[Capture]) -> tuple[Moves, list[Taken]]:
    """What late captures touch, and the captures on record that must be read again for it.

    Of the issues touched that is every capture landed, also those held back at the time; of other
    issues that list a paper touched, every capture loaded.
    """
    if not late:
        return NO_MOVES, []
    issues = frozenset(str(capture.issue) for capture in late) | _with_same_bytes(run, late)
    resolved = resolve(late, known_papers(draft, late))
    told = {candidate.paper_id for candidate in resolved.candidates}
    papers = frozenset(told | listed(draft, "paper_id", "issue_id", issues))
    others = listed(draft, "issue_id", "paper_id", papers) - issues
    columns = ["issue_id", "captured_at"]
    rows = draft.dataset(CAPTURES).to_table(columns=columns)
    loaded = set(zip(*(rows[name].to_pylist() for name in columns), strict=True))
    fresh = {(str(capture.issue), capture.captured_at) for capture in late}
    again = [
        taken
        for key, taken in captures_landed(run.landing, issues | others).items()
        if key not in fresh and (key[0] in issues or key in loaded)
    ]
    return Moves(issues=issues, papers=papers), again


def _with_same_bytes(run: Run, captures: list[Capture]) -> set[str]:
    """Issues that have a body of these captures too: which of them had it first may change."""
    bodies = {page.sha256 for c in captures for page in c.pages if page.parsed.n_parsed}
    receipts = [receipt for sha256 in bodies for receipt in run.landing.of_bytes(sha256)]
    return {receipt.issue_id for receipt in receipts if receipt.issue_id}


def within(judged: Judged, scope: Moves, fresh: Sequence[Capture]) -> Judged:
    """A judged batch less what its repeated captures say of anything outside the scope.

    That is known and stays; only fresh captures may add to it.
    """
    if not scope.issues:
        return judged
    new_bodies = {page.sha256 for capture in fresh for page in capture.pages}
    accepted = {
        table: _told_of(rows, _SCOPED.get(table, "paper_id"), scope, new_bodies)
        for table, rows in judged.accepted.items()
    }
    return replace(judged, accepted=accepted)


_SCOPED = {LISTINGS: "issue_id"}


def _told_of(rows: pa.Table, column: str, scope: Moves, new_bodies: set[str]) -> pa.Table:
    ids = scope.issues if column == "issue_id" else scope.papers
    in_scope = pc.is_in(rows[column], value_set=pa.array(sorted(ids), pa.string()))
    is_new = pc.is_in(rows["payload_sha256"], value_set=pa.array(sorted(new_bodies), pa.string()))
    return rows.filter(pc.or_(in_scope, is_new))
