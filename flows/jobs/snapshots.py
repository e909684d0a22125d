"""Older snapshots: published again, or queried."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.pipeline.issue_state import IssueStates
from flows.pipeline.publish import write_publication
from flows.pipeline.report import RunReport
from flows.pipeline.run import Clock, running_with, utc_now
from flows.settings import Settings
from schemas.errors import UsageError
from tasks.completeness import AS_SOURCES_SAY, Expectations
from warehouse.lake.diff import diff, snapshot_at
from warehouse.lake.interface import open_store
from warehouse.ledger import open_ledger
from warehouse.storage.home import Home


def rollback(settings: Settings, number: int, *, clock: Clock = utc_now) -> RunReport:
    """Publish an older snapshot again, as a new one with the same files. Nothing is deleted."""
    with running_with(settings, "rollback", clock=clock) as run:
        old = run.lake.snapshot(number)
        if old.number == run.lake.current().number:
            raise UsageError(f"snapshot {number} is the current one")
        with run.begin(base=old) as transaction:
            run.commit(transaction, diff(run.lake.current(), transaction))
    return run.report()


@contextmanager
def published_as_of(
    home: Home, at: str, *, clock: Clock = utc_now, wanted: Expectations = AS_SOURCES_SAY
) -> Iterator[Path]:
    """The DuckDB file of an older snapshot, built for a block and removed after it."""
    lake = open_store(home)
    snapshot = snapshot_at(lake, at)
    with TemporaryDirectory(prefix="paperhouse-") as folder, open_ledger(home.ledger) as ledger:
        path = Path(folder) / "warehouse.duckdb"
        write_publication(path, IssueStates(snapshot, ledger, wanted), ledger, clock())
        yield path
