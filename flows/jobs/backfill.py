"""Backfilling: the issues of a range of days, batch by batch, to be stopped and begun again freely.

Every batch is a run of its own, with its row in the ledger, its snapshot and its publication, and
the writer lock is free between two of them. So nothing that is done is lost, whenever a backfill is
stopped, and the same command goes on where it was: an issue that was answered within
`FRESH_DAYS` is not asked for again, and a body that was landed and not loaded is loaded without a
request. Batches go from the oldest to the newest, as the nights would have come: a capture is then
never older than what is loaded already, and nothing has to be told again (decision 8).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from flows.jobs.ingest import new_run_id
from flows.pipeline.executors import Executor
from flows.pipeline.extract import (
    defer,
    fetch_issue,
    loaded_issues,
    open_fetcher,
    recorder,
    with_newest_capture,
)
from flows.pipeline.intake import LandedCapture, landed_captures
from flows.pipeline.load import load
from flows.pipeline.report import RunReport
from flows.pipeline.run import Clock, Run, running, utc_now
from flows.settings import Settings
from schemas.core import CAPTURES
from schemas.errors import UsageError
from schemas.ops import OUTCOMES
from tasks.calendar import UNSETTLED, Due
from tasks.http.client import Fetcher
from tasks.parse.model import IssueRef
from tasks.sources import Source, sources
from warehouse.lake.interface import open_store
from warehouse.ledger import open_ledger
from warehouse.storage.home import Home, writing
from warehouse.storage.landing import Landing

COMMAND = "backfill"
FRESH_DAYS = 7
"""An issue that was answered so many days ago or less is not asked for again."""

Size = Literal["day", "week", "month", "year"]
_NAMES: dict[Size, Callable[[date], str]] = {
    "day": lambda day: f"{day:%Y-%m-%d}",
    "week": lambda day: f"{day:%G-W%V}",
    "month": lambda day: f"{day:%Y-%m}",
    "year": lambda day: f"{day:%Y}",
}


class BadRange(UsageError):
    """A range of days, or a source, that cannot be backfilled; the text says which can."""


@dataclass(frozen=True)
class Wanted:
    """What is to be filled: the issues of a source from `since` to `until`, both included.

    Without `until` the range ends with the newest issue that can be out. With `is_missing_only`
    only issues never loaded are asked for, else all that were not answered lately. `size` is what
    is fetched, loaded and published together.
    """

    source: str
    since: date
    until: date | None = None
    is_missing_only: bool = False
    size: Size = "month"


@dataclass(frozen=True)
class Batch:
    """A part of the range: what to ask for, and what is landed already and waits to be loaded."""

    name: str
    issues: tuple[IssueRef, ...]
    waiting: tuple[LandedCapture, ...] = ()

    @property
    def n_issues(self) -> int:
        """How many issues it has, counting captures that wait one by one."""
        return len(self.issues) + len(self.waiting)


@dataclass(frozen=True)
class Step:
    """How far a backfill is: issues done of all, and the report of a batch that has just ended."""

    batch: str
    n_done: int
    n_issues: int
    report: RunReport | None = None


@dataclass(frozen=True)
class BackfillReport:
    """What became of a backfill. `n_known` issues of the range needed no asking."""

    source: str
    since: date
    until: date
    n_known: int
    n_batches: int
    reports: tuple[RunReport, ...]

    @property
    def outcome(self) -> str:
        """`ok`, `unchanged`, `partial` or `failed`, as for a run."""
        outcomes = {report.outcome for report in self.reports}
        if self.is_cut_short or len(outcomes - {"unchanged"}) > 1 or "partial" in outcomes:
            return "failed" if outcomes == {"failed"} else "partial"
        return next(iter(outcomes - {"unchanged"}), "unchanged")

    @property
    def is_cut_short(self) -> bool:
        """Whether batches or issues are left, for the same command to go on with."""
        return len(self.reports) < self.n_batches or any(report.left for report in self.reports)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 failed, 3 partial."""
        return {"ok": 0, "unchanged": 0, "failed": 1, "partial": 3}[self.outcome]

    def lines(self) -> list[str]:
        """What happened, for people; each batch has its own report in the ledger."""
        told: Counter[str] = Counter()
        for report in self.reports:
            told.update(outcome.outcome for outcome in report.outcomes)
        issues = ", ".join(f"{n:,} {word}" for word, n in sorted(told.items())) or "none"
        done = f"{len(self.reports)} of {self.n_batches} batches"
        days = f"{self.source} {self.since} to {self.until}"
        known = f"{self.n_known:,} known already"
        lines = [f"{COMMAND} {self.outcome}: {days}: {done}; issues: {issues}, {known}"]
        for report in self.reports:
            if report.faults:
                lines += [f"  {line}" for line in report.lines()]
        if self.is_cut_short:
            lines.append("  the same command goes on with what is left")
        return lines

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "outcome": self.outcome,
            "source": self.source,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "n_known": self.n_known,
            "n_batches": self.n_batches,
            "batches": [report.as_json() for report in self.reports],
        }


def backfill(
    settings: Settings,
    wanted: Wanted,
    *,
    clock: Clock = utc_now,
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[Step], None] = lambda _: None,
    executor: Executor | None = None,
) -> BackfillReport:
    """Fetch and load what is wanted and not there.

    The budget of requests (`backfill_requests`) and the pauses between them are shared by the whole
    range; a backfill ends early when the budget is spent or the host does not answer. `executor`
    reads papers' own words; what it gives is put into the warehouse here, by the one writer.
    Raises `BadRange`, and `WriterBusy` when another process is writing.
    """
    source, until = _checked(wanted, clock())
    home = settings.warehouse()
    with writing(home, owner=f"{COMMAND} {wanted.source}", now=clock()):
        issues = _expected(settings, source, wanted.since, until)
        batches = _batches(home, issues, wanted, clock())
    counter = _Counter(sum(batch.n_issues for batch in batches), tell)
    reports: list[RunReport] = []
    with closing(_Asking(settings, source, home, clock, sleep, executor)) as asking:
        for batch in batches:
            reports.append(asking.run_batch(batch, counter))
            if asking.is_over:
                break
    n_known = len(issues) - counter.n_issues
    return BackfillReport(wanted.source, wanted.since, until, n_known, len(batches), tuple(reports))


@dataclass
class _Counter:
    """Counts issues and tells whoever wants to know."""

    n_issues: int
    tell: Callable[[Step], None]
    n_done: int = 0

    def add(self, batch: Batch, n: int = 1) -> None:
        self.n_done += n
        self.tell(Step(batch.name, self.n_done, self.n_issues))

    def ended(self, batch: Batch, report: RunReport) -> None:
        self.tell(Step(batch.name, self.n_done, self.n_issues, report))


@dataclass
class _Asking:
    """One fetcher for all batches, so that pauses and the budget are those of the whole range."""

    settings: Settings
    source: Source
    home: Home
    clock: Clock
    sleep: Callable[[float], None]
    executor: Executor | None
    fetcher: Fetcher | None = None

    def run_batch(self, batch: Batch, counter: _Counter) -> RunReport:
        """Fetch and load a batch as a run of its own."""
        run_id = new_run_id(self.clock())
        with running(self.home, COMMAND, run_id=run_id, clock=self.clock) as run:
            landed = list(batch.waiting)
            counter.add(batch, len(landed))
            for found in self._fetched(run, batch):
                counter.add(batch)
                landed += filter(None, [found])
            load(run, landed, batch_issues=self.settings.batch_issues, executor=self.executor)
        counter.ended(batch, run.report())
        return run.report()

    def _fetched(self, run: Run, batch: Batch) -> Iterator[LandedCapture | None]:
        fetcher = self._fetcher_of(run)
        due = [Due(issue, "asked for") for issue in batch.issues]
        for planned in with_newest_capture(run, due, loaded_issues(run.lake)):
            if fetcher.is_spent:
                defer(run, fetcher, planned)
                yield None
            else:
                yield fetch_issue(run, fetcher, planned)

    def _fetcher_of(self, run: Run) -> Fetcher:
        if self.fetcher is None:
            budget = self.settings.backfill_requests
            self.fetcher = open_fetcher(
                run, self.settings, self.source, max_requests=budget, sleep=self.sleep
            )
        self.fetcher.on_attempt = recorder(run, self.source)
        return self.fetcher

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be asked: the budget is spent, or the host is down."""
        return self.fetcher is not None and (self.fetcher.is_spent or self.fetcher.is_down)

    def close(self) -> None:
        if self.fetcher is not None:
            self.fetcher.session.close()


def _checked(wanted: Wanted, now: datetime) -> tuple[Source, date]:
    """The source and the last day of the range. Raises `BadRange`."""
    name, since, until = wanted.source, wanted.since, wanted.until
    known = sources()
    able = [n for n, s in known.items() if s.expected and s.newest_day and s.request]
    if name not in able:
        raise BadRange(f"{name} has no days to ask for; sources that have: {', '.join(able)}")
    source = known[name]
    assert source.newest_day is not None  # noqa: S101 - so says `able`
    newest = source.newest_day(now)
    last = min(until or newest, newest)
    if since > last:
        raise BadRange(f"--since {since} is after the last day there can be, {last}")
    if source.fetchable_days is not None:
        first = newest - timedelta(days=source.fetchable_days - 1)
        if since < first:
            raise BadRange(
                f"{name} gives nothing before {first} any more; load saved bodies of older days "
                "with `paperhouse ingest`, or name a later --since"
            )
    return source, last


def _expected(settings: Settings, source: Source, since: date, until: date) -> list[IssueRef]:
    """The issues of a range, oldest first."""
    assert source.expected is not None  # noqa: S101 - checked with the range
    return list(source.expected(since, until, settings.source(source.name).editions))


def _batches(home: Home, issues: list[IssueRef], wanted: Wanted, now: datetime) -> list[Batch]:
    """What is left to do of the issues of the range, in batches."""
    waiting = _waiting(home, issues)
    answered = _answered(home)
    fresh_from = now - timedelta(days=FRESH_DAYS)
    asked: list[IssueRef] = []
    for issue in issues:
        last = answered.get(str(issue))
        is_known = last is not None and (wanted.is_missing_only or last >= fresh_from)
        if str(issue) in waiting or not is_known:
            asked.append(issue)
    name = _NAMES[wanted.size]
    return [
        Batch(
            batch,
            tuple(issue for issue in its_issues if str(issue) not in waiting),
            tuple(landed for issue in its_issues for landed in waiting.get(str(issue), ())),
        )
        for batch, grouped in groupby(asked, lambda issue: name(issue.begins_on or date.max))
        for its_issues in [list(grouped)]
    ]


def _waiting(home: Home, issues: Sequence[IssueRef]) -> dict[str, list[LandedCapture]]:
    """Captures that were landed by a run that ended before it loaded them, by issue."""
    columns = ["issue_id", "captured_at"]
    rows = open_store(home).current().dataset(CAPTURES).to_table(columns=columns)
    settled = set(zip(*(rows[name].to_pylist() for name in columns), strict=True))
    with open_ledger(home.ledger) as ledger:
        settled |= {(row["issue_id"], row["captured_at"]) for row in ledger.rows(OUTCOMES)}
    captures = landed_captures(Landing(home.landing), {str(issue) for issue in issues})
    found: dict[str, list[LandedCapture]] = {}
    for (issue_id, captured_at), landed in captures.items():
        if (issue_id, captured_at) not in settled:
            found.setdefault(issue_id, []).append(landed)
    return found


def _answered(home: Home) -> dict[str, datetime]:
    """When each issue was last answered with something that another fetch need not mend."""
    answered = {
        issue_id: captured_at for issue_id, captured_at, _ in loaded_issues(open_store(home))
    }
    with open_ledger(home.ledger) as ledger:
        for row in ledger.rows(OUTCOMES):
            if row["outcome"] not in UNSETTLED and row["outcome"] != "left":
                issue_id, at = row["issue_id"], row["captured_at"]
                answered[issue_id] = max(at, answered.get(issue_id, at))
    return answered
