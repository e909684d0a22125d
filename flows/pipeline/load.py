"""From the landing to the tables: parse, judge, merge; one snapshot at the end.

Captures go through in batches, so memory does not grow with what is loaded; all batches end in one
snapshot, so a reader sees all of a run or nothing of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from flows.pipeline.conflicts import retried_on_conflict
from flows.pipeline.derive import deriving
from flows.pipeline.executors import Executor
from flows.pipeline.intake import LandedCapture
from flows.pipeline.issue_checks import check_batch, note
from flows.pipeline.late_arrivals import to_reprocess, within
from flows.pipeline.merge import existing_papers, merge_batch
from flows.pipeline.quarantine import Bodies, quarantine, settle
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run, log
from schemas import Change
from schemas.core import CAPTURES
from schemas.ops import QUALITY_RESULTS
from tasks.errors import BadBody
from tasks.merge.to_arrow import Counts
from tasks.parse.capture import Capture, CaptureId, Page
from tasks.quality.record_checks import check_records
from tasks.quality.validate import RuleResult
from tasks.sources import source_of
from warehouse.lake.diff import diff
from warehouse.lake.snapshot import Snapshot
from warehouse.lake.transaction import Transaction

BATCH_BYTES = 24 * 2**20
"""Bodies of a batch: it ends when it has so many bytes of them, or the issues of the setting."""


@dataclass
class _Loading:
    """What loading the batches of a run carries along."""

    run: Run
    transaction: Transaction
    known: set[CaptureId]
    """Captures that are loaded already."""
    newest: datetime | None
    """Capture time of the newest capture loaded."""
    bodies: Bodies = field(default_factory=dict)
    """Bodies of the batch in hand, by SHA-256."""


def load(
    run: Run,
    landed: Iterable[LandedCapture],
    *,
    batch_issues: int,
    base: Snapshot | None = None,
    is_reprocessing: bool = False,
    executor: Executor | None = None,
) -> None:
    """Load captures into a new snapshot, which becomes the current one.

    The draft begins with `base`, the current snapshot unless given. What is known already changes
    nothing, unless it is a retelling: then captures are read as if they had just come. When nothing
    changes, no snapshot is written. Outcomes and changes are added to the run. When anything
    raises, the draft is removed and the lake stays. `executor` reads papers' own words; without
    one that is this process, or all cores when there is much to read.
    """
    run.is_reprocessing = base is not None or is_reprocessing

    def once(landed: Iterable[LandedCapture]) -> None:
        with run.lake.begin(run_id=run.run_id, now=run.started_at, base=base) as transaction:
            loading = _begin(run, transaction, is_reprocessing=is_reprocessing)
            with deriving(transaction, executor) as derived:
                for number, batch in enumerate(_batches(landed, batch_issues)):
                    _load_batch(loading, number, batch)
                    derived.follow()
                    log.info("batch %d: %d issues", number + 1, len(batch))
            changes = transaction.changes
            if run.is_reprocessing:
                changes = _against_current(run, transaction)
            if changes or not is_reprocessing:
                run.commit(transaction, changes)

    if run.lake.is_shared:
        retried_on_conflict(run, once, list(landed))
    else:
        once(landed)


def _against_current(run: Run, transaction: Transaction) -> dict[str, Change]:
    """What a draft from nothing changes; all of it, when what stands cannot be read any more."""
    try:
        return diff(run.lake.current(), transaction)
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        log.warning("the current snapshot is damaged, so all is counted as added: %s", error)
        return transaction.changes


def _begin(run: Run, transaction: Transaction, *, is_reprocessing: bool) -> _Loading:
    columns = ["issue_id", "captured_at", "payload_sha256"]
    rows = transaction.dataset(CAPTURES).to_table(columns=columns)
    known = set(zip(*(rows[name].to_pylist() for name in columns), strict=True))
    newest = max((captured_at for _, captured_at, _ in known), default=None)
    if is_reprocessing:
        known, newest = set(), datetime.max.replace(tzinfo=UTC)
    return _Loading(run, transaction, known, newest)


def _load_batch(loading: _Loading, number: int, batch: Sequence[LandedCapture]) -> None:
    """Take one batch of captures all the way into the draft."""
    run = loading.run
    loading.bodies.clear()
    fresh = [landed for landed in batch if _is_new(loading, landed)]
    parsed = [capture for landed in fresh if (capture := _parse(loading, landed))]
    scope, again = to_reprocess(run, loading.transaction, _late(loading, parsed))
    repeated = [capture for landed in again if (capture := _parse(loading, landed, is_new=False))]
    ordered = sorted([*repeated, *parsed], key=lambda c: (c.captured_at, c.sha256))
    new = {id(capture) for capture in parsed}
    if not ordered:
        return  # and Great Expectations, seconds to import, is not needed
    to_check = [c for c in ordered if id(c) in new or str(c.issue) in scope.issues]
    issue_checks = check_batch(run, loading.transaction, to_check, scope.issues)
    note(run, issue_checks, new)
    _record_results(run, number, issue_checks.results)
    held = {id(item.capture) for item in issue_checks.captures if item.held_because}
    captures = [capture for capture in ordered if id(capture) not in held]
    if not captures:
        return
    known = existing_papers(loading.transaction, captures)
    checked = within(check_records(captures, known, run.stamp), scope, parsed)
    told = [c for c in to_check if id(c) not in held]
    settle(run, told, checked.rejected)
    quarantine(run, checked.rejected, loading.bodies)
    merge_batch(loading.transaction, checked, scope)
    warnings = {id(item.capture): item.warnings for item in issue_checks.captures}
    run.outcomes += [_outcome(c, n, warnings[id(c)]) for c, n in checked.counted if id(c) in new]
    run.warnings += [r for r in checked.results if r.n_broken and r.severity == "warn"]
    _record_results(run, number, checked.results)
    newest = max(capture.captured_at for capture in captures)
    loading.newest = max(newest, loading.newest or newest)


def _is_new(loading: _Loading, landed: LandedCapture) -> bool:
    """Whether a capture is not loaded yet; when it is, that is its outcome."""
    issue_id = str(landed.issue)
    capture_id = (issue_id, landed.captured_at, landed.sha256)
    if capture_id in loading.known:
        outcome = IssueOutcome(issue_id, landed.captured_at, "unchanged", landed.sha256)
        loading.run.outcomes.append(outcome)
        return False
    loading.known.add(capture_id)
    return True


def _late(loading: _Loading, captures: list[Capture]) -> list[Capture]:
    """Captures not newer than what is loaded: they may change what came after them."""
    return [c for c in captures if loading.newest and c.captured_at <= loading.newest]


def _parse(loading: _Loading, landed: LandedCapture, *, is_new: bool = True) -> Capture | None:
    """Parse a capture; None when it is no issue at all, which is then its outcome."""
    source = source_of(landed.issue)
    pages: list[Page] = []
    for capture_record in landed.capture_records:
        body_format = source.format(capture_record.format)
        try:
            parsed = body_format.parse(loading.run.landing.read(capture_record))
        except BadBody as error:
            if is_new:
                outcome = IssueOutcome(
                    str(landed.issue),
                    landed.captured_at,
                    "broken",
                    landed.sha256,
                    reason=str(error),
                )
                loading.run.outcomes.append(outcome)
            return None
        loading.bodies[capture_record.sha256] = (capture_record, body_format)
        if is_new:
            loading.run.note_fields(landed.issue, landed.captured_at, body_format, parsed)
        query = parsed.query or source.query_of(landed.issue)
        pages.append(
            Page(capture_record.sha256, body_format.parser_version, replace(parsed, query=query))
        )
    return Capture(landed.issue, landed.captured_at, tuple(pages), landed.url)


def _record_results(run: Run, number: int, results: Iterable[RuleResult]) -> None:
    rows = [
        {**asdict(r), "run_id": run.run_id, "batch": number, "is_met": not r.n_broken}
        for r in results
    ]
    run.ledger.record(QUALITY_RESULTS, rows)


def _outcome(capture: Capture, counts: Counts, warnings: Iterable[str]) -> IssueOutcome:
    quarantined = [f"{counts.n_quarantined} in quarantine"] if counts.n_quarantined else []
    reason = "; ".join([*quarantined, *warnings]) or None
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


def _batches(landed: Iterable[LandedCapture], size: int) -> Iterator[list[LandedCapture]]:
    """Captures by `size`, and fewer where their bodies are large."""
    batch: list[LandedCapture] = []
    n_bytes = 0
    for one in landed:
        batch.append(one)
        n_bytes += sum(capture_record.n_bytes for capture_record in one.capture_records)
        if len(batch) == size or n_bytes >= BATCH_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch
