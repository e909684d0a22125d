"""The frame of every run that writes: one writer, a ledger row opened first, a clean end.

Whatever happens inside, the ledger says how it ended and the publication shows the current
snapshot.
"""

import logging
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import duckdb

from flows.pipeline.field_drift import record_drift
from flows.pipeline.issue_state import IssueStates
from flows.pipeline.publish import publish_current
from flows.pipeline.report import FoundDrift, IssueOutcome, LoadResult, RunReport
from flows.settings import VERSION
from schemas import Change
from schemas.ops import OUTCOMES, QUARANTINE, SNAPSHOTS
from tasks.merge.to_arrow import Stamp
from tasks.quality.drift import FormatKey, Sightings
from tasks.quality.validate import RuleResult
from warehouse.lake.interface import Store, open_store
from warehouse.lake.snapshot import Snapshot
from warehouse.lake.transaction import Transaction
from warehouse.ledger import Ledger
from warehouse.publication.build_state import BuildState
from warehouse.storage.durable_files import sweep
from warehouse.storage.errors import storage_error
from warehouse.storage.home import Home, writing
from warehouse.storage.landing import Landing

Clock = Callable[[], datetime]
log = logging.getLogger("paperhouse")


@dataclass
class Run:
    """A run in progress: where things are, and what has happened so far."""

    run_id: str
    command: str
    home: Home
    clock: Clock
    landing: Landing
    lake: Store
    ledger: Ledger
    started_at: datetime
    outcomes: list[IssueOutcome] = field(default_factory=list)
    changes: dict[str, Change] = field(default_factory=dict)
    warnings: list[RuleResult] = field(default_factory=list)
    snapshot: Snapshot | None = None
    """The snapshot this run committed."""
    sightings: dict[FormatKey, Sightings] = field(default_factory=dict)
    """The fields seen in the bodies that came, by source and format."""
    is_reprocessing: bool = False
    """Whether the bodies read were counted when they came."""
    drift: list[FoundDrift] = field(default_factory=list)
    settled: list[dict[str, Any]] = field(default_factory=list)
    """Rows of ops.quarantine as they will be once what this run loads is committed."""
    n_fetches: int = 0
    notes: dict[str, str] = field(default_factory=dict)
    """What is worth telling of an issue beside its outcome, by issue id."""

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.run_id, self.started_at)

    def next_fetch(self) -> int:
        """Number of the next request of this run, from 0."""
        self.n_fetches += 1
        return self.n_fetches - 1

    @cached_property
    def issues(self) -> IssueStates:
        """What was known of issues when the run began, and what is decided while it lasts."""
        return IssueStates(self.lake.current(), self.ledger)

    def add(self, result: LoadResult) -> None:
        """Take over what a load did."""
        self.outcomes += result.outcomes
        self.warnings += result.warnings
        self.sightings = result.sightings
        self.is_reprocessing = result.is_reprocessing
        self.settled += result.settled
        self.changes = result.changes
        if result.snapshot and result.snapshot.run_id == self.run_id:
            self.snapshot = result.snapshot

    def commit(self, transaction: Transaction, changes: Mapping[str, Change] | None = None) -> None:
        """Commit a transaction that loads nothing; `changes` as for `Transaction.commit`."""
        snapshot = transaction.commit(changes)
        self.add(LoadResult(changes=transaction.changes, snapshot=snapshot))

    def report(self) -> RunReport:
        """What the run did up to now."""
        return RunReport(
            self.run_id,
            self.command,
            self.started_at,
            self.clock(),
            tuple(sorted(map(self._noted, self.outcomes), key=_by_issue_and_time)),
            dict(self.changes),
            self.snapshot.number if self.snapshot else None,
            tuple(self.warnings),
            tuple(self.drift),
        )

    def _noted(self, outcome: IssueOutcome) -> IssueOutcome:
        """An outcome with its issue's note."""
        said = filter(None, (outcome.reason, self.notes.get(outcome.issue_id)))
        return replace(outcome, reason="; ".join(said) or None)


def _by_issue_and_time(outcome: IssueOutcome) -> tuple[str, datetime]:
    return outcome.issue_id, outcome.captured_at


def new_run_id(now: datetime) -> str:
    """A name for a run: its start, and six random digits for runs of the same second."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def running(home: Home, command: str, *, run_id: str, clock: Clock = utc_now) -> Iterator[Run]:
    """Hold the writer lock and a ledger row around a block that loads.

    Leftovers of a crash are swept first. At the end the row is closed and, when the lake is ahead
    of the publication, a new one is built. Raises `WriterBusy` when another process is writing, and
    `StorageError` when the disk is full or cannot be written.
    """
    started_at = clock()
    try:
        with writing(home, owner=f"{command} {run_id}", now=started_at):
            ledger = Ledger(home.ledger)
            landing, lake = Landing(home.landing, home.other_landings), open_store(home)
            run = Run(run_id, command, home, clock, landing, lake, ledger, started_at)
            try:
                ledger.open_run(run_id=run_id, command=command, now=started_at, version=VERSION)
                _recover(run)
                yield run
                _close(run)
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


def _recover(run: Run) -> None:
    run.landing.recover()
    run.lake.recover()
    for folder in (run.home.root, run.home.build):
        sweep(folder)
    # where versions up to 0.1 kept what is now in `build/`
    shutil.rmtree(run.home.root / "forms", ignore_errors=True)


def _close(run: Run) -> None:
    """Record the outcomes, close the row, and publish what readers do not see yet."""
    run.drift = record_drift(
        run.ledger, run.run_id, run.sightings, is_reprocessing=run.is_reprocessing
    )
    report = run.report()
    run.ledger.record(
        OUTCOMES,
        [
            {"run_id": run.run_id, "outcome_index": index, **vars(outcome)}
            for index, outcome in enumerate(report.outcomes)
        ],
    )
    run.ledger.record(QUARANTINE, run.settled)
    _record_snapshots(run)
    run.ledger.close_run(
        run.run_id,
        now=report.ended_at,
        outcome=report.outcome,
        exit_code=report.exit_code,
        snapshot=report.snapshot,
        error=report.fault_line(),
    )
    publish_current(
        run.home.publication,
        run.lake.current(),
        run.ledger,
        BuildState(run.home.build, run.lake),
        run.clock(),
    )


def _record_snapshots(run: Run) -> None:
    """Put what each snapshot changed into the ledger: this run's, and any a crash left out."""
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
    """Close the row. Where the disk cannot take even that, the next run calls this one crashed."""
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
