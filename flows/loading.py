"""From the landing to the tables: parse, judge, merge; one snapshot at the end.

Captures go through in batches, so memory does not grow with what is loaded; all batches end in one
snapshot, so a reader sees all of a run or nothing of it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from flows.merging import known_papers, merge_batch
from flows.report import IssueOutcome
from flows.run import Run, log
from flows.taking import Taken
from schemas.core import CAPTURES, ISSUES
from schemas.ops import QUALITY_RESULTS, QUARANTINE
from tasks.capture import Capture, Page, why_held
from tasks.errors import BadBody
from tasks.judge import Judged, Rejected, judge
from tasks.resolve import titles_without_id
from tasks.shape import Counts
from tasks.sources import Form, source_of
from warehouse.draft import Draft
from warehouse.landing import Receipt

CaptureId = tuple[str, datetime, str]


@dataclass
class _Loading:
    """What loading the batches of a run carries along."""

    run: Run
    draft: Draft
    known: set[CaptureId]
    """Captures that are loaded already."""
    n_listed: dict[str, int]
    """How many papers each issue is known to list."""
    bodies: dict[str, tuple[Receipt, Form]] = field(default_factory=dict)
    """Bodies of the batch in hand, by SHA-256."""


def load(run: Run, taken: Iterable[Taken], *, batch_issues: int) -> None:
    """Load captures into a new snapshot, which becomes the current one.

    What is known already changes nothing; when nothing changes, no snapshot is written. Outcomes
    and changes are added to the run. When anything raises, the draft is removed and the lake
    stays.
    """
    draft = Draft(run.lake, run_id=run.run_id, now=run.started_at)
    try:
        loading = _Loading(run, draft, _known_captures(draft), _listed(draft))
        for number, batch in enumerate(_batches(taken, batch_issues)):
            _load_batch(loading, number, batch)
            log.info("batch %d: %d issues", number + 1, len(batch))
        run.changes = draft.changes
        if run.changes:
            run.snapshot = draft.commit()
    finally:
        draft.abandon()


def _load_batch(loading: _Loading, number: int, batch: Sequence[Taken]) -> None:
    run = loading.run
    loading.bodies.clear()
    opened = [_open(loading, taken) for taken in sorted(batch, key=lambda t: t.captured_at)]
    captures = [capture for capture in opened if capture is not None]
    if not captures:
        return
    judged = judge(captures, known_papers(loading.draft, titles_without_id(captures)), run.stamp)
    run.ledger.record(QUARANTINE, [_quarantine_row(loading, item) for item in judged.rejected])
    merge_batch(loading.draft, judged)
    _account(run, number, judged)


def _open(loading: _Loading, taken: Taken) -> Capture | None:
    """Parse a capture; None when it is known already, no issue at all, or must be held back."""
    run, issue_id = loading.run, str(taken.issue)
    outcome = IssueOutcome(issue_id, taken.captured_at, "unchanged", taken.sha256)
    if (issue_id, taken.captured_at, taken.sha256) in loading.known:
        run.outcomes.append(outcome)
        return None
    loading.known.add((issue_id, taken.captured_at, taken.sha256))
    try:
        pages = tuple(_parse(loading, taken, receipt) for receipt in taken.receipts)
    except BadBody as error:
        run.outcomes.append(outcome.as_fault("broken", str(error)))
        return None
    capture = Capture(taken.issue, taken.captured_at, pages, taken.url)
    reason = why_held(capture, loading.n_listed.get(issue_id, 0))
    if reason:
        run.outcomes.append(outcome.as_fault("held", reason))
        return None
    loading.n_listed[issue_id] = capture.n_parsed
    return capture


def _parse(loading: _Loading, taken: Taken, receipt: Receipt) -> Page:
    form = source_of(taken.issue).form(receipt.form)
    parsed = form.parse(loading.run.landing.read(receipt))
    loading.bodies[receipt.sha256] = (receipt, form)
    _note_fields(loading.run, taken, form, parsed.fields_seen)
    return Page(receipt.sha256, form.parser_version, parsed)


def _note_fields(run: Run, taken: Taken, form: Form, fields_seen: Any) -> None:
    """Add the fields of a body to what the run has seen of its source."""
    loaded = form.loaded_paths(found.path for found in fields_seen)
    for found, n_seen in fields_seen.items():
        key = (taken.issue.source, form.name, found.path, found.type)
        run.note_field(key, n_seen, taken.captured_at, is_loaded=found.path in loaded)


def _account(run: Run, number: int, judged: Judged) -> None:
    """What became of a batch, in the run's outcomes and the ledger."""
    run.outcomes += [_outcome(capture, counts) for capture, counts in judged.counted]
    run.warnings += [r for r in judged.results if r.n_broken and r.severity == "warn"]
    run.ledger.record(
        QUALITY_RESULTS,
        [
            {**asdict(r), "run_id": run.run_id, "batch": number, "is_met": not r.n_broken}
            for r in judged.results
        ],
    )


def _outcome(capture: Capture, counts: Counts) -> IssueOutcome:
    reason = f"{counts.n_quarantined} in quarantine" if counts.n_quarantined else None
    return IssueOutcome(
        str(capture.issue),
        capture.captured_at,
        counts.state,
        capture.sha256,
        counts.n_parsed,
        counts.n_accepted,
        counts.n_quarantined,
        counts.n_duplicate,
        reason,
    )


def _quarantine_row(loading: _Loading, item: Rejected) -> dict[str, Any]:
    raw = item.raw
    if raw is None:
        receipt, form = loading.bodies[item.page.sha256]
        raw = form.locate(loading.run.landing.read(receipt), item.index)
    name = f"{item.page.sha256}:{item.index}"
    return {
        "quarantine_id": hashlib.sha256(name.encode()).hexdigest()[:16],
        "run_id": loading.run.run_id,
        "issue_id": str(item.capture.issue),
        "payload_sha256": item.page.sha256,
        "record_index": item.index,
        "span_start": raw.span.start,
        "span_end": raw.span.end,
        "rules": "\n".join(item.rules),
        "reason": item.reason,
        "raw": raw.text,
        "quarantined_at": loading.run.started_at,
        "state": "open",
    }


def _known_captures(draft: Draft) -> set[CaptureId]:
    columns = ["issue_id", "captured_at", "payload_sha256"]
    rows = draft.dataset(CAPTURES).to_table(columns=columns)
    return set(zip(*(rows[name].to_pylist() for name in columns), strict=True))


def _listed(draft: Draft) -> dict[str, int]:
    rows = draft.dataset(ISSUES).to_table(columns=["issue_id", "n_accepted"])
    return dict(zip(rows["issue_id"].to_pylist(), rows["n_accepted"].to_pylist(), strict=True))


def _batches(taken: Iterable[Taken], size: int) -> Iterator[list[Taken]]:
    remaining = iter(taken)
    while batch := list(islice(remaining, size)):
        yield batch
