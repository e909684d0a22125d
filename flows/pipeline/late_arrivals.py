"""Late arrivals: everything that a late capture may change is reprocessed, in capture order.

A merge follows capture time, and the tables do not keep what it drops (a repeated count, a value
that a later body overwrote). The landing keeps everything: when a capture is not newer than what is
loaded, its issue and its papers are read again from their bodies and replaced. So the same captures
end in the same rows, whatever their order and batches.

The same is done when a capture shows that its bytes, or papers without a listing time, were loaded
under a wrong date: these issues are read again, and the issue checks hold the wrong ones.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.captures import LandedCapture, landed_captures
from flows.pipeline.issue_state import loaded_captures
from flows.pipeline.known_days import judged_again
from flows.pipeline.run import Run
from flows.pipeline.same_bytes import wrongly_dated
from flows.pipeline.stage import Bodies, stage
from schemas.core import ISSUES, LISTINGS
from schemas.table import TIME
from tasks.merge.batch import is_in, papers_or_issues
from tasks.merge.engine import NO_REASSIGNMENTS, Reassignments
from tasks.merge.identity import existing_papers
from tasks.merge.resolve import resolve
from tasks.parse.capture import Capture, CaptureId
from warehouse.lake.transaction import Transaction


@dataclass(frozen=True)
class Reprocessed:
    """Captures that were read again, and the issues and papers whose existing rows they replace."""

    replaced: Reassignments = NO_REASSIGNMENTS
    captures: list[Capture] = field(default_factory=list)
    bodies: Bodies = field(default_factory=dict)
    were_loaded: frozenset[int] = frozenset()
    """The captures, by `id()`, that are loaded: if an issue check holds one now, it is removed."""


def reprocess(
    run: Run,
    transaction: Transaction,
    batch: list[Capture],
    newest: datetime | None,
    moved: frozenset[str] = frozenset(),
) -> Reprocessed:
    """Read again what a batch touches of what is loaded; `newest` is the time of the newest capture
    loaded, None when there is none, and `moved` are papers whose identity the batch changes.

    That is every landed capture of the issues touched, held or not, and every loaded capture of
    other issues that list a paper touched; but not the batch itself, which has just been read.
    """
    late = _late(run, transaction, batch, newest)
    judged = judged_again(run, transaction, batch)
    if not late and not judged and not moved:
        return Reprocessed()
    just_read = {capture.id for capture in batch}
    issues = frozenset(str(capture.issue) for capture in late) | _with_same_bytes(run, late)
    issues |= judged | papers_or_issues(transaction, "issue_id", "paper_id", moved)
    to_read = [c for c in _landed(run, issues) if c.id not in just_read]
    again = stage(to_read, run.landing)
    papers = moved | _papers(transaction, [*late, *again.captures], issues)
    others = papers_or_issues(transaction, "issue_id", "paper_id", papers) - issues
    landed = _landed(run, issues | others)
    loaded = _loaded_of(transaction, landed)
    of_others = [c for c in landed if str(c.issue) in others and c.id in loaded - just_read]
    beside = stage(of_others, run.landing)
    captures = [*again.captures, *beside.captures]
    were_loaded = frozenset(id(c) for c in captures if c.id in loaded)
    replaced = Reassignments(issues=issues, papers=papers)
    return Reprocessed(replaced, captures, again.bodies | beside.bodies, were_loaded)


def _papers(
    transaction: Transaction, captures: list[Capture], issues: frozenset[str]
) -> frozenset[str]:
    """The papers that some captures name, held or not, and those that issues list in the tables."""
    captures = sorted(captures, key=lambda c: (c.captured_at, c.sha256))
    resolved = resolve(captures, existing_papers(transaction, captures))
    named = {candidate.paper_id for candidate in resolved.candidates}
    return frozenset(named | papers_or_issues(transaction, "paper_id", "issue_id", issues))


def _landed(run: Run, issues: Collection[str]) -> list[LandedCapture]:
    """The landed captures of some issues, oldest first."""
    return list(landed_captures(run.landing, issues).values()) if issues else []


def _loaded_of(transaction: Transaction, landed: Collection[LandedCapture]) -> set[CaptureId]:
    """Those of all landed captures of some issues that are loaded.

    Replays of older versions made one capture of all bodies that an issue has of a moment: where
    the tables have such a capture, each of its bodies is loaded.
    """
    loaded, known = loaded_captures(transaction), {capture.id for capture in landed}
    made_of_many = {capture_id[:2] for capture_id in loaded - known}
    return {name for name in known if name in loaded or name[:2] in made_of_many}


def _late(
    run: Run, transaction: Transaction, batch: list[Capture], newest: datetime | None
) -> list[Capture]:
    """The captures that may change what is loaded: those not newer than it, and those whose bytes
    are loaded under a wrong date.

    The captures of a run may share one moment, as files of a folder do. Of these only those are
    late that share an issue or a paper with what is loaded of that moment.
    """
    late = {id(c) for c in batch if newest and c.captured_at < newest}
    together = [c for c in batch if c.captured_at == newest]
    late |= {id(c) for c in _sharing(transaction, together)}
    wrong = {id(c): found for c in batch if (found := wrongly_dated(run, c))}
    if wrong:
        loaded = {capture_id[:2] for capture_id in loaded_captures(transaction)}
        late |= {number for number, found in wrong.items() if found & loaded}
    return [capture for capture in batch if id(capture) in late]


def _sharing(transaction: Transaction, captures: list[Capture]) -> Iterator[Capture]:
    """Those of the captures of one moment that share an issue or a paper with loaded ones of it. A
    paper without an id may be any."""
    if not captures:
        return
    seen_then = pc.field("last_seen_at") == pa.scalar(captures[0].captured_at, TIME)
    named = [{record.arxiv_id for record in capture.records} for capture in captures]
    ids = {paper for of_capture in named for paper in of_capture if paper}
    may_matter = seen_then
    if not any(None in of_capture for of_capture in named):
        may_matter &= is_in("paper_id", ids) | pc.starts_with(pc.field("paper_id"), "title:")
    listed = transaction.dataset(LISTINGS).to_table(columns=["paper_id"], filter=may_matter)
    issues = transaction.dataset(ISSUES).to_table(columns=["issue_id"], filter=seen_then)
    papers, loaded = set(listed["paper_id"].to_pylist()), set(issues["issue_id"].to_pylist())
    has_nameless = any(paper.startswith("title:") for paper in papers)
    for capture, of_capture in zip(captures, named, strict=True):
        may_share = not papers.isdisjoint(of_capture) or (papers and None in of_capture)
        if may_share or has_nameless or str(capture.issue) in loaded:
            yield capture


def _with_same_bytes(run: Run, captures: list[Capture]) -> set[str]:
    """Issues that have a body of these captures too: whose it is may change."""
    bodies = {page.sha256 for c in captures for page in c.pages if page.parsed.n_parsed}
    records = [record for sha256 in bodies for record in run.landing.of_bytes(sha256)]
    return {record.issue_id for record in records if record.issue_id}
