"""Late arrivals: everything that a late capture may change is reprocessed, in capture order.

A merge follows capture time, and the tables do not keep what it drops (a repeated count, a value
that a later body overwrote). The landing keeps everything: when a capture is not newer than what is
loaded, its issue and its papers are read again from their bodies and replaced. So the same captures
end in the same rows, whatever their order and batches.
"""

from dataclasses import dataclass, field

from flows.pipeline.captures import LandedCapture, landed_captures
from flows.pipeline.issue_state import loaded_captures
from flows.pipeline.run import Run
from flows.pipeline.stage import Bodies, stage
from tasks.merge.batch import existing_papers, papers_or_issues
from tasks.merge.engine import NO_REASSIGNMENTS, Reassignments
from tasks.merge.resolve import resolve
from tasks.parse.capture import Capture
from warehouse.lake.transaction import Transaction


@dataclass(frozen=True)
class Reprocessed:
    """Captures that were read again, and the issues and papers whose existing rows they replace."""

    replaced: Reassignments = NO_REASSIGNMENTS
    captures: list[Capture] = field(default_factory=list)
    bodies: Bodies = field(default_factory=dict)


def reprocess(run: Run, transaction: Transaction, late: list[Capture]) -> Reprocessed:
    """Read again what late captures touch.

    That is every landed capture of the issues touched, held or not, and every loaded capture of
    other issues that list a paper touched.
    """
    if not late:
        return Reprocessed()
    issues = frozenset(str(capture.issue) for capture in late) | _with_same_bytes(run, late)
    resolved = resolve(late, existing_papers(transaction, late))
    named = {candidate.paper_id for candidate in resolved.candidates}
    listed = papers_or_issues(transaction, "paper_id", "issue_id", issues)
    replaced = Reassignments(issues=issues, papers=frozenset(named | listed))
    again = stage(_captures_touched(run, transaction, late, replaced), run.landing)
    return Reprocessed(replaced, again.captures, again.bodies)


def _captures_touched(
    run: Run, transaction: Transaction, late: list[Capture], replaced: Reassignments
) -> list[LandedCapture]:
    """The captures to read again; not the late ones, which have just been read."""
    issues = replaced.issues
    others = papers_or_issues(transaction, "issue_id", "paper_id", replaced.papers) - issues
    loaded = {capture_id[:2] for capture_id in loaded_captures(transaction)}
    fresh = {(str(capture.issue), capture.captured_at) for capture in late}
    return [
        landed
        for key, landed in landed_captures(run.landing, issues | others).items()
        if key not in fresh and (key[0] in issues or key in loaded)
    ]


def _with_same_bytes(run: Run, captures: list[Capture]) -> set[str]:
    """Issues that have a body of these captures too: which issue had it first may change."""
    bodies = {page.sha256 for c in captures for page in c.pages if page.parsed.n_parsed}
    records = [record for sha256 in bodies for record in run.landing.of_bytes(sha256)]
    return {record.issue_id for record in records if record.issue_id}
