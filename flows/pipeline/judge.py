"""Decides what of a batch is loaded, and what must be read again because of it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from flows.pipeline.issue_checks import BatchChecks, check_batch
from flows.pipeline.issue_state import loaded_captures
from flows.pipeline.late_arrivals import Reprocessed, reprocess
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run
from flows.pipeline.stage import Staged
from schemas.ops import WITHDRAWN
from tasks.merge.identity import moved_papers
from tasks.parse.capture import Capture
from warehouse.lake.transaction import Transaction


class Judged(NamedTuple):
    """The captures of a batch that may be loaded, with those that must be loaded again."""

    again: Reprocessed
    checks: BatchChecks
    captures: list[Capture]
    """In capture order, without held and withdrawn ones."""
    whole: list[Capture]
    """All captures of the issues that this batch loads, held ones too."""
    withdrawn: list[IssueOutcome]


def judge(
    run: Run, transaction: Transaction, staged: Staged, newest: datetime | None
) -> Judged | None:
    """Decide what a batch of staged captures may load, None when there is nothing; `newest` is the
    time of the newest capture loaded.

    What stays can change which paper a title means; then the captures that it moves are read again
    too, and may move further ones.
    """
    fresh = staged.captures
    incoming = {id(capture) for capture in fresh}
    moved: frozenset[str] = frozenset()
    while True:
        again = reprocess(run, transaction, fresh, newest, moved)
        captures = sorted([*fresh, *again.captures], key=lambda c: (c.captured_at, c.sha256))
        if not captures:
            return None
        captures, withdrawn = _without_withdrawn(run, captures, incoming)
        whole = [c for c in captures if id(c) in incoming or str(c.issue) in again.replaced.issues]
        checks = check_batch(
            run, transaction, whole, again, incoming=incoming, measured=staged.profiles
        )
        captures = [capture for capture in captures if id(capture) not in checks.held]
        found = moved_papers(transaction, captures, again.replaced.papers)
        if found <= moved:
            return Judged(again, checks, captures, whole, withdrawn)
        moved |= found


def are_loaded(transaction: Transaction, captures: Collection[Capture], again: Reprocessed) -> bool:
    """Whether these captures are what is loaded of the issues that are read again: then nothing is
    to be written, not even the same rows in the name of another run."""
    loaded = loaded_captures(transaction)
    wanted = {capture.id for capture in captures}
    return wanted == {found for found in loaded if found[0] in again.replaced.issues}


def _without_withdrawn(
    run: Run, captures: Iterable[Capture], incoming: Collection[int]
) -> tuple[list[Capture], list[IssueOutcome]]:
    """The captures whose bytes no person withdrew, and the outcomes of the other incoming ones."""
    staying: list[Capture] = []
    outcomes: list[IssueOutcome] = []
    for capture in captures:
        why = run.issues.why_withdrawn(capture.id)
        if why is None:
            staying.append(capture)
        elif id(capture) in incoming:
            issue_id, at, sha256 = capture.id
            reason = f"a person withdrew these bytes: {why}"
            outcomes.append(
                IssueOutcome(issue_id, at, WITHDRAWN, sha256, capture.n_parsed, reason=reason)
            )
    return staying, outcomes
