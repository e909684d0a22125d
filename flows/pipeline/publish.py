"""Publishes the current snapshot, with the ledger's tables as they are now."""

import logging
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from flows.pipeline.issue_state import IssueStates, coverage_table, issue_state_tables
from flows.settings import VERSION
from schemas import LEDGER
from schemas.ops import NOT_CONFIRMED
from tasks.completeness import AS_SOURCES_SAY, Expectations
from tasks.coverage import Evidence
from tasks.merge.engine import forget
from warehouse.lake.snapshot import Snapshot
from warehouse.ledger import Ledger
from warehouse.publication.build_state import BuildState
from warehouse.publication.publish import (
    PublicationUnreadable,
    publish,
    published_days,
    published_snapshot,
)

log = logging.getLogger("paperhouse")


def publish_current(
    path: Path,
    current: Snapshot,
    ledger: Ledger,
    build_state: BuildState,
    now: datetime,
    wanted: Expectations = AS_SOURCES_SAY,
) -> None:
    """Build and swap in the file of the current snapshot, unless readers see it already, with the
    same issues open and unconfirmed: a look that finds nothing new may confirm one."""
    if current.number == 0:
        return
    is_shown = _published_number(path, build_state) == current.number
    if is_shown and _shows_doubts(path, IssueStates(current, ledger, wanted).evidence, now):
        return
    # building the file needs as much memory as a batch did, so that is freed first
    forget()
    pa.default_memory_pool().release_unused()
    write_publication(path, current, ledger, now, build_state, wanted)
    log.info("published snapshot %s", current.number)


def write_publication(
    path: Path,
    snapshot: Snapshot,
    ledger: Ledger,
    now: datetime,
    build_state: BuildState | None = None,
    wanted: Expectations = AS_SOURCES_SAY,
) -> None:
    """Build the DuckDB file of a snapshot."""
    tables = {table.full_name: ledger.arrow(table) for table in LEDGER}
    tables |= issue_state_tables(IssueStates(snapshot, ledger, wanted).evidence, now)
    publish(path, snapshot, tables, now=now, version=VERSION, build_state=build_state)


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


def _published_number(path: Path, build_state: BuildState) -> int | None:
    """The snapshot readers see; None when they see none, or the file is unreadable."""
    try:
        return build_state.shown(path) or published_snapshot(path)
    except PublicationUnreadable as error:
        log.warning("%s", error)
        return None
