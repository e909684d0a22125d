"""The tables rebuilt from what is kept: from the landing, or derived tables from the lake."""

from datetime import datetime

from flows.pipeline.captures import landed_captures
from flows.pipeline.derive import derive_all
from flows.pipeline.load import load
from flows.pipeline.report import RunReport
from flows.pipeline.run import Clock, new_run_id, running, utc_now
from flows.settings import Settings
from schemas.errors import UsageError
from tasks.sources import sources


def replay(
    settings: Settings,
    *,
    source: str | None = None,
    since: datetime | None = None,
    clock: Clock = utc_now,
) -> RunReport:
    """Rebuild the tables from the landing alone.

    Without a limit everything is read again, from nothing. With `source` or `since` (capture time)
    only the issues of such captures are, and the papers in them. The report's changes are against
    what was there before, run ids and load times aside.
    """
    if source is not None and source not in sources():
        raise UsageError(f"no source is called {source!r}; there are: {', '.join(sources())}")
    with running(settings.warehouse(), "replay", run_id=new_run_id(clock()), clock=clock) as run:
        landed = [
            landed
            for landed in landed_captures(run.landing).values()
            if (source is None or landed.issue.source == source)
            and (since is None or landed.captured_at >= since)
        ]
        is_whole = source is None and since is None
        base = run.lake.empty() if is_whole else None
        size, is_part = settings.batch_issues, not is_whole
        run.add(load(run, landed, batch_issues=size, base=base, is_reprocessing=is_part))
    return run.report()


def derive(settings: Settings, *, clock: Clock = utc_now) -> RunReport:
    """Read again every paper that was not read with today's extractors, from what the lake has."""
    with (
        running(settings.warehouse(), "derive", run_id=new_run_id(clock()), clock=clock) as run,
        run.lake.begin(run_id=run.run_id, now=run.started_at) as transaction,
    ):
        derive_all(transaction)
        run.commit(transaction)
    return run.report()
