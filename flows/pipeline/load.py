"""A load: landed captures pass all stages and end in one new snapshot.

They are loaded in batches, so memory does not grow with their number; all batches end in one
snapshot, so a reader sees all of a load or nothing of it. When another writer of a shared lake
commits first, the result is dropped and the load is repeated.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from flows.pipeline.ahead import staged_ahead
from flows.pipeline.captures import LandedCapture
from flows.pipeline.derive import deriving
from flows.pipeline.garbage import collected_by_hand
from flows.pipeline.issue_state import loaded_captures
from flows.pipeline.judge import are_loaded, judge
from flows.pipeline.merge import merge
from flows.pipeline.quarantine import quarantine, superseded
from flows.pipeline.report import IssueOutcome, LoadResult
from flows.pipeline.run import Run, log
from flows.pipeline.stage import Staged, stage
from flows.pipeline.staged_chunk import StagedChunk
from schemas import Change
from schemas.ops import QUALITY_RESULTS
from tasks.merge.batch import Batch
from tasks.merge.identity import existing_papers
from tasks.merge.to_arrow import Counts, Stamp
from tasks.parse.capture import Capture, CaptureId
from tasks.quality.drift import Sightings
from tasks.quality.record_checks import check_records
from tasks.quality.validate import RuleResult, prepare
from warehouse.lake.diff import diff
from warehouse.lake.snapshot import Snapshot
from warehouse.lake.transaction import CommitConflict, Transaction

BATCH_BYTES = 24 * 2**20
"""A batch ends when its bodies have so many bytes, or when it has the issues of the setting."""
_SHARE_STAGED = 0.5
"""Of a capture that was staged ahead, rows are in memory and no body."""
TRIES = 8
"""How often a run tries to load into a shared lake. Each time another writer succeeded, so with a
few writers all succeed."""

_ALL_ARE_LATE = datetime.max.replace(tzinfo=UTC)
"""As the time of the newest capture: what is reprocessed is loaded like a late arrival."""


@dataclass(frozen=True)
class _How:
    """The arguments of `load` beside the captures."""

    batch_issues: int
    base: Snapshot | None
    is_reprocessing: bool
    executor: Executor | None


@dataclass
class _Loading:
    """What the batches of a load share."""

    run: Run
    transaction: Transaction
    result: LoadResult
    loaded: set[CaptureId]
    """Captures that are loaded already."""
    newest: datetime | None
    """Capture time of the newest capture loaded."""
    rules: Future[None] | None = None
    """The import of what checks them."""
    counted: StagedChunk | None = None
    """The chunk whose fields were counted last."""


def load(
    run: Run,
    landed: Iterable[LandedCapture],
    *,
    batch_issues: int,
    base: Snapshot | None = None,
    is_reprocessing: bool = False,
    executor: Executor | None = None,
) -> LoadResult:
    """Load captures into a new snapshot, which becomes the current one.

    The transaction begins with `base`, by default the current snapshot. A capture that is loaded
    already changes nothing, unless it is reprocessed: then it is loaded as if it were new. When
    nothing changes, no snapshot is written. When anything raises, the lake stays as it was.
    `executor` stages captures ahead and runs the extractors; by default this process stages them,
    and all cores run the extractors when there are many papers.
    """
    how = _How(batch_issues, base, is_reprocessing, executor)
    if run.lake.is_shared:
        captures = list(landed)
        return _retried(run, lambda: _load(run, captures, how))
    return _load(run, landed, how)


def _load(run: Run, landed: Iterable[LandedCapture], how: _How) -> LoadResult:
    result = LoadResult(is_reprocessing=how.base is not None or how.is_reprocessing)
    with run.begin(base=how.base) as transaction:
        if how.is_reprocessing:
            loading = _Loading(run, transaction, result, set(), _ALL_ARE_LATE)
        else:
            loaded = loaded_captures(transaction)
            newest = max((captured_at for _, captured_at, _ in loaded), default=None)
            loading = _Loading(run, transaction, result, loaded, newest)
        stamp = Stamp(run.run_id, run.started_at)
        new = _with_rules(loading, _not_loaded(loading, landed))
        staged = staged_ahead(new, how.executor, run.landing, stamp)
        with deriving(transaction, how.executor) as derived, collected_by_hand() as collect:
            batches = run.timings.each("get bodies", _batches(staged, how.batch_issues))
            for number, batch in enumerate(batches):
                with run.timings.of("parse"):
                    fresh = stage(batch, run.landing, result.sightings)
                _count(loading, fresh.chunks)
                months = _load_batch(loading, number, fresh, stamp)
                with run.timings.of("derive"):
                    derived.follow(months, [chunk.derived for chunk in fresh.chunks])
                collect()
                log.info("batch %d: %d issues", number + 1, len(batch))
        changes = transaction.changes
        if result.is_reprocessing:
            changes = _against_current(run, transaction)
        if changes or not how.is_reprocessing:
            with run.timings.of("commit"):
                result.snapshot = transaction.commit(changes)
            result.changes = transaction.changes
    return result


def _retried(run: Run, load_once: Callable[[], LoadResult]) -> LoadResult:
    """Load, and repeat it on the new current snapshot whenever another writer commits first. Rows
    of the ledger have stable keys, so writing them again is harmless.

    Raises `CommitConflict` when another writer was first every time.
    """

    # imported here because it imports asyncio, and only a shared lake needs it
    from tenacity import (  # noqa: PLC0415
        RetryCallState,
        Retrying,
        retry_if_exception_type,
        stop_after_attempt,
    )

    def prepare_again(state: RetryCallState) -> None:
        log.info("%s: loading again", state.outcome and state.outcome.exception())
        run.landing.forget()

    return Retrying(
        retry=retry_if_exception_type(CommitConflict),
        stop=stop_after_attempt(TRIES),
        before_sleep=prepare_again,
        reraise=True,
    )(load_once)


def _against_current(run: Run, transaction: Transaction) -> dict[str, Change]:
    """What a transaction changes in the current snapshot; everything, if that cannot be read."""
    try:
        return diff(run.lake.current(), transaction)
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        log.warning("the current snapshot is damaged, so all is counted as added: %s", error)
        return transaction.changes


def _load_batch(loading: _Loading, number: int, fresh: Staged, stamp: Stamp) -> set[str]:
    """Load one batch of staged captures into the transaction; returns the months of papers that it
    changed."""
    run, result, transaction = loading.run, loading.result, loading.transaction
    result.outcomes += fresh.broken
    with run.timings.of("check issues"):
        if loading.rules:
            loading.rules.result()
        judged = judge(run, transaction, fresh, loading.newest)
    if judged is None:
        return set()  # without importing Great Expectations, which takes seconds
    again, checks, captures, whole, withdrawn = judged
    incoming = {id(capture) for capture in fresh.captures}
    result.outcomes += [*withdrawn, *checks.held_outcomes]
    _record_results(run, number, checks.results)
    settled = [capture for capture in whole if id(capture) not in checks.held]
    if incoming.isdisjoint(map(id, settled)) and are_loaded(transaction, settled, again):
        return set()
    with run.timings.of("check records"):
        existing = existing_papers(transaction, captures, again.replaced.papers)
        checked = check_records(captures, existing, stamp, fresh.premade)
    bodies = fresh.bodies | again.bodies
    result.settled += quarantine(run, settled, checked.rejected, bodies)
    new_bodies = frozenset(page.sha256 for c in fresh.captures for page in c.pages)
    with run.timings.of("merge"):
        batch = Batch(checked.accepted, checked.captures, new_bodies)
        months = merge(transaction, batch, again.replaced)
    result.settled += superseded(run, transaction, {str(capture.issue) for capture in settled})
    result.outcomes += [
        _outcome(c, n, checks.warnings[id(c)]) for c, n in checked.counted if id(c) in incoming
    ]
    result.warnings += [r for r in checked.results if r.n_broken and r.severity == "warn"]
    _record_results(run, number, checked.results)
    times = [*(c.captured_at for c in captures), *filter(None, [loading.newest])]
    loading.newest = max(times, default=None)
    return months


def _count(loading: _Loading, chunks: Iterable[StagedChunk]) -> None:
    """Count, once, the fields and the processor time of chunks; one may be in two batches."""
    for chunk in chunks:
        if chunk is not loading.counted:
            loading.counted = chunk
            loading.run.timings.worker_seconds += chunk.seconds
            for body_format, seen in chunk.fields.items():
                loading.result.sightings.setdefault(body_format, Sightings()).update(seen)


def _not_loaded(loading: _Loading, batch: Iterable[LandedCapture]) -> Iterator[LandedCapture]:
    """The captures that are not loaded yet; "unchanged" is the outcome of the others."""
    for landed in batch:
        if landed.id in loading.loaded:
            issue_id, captured_at, sha256 = landed.id
            outcome = IssueOutcome(issue_id, captured_at, "unchanged", sha256)
            loading.result.outcomes.append(outcome)
        else:
            loading.loaded.add(landed.id)
            yield landed


def _with_rules(loading: _Loading, fresh: Iterable[LandedCapture]) -> Iterator[LandedCapture]:
    """The captures to load. With the first of them a thread begins to import Great Expectations,
    which takes a second, while others are fetched, read or parsed."""
    for capture in fresh:
        if loading.rules is None:
            thread = ThreadPoolExecutor(1)
            loading.rules = thread.submit(prepare)
            thread.shutdown(wait=False)
        yield capture


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
    """Batches of `size` captures, of fewer where their bodies are large."""
    batch: list[LandedCapture] = []
    n_bytes = 0
    for capture in landed:
        batch.append(capture)
        in_memory = 1 if capture.staged is None else _SHARE_STAGED
        n_bytes += int(in_memory * sum(record.n_bytes for record in capture.records))
        if len(batch) == size or n_bytes >= BATCH_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch
