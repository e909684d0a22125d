"""A person's review: release held issues, withdraw loaded ones, replay or drop bad records."""

from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from flows.pipeline.captures import landed_captures
from flows.pipeline.issue_state import IssueStates
from flows.pipeline.load import load
from flows.pipeline.quarantine import NoSuchRecord, open_rows
from flows.pipeline.quarantine import drop as drop_row
from flows.pipeline.report import RunReport
from flows.pipeline.run import Clock, Run, running_with, utc_now
from flows.settings import Settings
from schemas.core import CAPTURES
from schemas.errors import UsageError
from schemas.ops import WITHDRAWN
from tasks.merge.batch import is_in
from warehouse.lake.interface import open_store
from warehouse.ledger import Ledger, open_ledger


class NotHeld(UsageError):
    """The issue is not held, so there is nothing to release."""


class NotLanded(UsageError):
    """The landing does not have the captures of an issue."""


class NotLoaded(UsageError):
    """The issue is not loaded, so there is nothing to withdraw."""


def held_issues(settings: Settings) -> list[dict[str, Any]]:
    """The last outcome of every issue that is held or withdrawn now, oldest first."""
    home = settings.warehouse()
    with open_ledger(home.ledger) as ledger:
        return IssueStates(open_store(home).current(), ledger).held()


def release(settings: Settings, issue_id: str, *, why: str, clock: Clock = utc_now) -> RunReport:
    """Load a held issue without the issue checks; its records are checked as always.

    From now on the issue is compared with this capture. Raises `NotHeld`, and `NotLanded` where
    the landing has lost it.
    """
    _check_reason(why)
    held = {row["issue_id"]: row for row in held_issues(settings)}
    if issue_id not in held:
        listed = ", ".join(held) or "none"
        raise NotHeld(f"{issue_id} is not held; held are: {listed}")
    row = held[issue_id]
    with running_with(settings, "release", clock=clock) as run:
        held_capture = (issue_id, row["captured_at"], row["payload_sha256"])
        landed = landed_captures(run.landing, {issue_id}).get(held_capture)
        if landed is None:
            raise NotLanded(_lost([issue_id]))
        decision = {name: row[name] for name in ("issue_id", "captured_at", "payload_sha256")}
        decision |= {"held_because": row["reason"], "why": why, "released_at": run.started_at}
        run.issues.decide([decision | {"decision": "released"}])
        run.issues.record_decisions()
        run.add(load(run, [landed], batch_issues=settings.batch_issues))
    return run.report()


def withdraw(
    settings: Settings, issue_ids: Collection[str], *, why: str, clock: Clock = utc_now
) -> RunReport:
    """Undo the loads of some issues in a new snapshot, as if they had never been loaded.

    Other captures of them that were held because of what is withdrawn are checked again, and the
    next good one loads by itself. The bytes of its newest capture are not loaded again unless they
    are released; they stay in the landing. Raises `NotLoaded`, and before anything is recorded
    `DamagedBody` or `NotLanded` where the landing lacks what the issue's other captures need.
    """
    _check_reason(why)
    with running_with(settings, "withdraw", clock=clock) as run:
        unknown = sorted(set(issue_ids) - run.issues.loaded.keys())
        if unknown:
            raise NotLoaded(
                f"{', '.join(unknown)}: not loaded, so there is nothing to withdraw; "
                '`paperhouse sql "FROM core.issues"` lists what is; what is held '
                "stays out by itself"
            )
        decisions = [row | {"why": why} for row in _loads(run, issue_ids)]
        run.issues.decide(decisions)
        dropped = {"state": "dropped", "settled_at": run.started_at, "why": f"withdrawn: {why}"}
        still_open = [row for row in open_rows(run.ledger) if row["issue_id"] in issue_ids]
        landed = landed_captures(run.landing, issue_ids)
        moments = {(issue_id, captured_at) for issue_id, captured_at, _ in landed}
        gone = {(row["issue_id"], row["captured_at"]) for row in decisions} - moments
        if gone:
            raise NotLanded(_lost({issue_id for issue_id, _ in gone}))
        size = settings.batch_issues
        result = load(run, landed.values(), batch_issues=size, is_reprocessing=True)
        result.settled = [row | dropped for row in still_open] + result.settled
        run.add(result)
        run.issues.record_decisions()
    return run.report()


def _lost(issue_ids: Collection[str]) -> str:
    names = ", ".join(sorted(issue_ids))
    return f"{names}: not in the landing any more; restore it from a backup"


def _loads(run: Run, issue_ids: Collection[str]) -> Iterator[dict[str, Any]]:
    """The decision to withdraw each loaded capture of some issues, without the reason."""
    columns = ["issue_id", "captured_at", "payload_sha256", "state"]
    rows = (
        run.lake.current()
        .dataset(CAPTURES)
        .to_table(columns=columns, filter=is_in("issue_id", issue_ids))
    )
    for row in rows.to_pylist():
        state = row.pop("state")
        yield row | {
            "held_because": f"not held, loaded as {state}",
            "released_at": run.started_at,
            "decision": WITHDRAWN,
        }


def replay_quarantined(
    settings: Settings, ids: Collection[str] = (), *, clock: Clock = utc_now
) -> RunReport:
    """Reprocess the issues of quarantined records, by today's rules and parsers.

    Without `ids` those of all open rows. Records that pass are loaded and their rows settled as
    `replayed`; a second time changes nothing. Raises `NoSuchRecord` for an id that is not open.
    """
    home = settings.warehouse()
    with open_ledger(home.ledger) as ledger:
        wanted = open_rows(ledger, ids)
    bodies = {row["payload_sha256"] for row in wanted}
    with running_with(settings, "quarantine replay", clock=clock) as run:
        captures = landed_captures(run.landing, {row["issue_id"] for row in wanted}).values()
        again = [c for c in captures if bodies & {record.sha256 for record in c.records}]
        run.add(load(run, again, batch_issues=settings.batch_issues, is_reprocessing=True))
    return run.report()


def drop(settings: Settings, quarantine_id: str, *, why: str, now: datetime) -> None:
    """Close an open row of the quarantine for good, with the reason."""
    _check_reason(why)
    home = settings.warehouse()
    if not home.ledger.exists():
        raise NoSuchRecord(f"there is no ledger at {home.ledger}, so nothing is in quarantine")
    with closing(Ledger(home.ledger)) as ledger:
        drop_row(ledger, quarantine_id, why=why, now=now)


def _check_reason(why: str) -> None:
    if not why.strip():
        raise UsageError("--why needs a reason, in your own words: it stays on record")
