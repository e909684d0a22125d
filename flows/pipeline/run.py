"""The frame of every run that writes: one writer, a ledger row opened first, a clean end.

Whatever happens inside, the ledger says how it ended and the publication shows the current
snapshot.
"""

import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from flows.pipeline.field_drift import FormatKey, record_drift
from flows.pipeline.issue_state import evidence_of, issue_state_tables
from flows.pipeline.report import FoundDrift, IssueOutcome, RunReport
from flows.settings import VERSION
from schemas import LEDGER, Change
from schemas.ops import OUTCOMES, QUARANTINE, SNAPSHOTS
from tasks.merge.engine import forget
from tasks.merge.to_arrow import Stamp
from tasks.parse.model import IssueRef, ParsedBody
from tasks.quality.drift import Sightings
from tasks.quality.validate import RuleResult
from tasks.sources import Format
from warehouse.lake.interface import Store, open_store
from warehouse.lake.snapshot import Snapshot
from warehouse.lake.transaction import Transaction
from warehouse.ledger import Ledger
from warehouse.publication.build_state import BuildState
from warehouse.publication.publish import PublicationUnreadable, publish, published_snapshot
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
    """The fields seen in the bodies that came, by source and form."""
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

    def commit(self, transaction: Transaction, changes: Mapping[str, Change] | None = None) -> None:
        """Commit a draft and remember what it changed; `changes` as for `Transaction.commit`.

        A draft without anything to commit leaves the run without a snapshot.
        """
        snapshot = transaction.commit(changes)
        self.changes = transaction.changes
        self.snapshot = snapshot if snapshot.run_id == self.run_id else None

    def note_fields(
        self, issue: IssueRef, captured_at: datetime, body_format: Format, parsed: ParsedBody
    ) -> None:
        """Add the fields of a body to what the run has seen of its form."""
        seen = self.sightings.setdefault((issue.source, body_format.name), Sightings())
        loaded = body_format.loaded_paths(found.path for found in parsed.fields_seen)
        day = issue.issued_on or captured_at.astimezone(UTC).date()
        seen.add(parsed, loaded, captured_at, day)

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
    publish_current(run)


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


def publish_current(run: Run) -> None:
    """Build and swap in the file of the current snapshot, unless it is what readers see already."""
    current = run.lake.current()
    build_state = BuildState(run.home.build, run.lake)
    if current.number == 0 or _shown(run, build_state) == current.number:
        return
    # building the file takes as much as a batch did, so what batches left is given back first
    forget()
    pa.default_memory_pool().release_unused()
    write_publication(run.home.publication, current, run.ledger, run.clock(), build_state)
    log.info("published snapshot %s", current.number)


def write_publication(
    path: Path,
    snapshot: Snapshot,
    ledger: Ledger,
    now: datetime,
    build_state: BuildState | None = None,
) -> None:
    """Build the DuckDB file of a snapshot, with the ledger's tables as they stand."""
    tables = {table.full_name: ledger.arrow(table) for table in LEDGER}
    tables |= issue_state_tables(evidence_of(snapshot, ledger), now)
    publish(path, snapshot, tables, now=now, version=VERSION, build_state=build_state)


def _shown(run: Run, build_state: BuildState) -> int | None:
    """The snapshot readers see; None when they see none, also because the file is unreadable."""
    path = run.home.publication
    try:
        return build_state.shown(path) or published_snapshot(path)
    except PublicationUnreadable as error:
        log.warning("%s", error)
        return None
