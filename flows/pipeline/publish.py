"""Publishes the current snapshot, with the ledger's tables as they are now."""

import logging
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from flows.pipeline.issue_state import IssueStates, coverage_table, issue_state_tables
from flows.settings import VERSION
from schemas import LEDGER
from schemas.ops import NOT_CONFIRMED
from tasks.coverage import Evidence
from tasks.merge.engine import forget
from warehouse.ledger import Ledger
from warehouse.publication.build_state import BuildState
from warehouse.publication.publish import publish
from warehouse.publication.published import (
    PublicationUnreadable,
    published_days,
    published_snapshot,
)

log = logging.getLogger("paperhouse")


def publish_current(
    path: Path, issues: IssueStates, ledger: Ledger, build_state: BuildState, now: datetime
) -> None:
    """Build and swap in the file of the current snapshot, which is that of `issues`, unless readers
    see it already, with the same issues open and unconfirmed: a look that finds nothing new may
    confirm one."""
    current = issues.snapshot
    if current.number == 0:
        return
    seen = seen_by_readers(path, build_state)
    if seen.fault:
        log.warning("%s", seen.fault)
    is_shown = seen.is_snapshot(current.number)
    if is_shown and _shows_doubts(path, issues.evidence, now):
        return
    # building the file needs as much memory as a batch did, so that is freed first
    forget()
    pa.default_memory_pool().release_unused()
    write_publication(path, issues, ledger, now, build_state)
    log.info("published snapshot %s", current.number)


def write_publication(
    path: Path,
    issues: IssueStates,
    ledger: Ledger,
    now: datetime,
    build_state: BuildState | None = None,
) -> None:
    """Build the DuckDB file of the snapshot of which `issues` tells the states."""
    tables = {table.full_name: ledger.arrow(table) for table in LEDGER}
    tables |= issue_state_tables(issues.evidence, now)
    publish(path, issues.snapshot, tables, now=now, version=VERSION, build_state=build_state)


def _shows_doubts(path: Path, evidence: Evidence, now: datetime) -> bool:
    """Whether the published file says of the same days as the evidence that they are open or
    unconfirmed."""
    days = coverage_table(evidence, now).select(["issue_id", "state"]).to_pylist()
    doubted = {(day["issue_id"], day["state"]) for day in days if day["state"] in NOT_CONFIRMED}
    try:
        return published_days(path, NOT_CONFIRMED) == doubted
    except PublicationUnreadable as error:
        log.warning("%s", error)
        return False


class SeenByReaders(NamedTuple):
    """The number of the snapshot that readers see, None for nothing; and why the published file
    cannot be read, if it cannot."""

    number: int | None
    fault: str | None = None

    def is_snapshot(self, number: int) -> bool:
        """Whether readers see this snapshot of the lake. Of an empty lake, 0, they see nothing."""
        return self.fault is None and (self.number or 0) == number


def seen_by_readers(path: Path, build_state: BuildState | None = None) -> SeenByReaders:
    """What the readers of a published file see. With a build state the file is only opened if it
    was changed since it was built."""
    try:
        shown = build_state.shown(path) if build_state else None
        return SeenByReaders(shown or published_snapshot(path))
    except PublicationUnreadable as error:
        return SeenByReaders(None, str(error))
