"""Going through the lake's past: replay, derive, rollback, upkeep, and files of older snapshots."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.jobs.ingest import new_run_id
from flows.pipeline.derive import derive_all
from flows.pipeline.intake import captures_landed
from flows.pipeline.load import load
from flows.pipeline.report import RunReport
from flows.pipeline.run import Clock, running, utc_now, write_publication
from flows.settings import Settings
from schemas.errors import PaperhouseError, UsageError
from tasks.sources import sources
from warehouse.lake.diff import diff, snapshot_at
from warehouse.lake.interface import open_store
from warehouse.lake.maintenance import bytes_below, compact
from warehouse.ledger import open_ledger
from warehouse.storage.home import Home


class LakeDamaged(PaperhouseError):
    """Files of the lake are not what was written."""


@dataclass(frozen=True)
class Upkeep:
    """What `maintain` did."""

    run_id: str
    n_compacted: int
    expired: tuple[int, ...]
    n_bytes_freed: int

    def lines(self) -> list[str]:
        """The report for people."""
        gone = ", ".join(map(str, self.expired)) or "none"
        return [
            f"compacted: {self.n_compacted:,} months of many small files",
            f"expired snapshots: {gone}",
            "verified: every file has the rows and the checksum on record",
            f"freed: {self.n_bytes_freed:,} bytes",
        ]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def replay(
    settings: Settings,
    *,
    source: str | None = None,
    since: datetime | None = None,
    clock: Clock = utc_now,
) -> RunReport:
    """Rebuild the tables from the landing alone.

    Without a limit everything is told anew, from nothing. With `source` or `since` (capture time)
    only the issues of such captures are, and the papers in them. The report's changes are against
    what was there before, run ids and load times aside.
    """
    if source is not None and source not in sources():
        raise UsageError(f"no source is called {source!r}; there are: {', '.join(sources())}")
    with running(settings.warehouse(), "replay", run_id=new_run_id(clock()), clock=clock) as run:
        taken = [
            taken
            for taken in captures_landed(run.landing).values()
            if (source is None or taken.issue.source == source)
            and (since is None or taken.captured_at >= since)
        ]
        is_whole = source is None and since is None
        base = run.lake.empty() if is_whole else None
        load(run, taken, batch_issues=settings.batch_issues, base=base, is_retelling=not is_whole)
    return run.report()


def rollback(settings: Settings, number: int, *, clock: Clock = utc_now) -> RunReport:
    """Publish an older snapshot again, as a new one with the same files. Nothing is deleted."""
    with running(settings.warehouse(), "rollback", run_id=new_run_id(clock()), clock=clock) as run:
        old = run.lake.snapshot(number)
        if old.number == run.lake.current().number:
            raise UsageError(f"snapshot {number} is the current one")
        with run.lake.begin(run_id=run.run_id, now=run.started_at, base=old) as draft:
            run.commit(draft, diff(run.lake.current(), draft))
    return run.report()


def derive(settings: Settings, *, clock: Clock = utc_now) -> RunReport:
    """Read again every paper that was not read with today's extractors, from what the lake has."""
    with (
        running(settings.warehouse(), "derive", run_id=new_run_id(clock()), clock=clock) as run,
        run.lake.begin(run_id=run.run_id, now=run.started_at) as draft,
    ):
        derive_all(draft)
        run.commit(draft)
    return run.report()


def maintain(settings: Settings, *, clock: Clock = utc_now) -> Upkeep:
    """Compact, expire, verify, sweep. Raises `LakeDamaged` naming every file that is not right."""
    home = settings.warehouse()
    before = bytes_below(home.root)
    with running(home, "maintain", run_id=new_run_id(clock()), clock=clock) as run:
        keep = {"keep_count": settings.keep_snapshots, "keep_days": settings.keep_days}
        expired = run.lake.expire(**keep, now=run.started_at)
        damages = list(run.lake.verify())
        if damages:
            listed = "; ".join(map(str, damages))
            raise LakeDamaged(f"{listed}; `paperhouse replay` rebuilds the tables")
        with run.lake.begin(run_id=run.run_id, now=run.started_at) as draft:
            n_compacted = compact(draft, max_files=settings.max_files)
            run.commit(draft)
    return Upkeep(run.run_id, n_compacted, tuple(expired), before - bytes_below(home.root))


@contextmanager
def published_as_of(home: Home, at: str, *, clock: Clock = utc_now) -> Iterator[Path]:
    """The DuckDB file of an older snapshot, for a block; it is built for it and removed after."""
    lake = open_store(home)
    snapshot = snapshot_at(lake, at)
    with TemporaryDirectory(prefix="paperhouse-") as folder, open_ledger(home.ledger) as ledger:
        path = Path(folder) / "warehouse.duckdb"
        write_publication(path, snapshot, ledger, clock())
        yield path
