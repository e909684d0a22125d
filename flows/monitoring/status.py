"""The state of a warehouse as one value: what is published, what is late, how runs ended.

It is computed for the given moment from the lake, the ledger and the calendars, so a warehouse in
which nothing runs any more is reported as late.
"""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from flows.monitoring.coverage_calendar import (
    Completeness,
    calendar_lines,
    completeness,
    shown_days,
)
from flows.monitoring.digest_state import DigestState
from flows.monitoring.freshness_checks import (
    Silence,
    missed_objectives,
    not_shown,
    nothing_ran,
    silences,
)
from flows.pipeline.issue_state import IssueStates
from flows.pipeline.publish import seen_by_readers
from flows.pipeline.report import LOADED, first_lines
from flows.settings import Settings
from schemas.ops import OUTCOMES, QUARANTINE, RUNS, UNCONFIRMED
from schemas.words import counted
from tasks.coverage import Day, coverage
from tasks.freshness import Freshness, freshness
from tasks.sources import Source, sources
from warehouse.lake.interface import open_store
from warehouse.ledger import Ledger, open_ledger
from warehouse.storage.home import Home
from warehouse.storage.writer_lock import is_writing

STALE = 4
"""Exit code of `status --strict` when an objective is missed."""
_RUNS_SHOWN = 5
_DAYS_SHOWN = 5


@dataclass(frozen=True)
class Status:
    """The output of `paperhouse status`. `runs` are newest first; `missed` are lines for people:
    lists that are late, or a publication that does not show the lake."""

    home: str
    as_of: datetime
    lake_snapshot: int
    published_snapshot: int | None
    freshness: tuple[Freshness, ...]
    coverage: tuple[Day, ...]
    runs: tuple[dict[str, Any], ...]
    n_quarantined: int
    missed: tuple[str, ...]
    silences: tuple[Silence, ...] = ()
    """Lists that miss their objective because their issues are empty."""
    completeness: tuple[Completeness, ...] = ()
    unconfirmed: tuple[Day, ...] = ()
    """Every unconfirmed day, oldest first, also those before the calendar."""
    digest: DigestState | None = None
    """The digest by mail; None where nobody ever subscribed."""

    @property
    def all_missed(self) -> tuple[str, ...]:
        """A line for every objective that is missed."""
        late = self.digest.missed if self.digest else ()
        return (*self.missed, *(silence.line for silence in self.silences), *late)

    @property
    def strict_exit_code(self) -> int:
        """0 when every objective is met, else 4."""
        return STALE if self.all_missed else 0

    def as_json(self) -> dict[str, Any]:
        """The state for machines. The key `broken` keeps its old name, because monitors read it."""
        state = {**asdict(self), "freshness": [found.row() for found in self.freshness]}
        state["missed"] = self.all_missed
        return {"broken" if key == "missed" else key: value for key, value in state.items()}

    def lines(self) -> list[str]:
        """The state for people."""
        number = self.published_snapshot
        shown = "nothing yet" if number is None else f"snapshot {number}"
        return [
            f"home: {self.home}",
            f"published: {shown}",
            *(f"missed objective: {line}" for line in self.all_missed),
            *(line for found in self.freshness for line in self._list_lines(found)),
            *self._unconfirmed_lines(),
            *calendar_lines(self.coverage, _today(self.as_of)),
            f"quarantine: {self.n_quarantined:,} open",
            *map(_run_line, self.runs),
            *(self.digest.lines() if self.digest else ()),
        ]

    def _list_lines(self, fresh: Freshness) -> list[str]:
        """How fresh a list is, and how complete: a fresh list may have gaps that are not owed."""
        mine = (fresh.source, fresh.edition)
        counts = [c.line() for c in self.completeness if (c.source, c.edition) == mine]
        return [_freshness_line(fresh), *counts]

    def _unconfirmed_lines(self) -> list[str]:
        """The unconfirmed days, and the command that asks for them all again."""
        newest_first = self.unconfirmed[::-1]
        lines = [f"unconfirmed: {day.issue_id}: {day.reason}" for day in newest_first]
        shown = first_lines(lines, _DAYS_SHOWN, "and {:,} more unconfirmed in ops.coverage")
        first = {day.source: day.issued_on for day in newest_first}
        return shown + [
            f"`paperhouse backfill {source} --since {day} --missing` asks for them again"
            for source, day in first.items()
        ]


def read_status(settings: Settings, *, now: datetime) -> Status:
    """Read the state of a home without changing it; sources turned off have no objective."""
    home = settings.warehouse()
    snapshot = open_store(home).current()
    with open_ledger(home.ledger) as ledger:
        runs = _runs(ledger, home)
        n_quarantined = len(ledger.rows(QUARANTINE, "state = 'open'"))
        wanted = {name: settings.source(name).editions for name in sources()}
        evidence = replace(
            IssueStates(snapshot, ledger, settings.expectations()).evidence, editions=wanted
        )
    first, last = shown_days(_today(now))
    watched = [_watched(source, settings) for source in sources().values()]
    fresh = [found for s in watched for found in freshness(s, evidence, now=now)]
    days = [day for s in watched for day in coverage(s, evidence, now=now, last=last)]
    published, missed = _published(home, snapshot.number)
    missed += missed_objectives(fresh, settings) if runs else [nothing_ran(str(home.root))]
    return Status(
        str(home.root),
        now,
        snapshot.number,
        published,
        tuple(fresh),
        tuple(day for day in days if first <= day.issued_on),
        tuple(runs[:_RUNS_SHOWN]),
        n_quarantined,
        tuple(missed),
        tuple(silences(fresh)) if runs else (),
        tuple(completeness(days)),
        tuple(day for day in days if day.state == UNCONFIRMED),
    )


def _watched(source: Source, settings: Settings) -> Source:
    """The source; without its calendar if it is turned off, so that nothing is expected of it."""
    return source if settings.source(source.name).enabled else replace(source, expected=None)


def _published(home: Home, lake_snapshot: int) -> tuple[int | None, list[str]]:
    """The snapshot that readers see, and what is wrong with it."""
    seen = seen_by_readers(home.publication)
    if seen.is_snapshot(lake_snapshot):
        return seen.number, []
    return seen.number, [seen.fault or not_shown(seen.number, lake_snapshot)]


def _freshness_line(found: Freshness) -> str:
    line = f"{found.source} {found.edition}: "
    if found.last_loaded_at:
        newest = found.last_issue_on or "without a date"
        line += (
            f"{counted(found.n_issues, 'issue')}, newest {newest}, "
            f"last captured {found.last_loaded_at:%Y-%m-%d %H:%M} UTC; "
        )
    line += found.state
    if found.next_due_at:
        line += f"; next out {found.next_due_at:%Y-%m-%d %H:%M} UTC"
    return line


def _run_line(run: dict[str, Any]) -> str:
    """A run in one line: when it began, how long it took, what it loaded, what went wrong."""
    line = f"run {run['run_id']} {run['command']}: {run['outcome']}"
    if run["outcome"] == "crashed":
        return f"{line}: began {run['started_at']:%Y-%m-%d %H:%M} UTC, and its process is gone"
    if run["ended_at"]:
        seconds = (run["ended_at"] - run["started_at"]).total_seconds()
        line += f": {seconds:,.0f} s, {counted(run['n_issues'], 'issue')}"
        line += f", {counted(run['n_accepted'], 'record')}"
    return line + (f": {run['error']}" if run["error"] else "")


def _runs(ledger: Ledger, home: Home) -> list[dict[str, Any]]:
    """The runs, newest first, the last ones with what they loaded. One that is open although
    nobody holds the writer lock has crashed."""
    runs = sorted(ledger.rows(RUNS), key=lambda row: row["started_at"], reverse=True)
    for run in runs[:_RUNS_SHOWN]:
        if run["outcome"] == "running" and not is_writing(home):
            run["outcome"] = "crashed"
        of_run = ledger.rows(OUTCOMES, "run_id = ?", [run["run_id"]])
        loaded = [row for row in of_run if row["outcome"] in LOADED]
        run["n_issues"] = len({row["issue_id"] for row in loaded})
        run["n_accepted"] = sum(row["n_accepted"] or 0 for row in loaded)
    return runs


def _today(now: datetime) -> date:
    return now.astimezone(UTC).date()
