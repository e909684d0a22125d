"""Rebuilds tables: all of them from the landing, or derived tables from the lake."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from datetime import datetime

from flows.pipeline.captures import LandedCapture, landed_captures
from flows.pipeline.derive import derive_all
from flows.pipeline.executors import staging
from flows.pipeline.load import load
from flows.pipeline.report import RunReport
from flows.pipeline.run import Clock, running_with, utc_now
from flows.settings import Settings
from schemas.errors import UsageError
from tasks.sources import sources
from warehouse.lake.maintenance import Watch


def replay(
    settings: Settings,
    *,
    source: str | None = None,
    since: datetime | None = None,
    clock: Clock = utc_now,
    watch: Callable[[Sequence[LandedCapture]], Iterable[LandedCapture]] = iter,
    executor: Executor | None = None,
) -> RunReport:
    """Rebuild the tables from the landing alone; `watch` sees each capture go by, and `executor`
    stages them, by default all cores where there are many bytes.

    By default everything is read again into empty tables. With `source` or `since` (capture time)
    only the issues of such captures are, and the papers in them. The report's changes are relative
    to the current snapshot, without run ids and load times.
    """
    if source is not None and source not in sources():
        raise UsageError(f"no source is called {source!r}; there are: {', '.join(sources())}")
    with running_with(settings, "replay", clock=clock) as run:
        landed = [
            landed
            for landed in landed_captures(run.landing).values()
            if (source is None or landed.issue.source == source)
            and (since is None or landed.captured_at >= since)
        ]
        is_whole = source is None and since is None
        base = run.lake.empty() if is_whole else None
        size, is_part = settings.batch_issues, not is_whole
        n_bytes = sum(record.n_bytes for capture in landed for record in capture.records)
        with staging(n_bytes, executor) as workers:
            run.add(
                load(
                    run,
                    watch(landed),
                    batch_issues=size,
                    base=base,
                    is_reprocessing=is_part,
                    executor=workers,
                )
            )
    return run.report()


def derive(settings: Settings, *, clock: Clock = utc_now, watch: Watch = iter) -> RunReport:
    """Derive again every paper that was not derived with today's extractors; `watch` sees each
    month go by."""
    with (
        running_with(settings, "derive", clock=clock) as run,
        run.begin() as transaction,
    ):
        derive_all(transaction, watch)
        run.commit(transaction)
    return run.report()
