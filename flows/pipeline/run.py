"""The frame of every run that writes: the writer lock, a row in the ledger, a clean end.

The ledger says how each run ended, and after each run the publication shows the current snapshot.
"""

import logging
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any

import duckdb

from flows.pipeline.field_drift import record_drift
from flows.pipeline.garbage import collected_by_hand
from flows.pipeline.issue_state import IssueStates
from flows.pipeline.publish import publish_current
from flows.pipeline.removals import find_removals
from flows.pipeline.report import SEEN, FoundDrift, IssueOutcome, LoadResult, Removal, RunReport
from flows.pipeline.timings import Timings
from flows.settings import VERSION, Settings
from schemas import Change
from schemas.errors import UsageError
from schemas.ops import OUTCOMES, QUARANTINE, SNAPSHOTS
from tasks.completeness import AS_SOURCES_SAY, Doubt, Expectations
from warehouse.lake.interface import Store, open_store
from warehouse.lake.snapshot import Snapshot
from warehouse.lake.transaction import Transaction
from warehouse.ledger import Ledger
from warehouse.publication.build_state import BuildState
from warehouse.storage.durable_files import sweep
from warehouse.storage.errors import storage_error
from warehouse.storage.home import Home
from warehouse.storage.landing import Landing
from warehouse.storage.writer_lock import writing

Clock = Callable[[], datetime]
log = logging.getLogger("paperhouse")


@dataclass
class Run:
    """A run in progress: the stores it uses, and what it has done so far."""

    run_id: str
    command: str
    home: Home
    clock: Clock
    landing: Landing
    lake: Store
    ledger: Ledger
    started_at: datetime
    outcomes: list[IssueOutcome] = field(default_factory=list)
    loaded: LoadResult = field(default_factory=LoadResult)
    snapshot: Snapshot | None = None
    """The snapshot this run committed."""
    drift: list[FoundDrift] = field(default_factory=list)
    fetch_indexes: Iterator[int] = field(default_factory=count)
    notes: dict[str, str] = field(default_factory=dict)
    """Remarks for the reason of an issue's outcome, by issue id."""
    wanted: Expectations = AS_SOURCES_SAY
    removals: tuple[Removal, ...] = ()
    """Captures of this run that no longer list many papers of their issue."""
    timings: Timings = field(default_factory=Timings)

    @cached_property
    def issues(self) -> IssueStates:
        """The state of issues when the run began, and decisions made since."""
        return IssueStates(self.lake.current(), self.ledger, self.wanted)

    def begin(self, base: Snapshot | None = None) -> Transaction:
        """A transaction of this run, on top of `base`, by default the current snapshot."""
        return self.lake.begin(run_id=self.run_id, now=self.started_at, base=base)

    def add(self, result: LoadResult) -> None:
        """Add the result of the run's load."""
        self.outcomes += result.outcomes
        self.loaded = result
        vars(self).pop("after", None)
        if result.snapshot and result.snapshot.run_id == self.run_id:
            self.snapshot = result.snapshot
            if not result.is_reprocessing:
                self.removals = find_removals(self.snapshot, result.outcomes)

    @cached_property
    def after(self) -> IssueStates:
        """The state of issues now that the run has loaded; read anew after each load."""
        outcomes = list(map(vars, self.outcomes))
        return IssueStates(self.lake.current(), self.ledger, self.wanted, outcomes=outcomes)

    @property
    def doubts(self) -> dict[str, Doubt]:
        """The issues that are open or unconfirmed now."""
        return self.after.doubts

    def commit(self, transaction: Transaction, changes: Mapping[str, Change] | None = None) -> None:
        """Commit a transaction that loads nothing; `changes` as for `Transaction.commit`."""
        snapshot = transaction.commit(changes)
        self.add(LoadResult(changes=transaction.changes, snapshot=snapshot))

    def report(self) -> RunReport:
        """What the run has done until now."""
        outcomes = map(self._with_note, self.outcomes)
        return RunReport(
            self.run_id,
            self.command,
            self.started_at,
            self.clock(),
            tuple(sorted(outcomes, key=lambda found: (found.issue_id, found.captured_at))),
            dict(self.loaded.changes),
            self.snapshot.number if self.snapshot else None,
            tuple(self.loaded.warnings),
            tuple(self.drift),
            self.removals,
            self.timings,
        )

    def _with_note(self, outcome: IssueOutcome) -> IssueOutcome:
        notes = [self.notes.get(outcome.issue_id)]
        notes += [found.reason for found in self.removals if found.is_about(outcome)]
        if outcome.outcome in SEEN and (doubt := self.doubts.get(outcome.issue_id)):
            notes.append(f"{doubt.state}: {doubt.reason}")
        if not any(notes):
            return outcome
        return replace(outcome, reason="; ".join(filter(None, [outcome.reason, *notes])))


def new_run_id(now: datetime) -> str:
    """An id for a run: its start, and six random digits for runs of the same second."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def running(
    home: Home,
    command: str,
    *,
    run_id: str | None = None,
    clock: Clock = utc_now,
    wanted: Expectations = AS_SOURCES_SAY,
) -> Iterator[Run]:
    """Hold the writer lock and an open row in the ledger for a block that loads.

    `wanted` decides which issues are open or unconfirmed afterwards.

    Leftovers of a crash are removed first. At the end the row is closed and, if the lake is newer
    than the publication, a new one is built. Raises `WriterBusy` when another process is writing,
    and `StorageError` when the disk is full or cannot be written.
    """
    started_at = clock()
    run_id = run_id or new_run_id(started_at)
    try:
        with writing(home, owner=f"{command} {run_id}", now=started_at):
            ledger = Ledger(home.ledger)
            landing, lake = Landing(home.landing, home.other_landings), open_store(home)
            stores = (landing, lake, ledger)
            run = Run(run_id, command, home, clock, *stores, started_at, wanted=wanted)
            try:
                ledger.open_run(run_id=run_id, command=command, now=started_at, version=VERSION)
                _recover(run)
                yield run
                with collected_by_hand():
                    _close(run)
            except UsageError:
                ledger.forget_run(run_id)
                raise
            except BaseException as error:
                _close_failed(run, error)
                raise
            finally:
                ledger.close()
    except (OSError, sqlite3.Error, duckdb.Error) as error:
        failure = storage_error(home.root, error)
        if failure:
            raise failure from error
        raise


def running_with(
    settings: Settings, command: str, *, run_id: str | None = None, clock: Clock = utc_now
) -> AbstractContextManager[Run]:
    """`running`, in the home and by the expectations that the settings name."""
    home, wanted = settings.warehouse(), settings.expectations()
    return running(home, command, run_id=run_id, clock=clock, wanted=wanted)


def _recover(run: Run) -> None:
    run.landing.recover()
    run.lake.recover()
    for folder in (run.home.root, run.home.build):
        sweep(folder)
    # the place of `build/` in versions up to 0.1
    shutil.rmtree(run.home.root / "forms", ignore_errors=True)


def _close(run: Run) -> None:
    """Record the outcomes, close the row, and publish the current snapshot."""
    with run.timings.of("record"):
        _record(run)
    state = BuildState(run.home.build, run.lake)
    with run.timings.of("publish"):
        publish_current(run.home.publication, run.after, run.ledger, state, run.clock())


def _record(run: Run) -> None:
    """Record the outcomes, and close the row."""
    loaded = run.loaded
    run.drift = record_drift(
        run.ledger, run.run_id, loaded.sightings, is_reprocessing=loaded.is_reprocessing
    )
    report = run.report()
    rows = enumerate(map(vars, report.outcomes))
    run.ledger.record(OUTCOMES, [{"run_id": run.run_id, "outcome_index": n, **o} for n, o in rows])
    run.ledger.record(QUARANTINE, loaded.settled)
    _record_snapshots(run)
    run.ledger.close_run(
        run.run_id,
        now=report.ended_at,
        outcome=report.outcome,
        exit_code=report.exit_code,
        snapshot=report.snapshot,
        error=report.fault_line(),
    )


def _record_snapshots(run: Run) -> None:
    """Record the changes of each snapshot: this run's, and those that a crash left out."""
    on_record = {row["snapshot"] for row in run.ledger.rows(SNAPSHOTS)}
    for number in set(run.lake.numbers()) - on_record:
        snapshot = run.lake.snapshot(number)
        run.ledger.record(SNAPSHOTS, [_snapshot_row(snapshot, name) for name in snapshot.tables])


def _snapshot_row(snapshot: Snapshot, name: str) -> dict[str, Any]:
    table = snapshot.tables[name]
    return {
        "snapshot": snapshot.number,
        "table_name": name,
        "run_id": snapshot.run_id,
        "created_at": snapshot.created_at,
        "n_rows": table.n_rows,
        "n_files": len(table.files),
        "n_bytes": table.n_bytes,
        "n_added": table.change.added,
        "n_changed": table.change.changed,
        "n_removed": table.change.removed,
    }


def _close_failed(run: Run, error: BaseException) -> None:
    """Close the row. If the disk is too full even for that, the next run records a crash."""
    try:
        run.ledger.close_run(
            run.run_id,
            now=run.clock(),
            outcome="failed",
            exit_code=1,
            snapshot=run.snapshot.number if run.snapshot else None,
            error=f"{type(error).__name__}: {error}",
        )
    except sqlite3.Error as second:
        log.warning("the ledger cannot record that the run failed: %s", second)
