"""A backfill: the issues of a range of days, in batches; it can be stopped and continued any time.

Every batch is a run of its own, with its row in the ledger, its snapshot and its publication, and
the writer lock is free between two batches. So a backfill that is stopped loses nothing that is
loaded, and the same command continues where it stopped. Batches go from the oldest to the newest,
like the nights: a capture is then never older than what is loaded already, and nothing has to be
reprocessed (decision 8).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.jobs.backfill_plan import (
    Batch,
    Wanted,
    check_range,
    expected_issues,
    plan_batches,
    unconfirmed_issues,
)
from flows.pipeline.captures import LandedCapture
from flows.pipeline.extract import defer, fetch_issue, open_fetcher, recorder, with_newest_capture
from flows.pipeline.load import load
from flows.pipeline.publish import seen_by_readers
from flows.pipeline.report import EXIT_CODES, RunReport
from flows.pipeline.run import Clock, Run, running_with, utc_now
from flows.settings import Settings
from tasks.calendar import Due
from tasks.http.client import Fetcher
from tasks.sources import Source
from warehouse.lake.interface import open_store
from warehouse.storage.home import Home
from warehouse.storage.writer_lock import writing

COMMAND = "backfill"


@dataclass(frozen=True)
class Step:
    """The progress of a backfill: issues done of all, and the report of a batch that just ended."""

    batch: str
    n_done: int
    n_issues: int
    report: RunReport | None = None

    def __str__(self) -> str:
        done = f"{self.batch}: {self.n_done:,} of {self.n_issues:,} issues"
        return f"{done}; {self.report.headline()}" if self.report else done


@dataclass(frozen=True)
class BackfillReport:
    """The result of a backfill. `n_known` issues of the range needed no request."""

    source: str
    since: date
    until: date
    n_known: int
    n_batches: int
    reports: tuple[RunReport, ...]
    unconfirmed: tuple[str, ...] = ()
    """Issues of the range with suspiciously few records, which no later look has confirmed."""

    @property
    def outcome(self) -> str:
        """`ok`, `unchanged`, `partial` or `failed`, as for a run."""
        outcomes = {report.outcome for report in self.reports}
        if self.is_cut_short or len(outcomes - {"unchanged"}) > 1 or "partial" in outcomes:
            return "failed" if outcomes == {"failed"} else "partial"
        if self.unconfirmed and outcomes != {"failed"}:
            return "partial"
        return next(iter(outcomes - {"unchanged"}), "unchanged")

    @property
    def is_cut_short(self) -> bool:
        """Whether batches or issues remain, with which the same command continues."""
        return len(self.reports) < self.n_batches or any(r.deferred for r in self.reports)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 failed, 3 partial."""
        return EXIT_CODES[self.outcome]

    def lines(self) -> list[str]:
        """The report for people; each batch has its own report in the ledger."""
        handled = Counter(o.outcome for report in self.reports for o in report.outcomes)
        issues = ", ".join(f"{n:,} {word}" for word, n in sorted(handled.items())) or "none"
        done = f"{len(self.reports)} of {self.n_batches} batches"
        days = f"{self.source} {self.since} to {self.until}"
        known = f"{self.n_known:,} known already"
        lines = [f"{COMMAND} {self.outcome}: {days}: {done}; issues: {issues}, {known}"]
        for report in self.reports:
            if report.faults:
                lines += [f"  {line}" for line in report.lines()]
        if self.is_cut_short:
            lines.append("  the same command continues with the rest")
        if self.unconfirmed:
            lines.append(
                f"  {len(self.unconfirmed):,} unconfirmed, first {self.unconfirmed[0]}; "
                "the same command asks for them again"
            )
        return lines

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "outcome": self.outcome,
            "source": self.source,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "n_known": self.n_known,
            "n_batches": self.n_batches,
            "unconfirmed": list(self.unconfirmed),
            "batches": [report.as_json() for report in self.reports],
        }


def backfill(
    settings: Settings,
    wanted: Wanted,
    *,
    clock: Clock = utc_now,
    sleep: Callable[[float], None] = time.sleep,
    on_step: Callable[[Step], None] = lambda _: None,
    executor: Executor | None = None,
) -> BackfillReport:
    """Fetch and load what is wanted and missing.

    The budget of requests (`backfill_requests`) and the pauses between them are shared by the whole
    range; a backfill ends early when the budget is used up or the host does not answer. `on_step`
    gets the progress; `executor` runs the extractors. Raises `BadRange`, and `WriterBusy` when
    another process is writing.
    """
    source, until = check_range(wanted, clock())
    home = settings.warehouse()
    with writing(home, owner=f"{COMMAND} {wanted.source}", now=clock()):
        issues = expected_issues(settings, source, wanted.since, until)
        batches = plan_batches(settings, issues, wanted, clock())
    n_issues = sum(batch.n_issues for batch in batches)
    reports: list[RunReport] = []
    filling = _Backfill(n_issues, on_step, settings, source, home, clock, sleep, executor)
    with closing(filling):
        for batch in batches:
            reports.append(filling.run_batch(batch))
            if filling.is_over:
                break
    current = open_store(home).current().number
    if not batches and not seen_by_readers(home.publication).is_snapshot(current):
        with running_with(settings, COMMAND, clock=clock) as run:
            pass  # a run removes what one left that was killed while it published, and publishes
        reports.append(run.report())
    asked = {issue for batch in batches for issue in batch.all_issues}
    n_known = len(issues) - len(asked)
    return BackfillReport(
        wanted.source,
        wanted.since,
        until,
        n_known,
        len(batches),
        tuple(reports),
        tuple(unconfirmed_issues(settings, issues)),
    )


@dataclass
class _Backfill:
    """The progress, and one fetcher for all batches: they share the pauses and the budget."""

    n_issues: int
    on_step: Callable[[Step], None]
    settings: Settings
    source: Source
    home: Home
    clock: Clock
    sleep: Callable[[float], None]
    executor: Executor | None
    fetcher: Fetcher | None = None
    n_done: int = 0

    def run_batch(self, batch: Batch) -> RunReport:
        """Fetch and load a batch as a run of its own."""
        with running_with(self.settings, COMMAND, clock=self.clock) as run:
            landed = list(batch.waiting)
            self._count(batch, len(landed))
            for found in self._fetched(run, batch):
                self._count(batch, 1)
                landed += filter(None, [found])
            size = self.settings.batch_issues
            run.add(load(run, landed, batch_issues=size, executor=self.executor))
        report = run.report()
        self.on_step(Step(batch.name, self.n_done, self.n_issues, report))
        return report

    def _count(self, batch: Batch, n: int) -> None:
        self.n_done += n
        self.on_step(Step(batch.name, self.n_done, self.n_issues))

    def _fetched(self, run: Run, batch: Batch) -> Iterator[LandedCapture | None]:
        fetcher = self._fetcher_of(run)
        due = [Due(issue, "asked for") for issue in batch.issues]
        for planned in with_newest_capture(run, due):
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
        self.fetcher.begin_run(recorder(run, self.source))
        return self.fetcher

    @property
    def is_over(self) -> bool:
        """Whether no more requests are possible: the budget is used up, or the host is down."""
        return self.fetcher is not None and (self.fetcher.is_spent or self.fetcher.is_down)

    def close(self) -> None:
        if self.fetcher is not None:
            self.fetcher.session.close()
