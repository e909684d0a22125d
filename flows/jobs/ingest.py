"""One run that loads what is named: local files and folders, or issues to fetch now."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from flows.pipeline.captures import LandedCapture
from flows.pipeline.executors import staging
from flows.pipeline.intake import files_below, land_files
from flows.pipeline.load import load
from flows.pipeline.report import LOADED, RunReport
from flows.pipeline.run import Clock, Run, running_with, utc_now
from flows.settings import Settings
from tasks.errors import BadIssueId
from tasks.parse.model import IssueRef
from tasks.sources import named_source_of

log = logging.getLogger("paperhouse")

LONG_AGO = timedelta(days=31)
"""Files for older dates are hardly captured now: their votes would count as those of today."""
_LATER_THAN_NOW = (
    "warning: --captured-at %s is later than now, so no look before then counts as newer; where it "
    "is wrong, `paperhouse issues withdraw` takes the issues back"
)


def ingest(
    settings: Settings,
    targets: Iterable[str],
    *,
    given: IssueRef | None = None,
    captured_at: datetime | None = None,
    clock: Clock = utc_now,
    run_id: str | None = None,
    watch: Callable[[Sequence[Path]], Iterator[Path]] = iter,
    executor: Executor | None = None,
) -> RunReport:
    """Load files, folders and issues in one run; `executor` lands and stages the files, by default
    all cores where there are many bytes.

    `given` names the issue when a file does not; `captured_at` is the capture time of the files, by
    default now, with a warning for files whose own dates are long past, and for a time that is not
    yet. Raises usage errors before
    anything is written.
    """
    now = clock()
    issues, paths = _sort_out(targets, now)
    files = files_below(paths) if paths else []
    if given is not None:
        named_source_of(given)
        if len(files) != 1:
            raise BadIssueId(f"--as names one issue, but there are {len(files)} files")
    n_bytes = sum(path.stat().st_size for path in files)
    with (
        running_with(settings, "ingest", run_id=run_id, clock=clock) as run,
        staging(n_bytes, executor) as workers,
    ):
        seen = watch(files)
        local = land_files(run, seen, given=given, captured_at=captured_at, executor=workers)
        landed = chain(_fetched(run, settings, issues), local) if issues else local
        run.add(load(run, landed, batch_issues=settings.batch_issues, executor=workers))
    report = run.report()
    if files and captured_at and captured_at > now:
        log.warning(_LATER_THAN_NOW, captured_at)
    if files and captured_at is None and (warning := old_files(report, fetched=issues)):
        log.warning(warning)
    return report


def old_files(report: RunReport, fetched: Sequence[IssueRef]) -> str | None:
    """The warning, in one line, that files were loaded as captured now although their own dates are
    more than `LONG_AGO` before; None if there are none. A file that says itself when it was made,
    as a mail does, is captured then."""
    as_of_now = (
        IssueRef.parse(outcome.issue_id).begins_on
        for outcome in report.outcomes
        if outcome.outcome in LOADED
        and outcome.captured_at == report.started_at
        and outcome.issue_id not in map(str, fetched)
    )
    today = report.started_at.date()
    days = sorted(day for day in as_of_now if day and today - day > LONG_AGO)
    if not days:
        return None
    n_issues = "1 issue was" if len(days) == 1 else f"{len(days):,} issues were"
    dates = f"date, {days[0]}," if len(days) == 1 else f"dates, {days[0]} to {days[-1]},"
    return (
        f"warning: {n_issues} loaded from files as captured now, long after their own "
        f"{dates} so their votes count as today's; --captured-at TIME says when they were captured"
    )


def _sort_out(targets: Iterable[str], now: datetime) -> tuple[list[IssueRef], list[Path]]:
    """The targets as issues and as paths; a path if it exists."""
    issues: list[IssueRef] = []
    paths: list[Path] = []
    for target in targets:
        if Path(target).exists() or ":" not in target:
            paths.append(Path(target))
        else:
            issue = IssueRef.parse(target)
            source = named_source_of(issue)
            if source.request is None:
                raise BadIssueId(f"{issue}: {issue.source} is read from files, not fetched")
            source.stamped(issue, now)  # refuses a capture of another time
            issues.append(issue)
    return issues, paths


def _fetched(run: Run, settings: Settings, issues: Sequence[IssueRef]) -> Iterator[LandedCapture]:
    """Fetch and land issues. What asks servers is imported only now: files need nothing of it."""
    from flows.jobs.fetch_named import fetched  # noqa: PLC0415 - takes a tenth of a second

    return fetched(run, settings, issues)
