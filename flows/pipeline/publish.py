"""Publishes the current snapshot, with the ledger's tables as they are now."""

import logging
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from flows.pipeline.issue_state import IssueStates, issue_state_tables
from flows.settings import VERSION
from schemas import LEDGER
from tasks.merge.engine import forget
from warehouse.lake.snapshot import Snapshot
from warehouse.ledger import Ledger
from warehouse.publication.build_state import BuildState
from warehouse.publication.publish import PublicationUnreadable, publish, published_snapshot

log = logging.getLogger("paperhouse")


def publish_current(
    path: Path, current: Snapshot, ledger: Ledger, build_state: BuildState, now: datetime
) -> None:
    """Build and swap in the file of the current snapshot, unless readers see that already."""
    if current.number == 0 or _published_number(path, build_state) == current.number:
        return
    # building the file needs as much memory as a batch did, so that is freed first
    forget()
    pa.default_memory_pool().release_unused()
    write_publication(path, current, ledger, now, build_state)
    log.info("published snapshot %s", current.number)


def write_publication(
    path: Path,
    snapshot: Snapshot,
    ledger: Ledger,
    now: datetime,
    build_state: BuildState | None = None,
) -> None:
    """Build the DuckDB file of a snapshot."""
    tables = {table.full_name: ledger.arrow(table) for table in LEDGER}
    tables |= issue_state_tables(IssueStates(snapshot, ledger).evidence, now)
    publish(path, snapshot, tables, now=now, version=VERSION, build_state=build_state)


def _published_number(path: Path, build_state: BuildState) -> int | None:
    """The snapshot readers see; None when they see none, or the file is unreadable."""
    try:
        return build_state.shown(path) or published_snapshot(path)
    except PublicationUnreadable as error:
        log.warning("%s", error)
        return None
