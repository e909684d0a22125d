"""From the landing to the tables: parse, judge, merge; one snapshot at the end.

Captures go through in batches, so memory does not grow with what is loaded; all batches end in one
snapshot, so a reader sees all of a run or nothing of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from flows.pipeline.conflicts import redone_when_moved
from flows.pipeline.derive import deriving
from flows.pipeline.executors import Runner
from flows.pipeline.intake import Taken
from flows.pipeline.issue_checks import admit_batch, note
from flows.pipeline.late_arrivals import tell_again, within
from flows.pipeline.merge import known_papers, merge_batch
from flows.pipeline.quarantine import Bodies, quarantine, settle
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run, log
from schemas import Change
from schemas.core import CAPTURES
from schemas.ops import QUALITY_RESULTS
from tasks.errors import BadBody
from tasks.merge.to_arrow import Counts
from tasks.parse.capture import Capture, CaptureId, Page
from tasks.quality.record_checks import judge
from tasks.quality.validate import RuleResult
from tasks.sources import source_of
from warehouse.lake.diff import diff
from warehouse.lake.snapshot import Snapshot
from warehouse.lake.transaction import Draft

BATCH_BYTES = 24 * 2**20
"""Bodies of a batch: it ends when it has so many bytes of them, or the issues of the setting."""


@dataclass
class _Loading:
    """What loading the batches of a run carries along."""

    run: Run
    draft: Draft
    known: set[CaptureId]
    """Captures that are loaded already."""
    newest: datetime | None
    """Capture time of the newest capture loaded."""
    bodies: Bodies = field(default_factory=dict)
    """Bodies of the batch in hand, by SHA-256."""


def load(
    run: Run,
    taken: Iterable[Taken],
    *,
    batch_issues: int,
    base: Snapshot | None = None,
    is_retelling: bool = False,
    runner: Runner | None = None,
) -> None:
    """Load captures into a new snapshot, which becomes the current one.

    The draft begins with `base`, the current snapshot unless given. What is known already changes
    nothing, unless it is a retelling: then captures are read as if they had just come. When nothing
    changes, no snapshot is written. Outcomes and changes are added to the run. When anything
    raises, the draft is removed and the lake stays. `runner` reads papers' own words; without
    one that is this process, or all cores when there is much to read.
    """
    run.is_retelling = base is not None or is_retelling

    def once(taken: Iterable[Taken]) -> None:
        with run.lake.begin(run_id=run.run_id, now=run.started_at, base=base) as draft:
            loading = _begin(run, draft, is_retelling=is_retelling)
            with deriving(draft, runner) as derived:
                for number, batch in enumerate(_batches(taken, batch_issues)):
                    _load_batch(loading, number, batch)
                    derived.follow()
                    log.info("batch %d: %d issues", number + 1, len(batch))
            changes = draft.changes
            if run.is_retelling:
                changes = _against_current(run, draft)
            if changes or not is_retelling:
                run.commit(draft, changes)

    if run.lake.is_shared:
        redone_when_moved(run, once, list(taken))
    else:
        once(taken)


def _against_current(run: Run, draft: Draft) -> dict[str, Change]:
    """What a draft from nothing changes; all of it, when what stands cannot be read any more."""
    try:
        return diff(run.lake.current(), draft)
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        log.warning("the current snapshot is damaged, so all is counted as added: %s", error)
        return draft.changes


def _begin(run: Run, draft: Draft, *, is_retelling: bool) -> _Loading:
    columns = ["issue_id", "captured_at", "payload_sha256"]
    rows = draft.dataset(CAPTURES).to_table(columns=columns)
    known = set(zip(*(rows[name].to_pylist() for name in columns), strict=True))
    newest = max((captured_at for _, captured_at, _ in known), default=None)
    if is_retelling:
        known, newest = set(), datetime.max.replace(tzinfo=UTC)
    return _Loading(run, draft, known, newest)


def _load_batch(loading: _Loading, number: int, batch: Sequence[Taken]) -> None:
    """Take one batch of captures all the way into the draft."""
    run = loading.run
    loading.bodies.clear()
    fresh = [taken for taken in batch if _is_new(loading, taken)]
    parsed = [capture for taken in fresh if (capture := _parse(loading, taken))]
    scope, again = tell_again(run, loading.draft, _late(loading, parsed))
    repeated = [capture for taken in again if (capture := _parse(loading, taken, is_new=False))]
    ordered = sorted([*repeated, *parsed], key=lambda c: (c.captured_at, c.sha256))
    new = {id(capture) for capture in parsed}
    if not ordered:
        return  # and Great Expectations, seconds to import, is not needed
    knocking = [c for c in ordered if id(c) in new or str(c.issue) in scope.issues]
    admission = admit_batch(run, loading.draft, knocking, scope.issues)
    note(run, admission, new)
    _record_results(run, number, admission.results)
    held = {id(item.capture) for item in admission.captures if item.held_because}
    captures = [capture for capture in ordered if id(capture) not in held]
    if not captures:
        return
    known = known_papers(loading.draft, captures)
    judged = within(judge(captures, known, run.stamp), scope, parsed)
    told = [c for c in knocking if id(c) not in held]
    settle(run, told, judged.rejected)
    quarantine(run, judged.rejected, loading.bodies)
    merge_batch(loading.draft, judged, scope)
    warnings = {id(item.capture): item.warnings for item in admission.captures}
    run.outcomes += [_outcome(c, n, warnings[id(c)]) for c, n in judged.counted if id(c) in new]
    run.warnings += [r for r in judged.results if r.n_broken and r.severity == "warn"]
    _record_results(run, number, judged.results)
    newest = max(capture.captured_at for capture in captures)
    loading.newest = max(newest, loading.newest or newest)


def _is_new(loading: _Loading, taken: Taken) -> bool:
    """Whether a capture is not loaded yet; when it is, that is its outcome."""
    issue_id = str(taken.issue)
    capture_id = (issue_id, taken.captured_at, taken.sha256)
    if capture_id in loading.known:
        outcome = IssueOutcome(issue_id, taken.captured_at, "unchanged", taken.sha256)
        loading.run.outcomes.append(outcome)
        return False
    loading.known.add(capture_id)
    return True


def _late(loading: _Loading, captures: list[Capture]) -> list[Capture]:
    """Captures not newer than what is loaded: they may change what came after them."""
    return [c for c in captures if loading.newest and c.captured_at <= loading.newest]


def _parse(loading: _Loading, taken: Taken, *, is_new: bool = True) -> Capture | None:
    """Parse a capture; None when it is no issue at all, which is then its outcome."""
    source = source_of(taken.issue)
    pages: list[Page] = []
    for receipt in taken.receipts:
        form = source.form(receipt.form)
        try:
            parsed = form.parse(loading.run.landing.read(receipt))
        except BadBody as error:
            if is_new:
                outcome = IssueOutcome(
                    str(taken.issue), taken.captured_at, "broken", taken.sha256, reason=str(error)
                )
                loading.run.outcomes.append(outcome)
            return None
        loading.bodies[receipt.sha256] = (receipt, form)
        if is_new:
            loading.run.note_fields(taken.issue, taken.captured_at, form, parsed)
        query = parsed.query or source.query_of(taken.issue)
        pages.append(Page(receipt.sha256, form.parser_version, replace(parsed, query=query)))
    return Capture(taken.issue, taken.captured_at, tuple(pages), taken.url)


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


def _batches(taken: Iterable[Taken], size: int) -> Iterator[list[Taken]]:
    """Captures by `size`, and fewer where their bodies are large."""
    batch: list[Taken] = []
    n_bytes = 0
    for one in taken:
        batch.append(one)
        n_bytes += sum(receipt.n_bytes for receipt in one.receipts)
        if len(batch) == size or n_bytes >= BATCH_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch
