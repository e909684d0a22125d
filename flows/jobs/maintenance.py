"""Maintenance of lake and landing: compact, expire, verify."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flows.pipeline.run import Clock, Run, running_with, utc_now
from flows.settings import Settings
from schemas.errors import PaperhouseError
from warehouse.lake.maintenance import Damage, Watch, bytes_below, compact, miscounted
from warehouse.lake.row_counts import Miscount, lost_rows


class LakeDamaged(PaperhouseError):
    """Files of the lake are not what was written, or readers find other rows."""


class LandingDamaged(PaperhouseError):
    """Bodies of the landing are not what was stored."""


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
            "verified: every file has its rows and checksum on record, and readers find them all",
            "verified: every body in the landing is what was captured",
            f"freed: {self.n_bytes_freed:,} bytes",
        ]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _miscounts(run: Run) -> Iterator[Damage | Miscount]:
    """What is wrong with the rows that readers find, and rows that a load lost. Other writers of a
    shared lake may have rebuilt it, unknown to this home's ledger."""
    yield from miscounted(run.lake.current())
    if not run.lake.is_shared:
        yield from lost_rows(run.lake.history(), run.ledger.newest_snapshot_of("replay"))


def maintain(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    watching: Callable[[str], Watch] = lambda _: iter,
) -> Upkeep:
    """Expire, verify, compact, sweep; `watching` a step gives what sees its files or months go by.

    Raises `LakeDamaged`, which names every damaged file, and `LandingDamaged`, when all the rest is
    done.
    """
    home = settings.warehouse()
    before = bytes_below(home.root)
    with running_with(settings, "maintain", clock=clock) as run:
        keep = {"keep_count": settings.keep_snapshots, "keep_days": settings.keep_days}
        expired = run.lake.expire(**keep, now=run.started_at)
        damages: list[Damage | Miscount] = list(run.lake.verify(watching("verifying")))
        if faults := damages or list(_miscounts(run)):
            listed = "; ".join(map(str, faults))
            raise LakeDamaged(f"{listed}; `paperhouse replay` rebuilds the tables")
        with run.begin() as transaction:
            watch = watching("compacting")
            n_compacted = compact(transaction, max_files=settings.max_files, watch=watch)
            run.commit(transaction)
        if lost := list(map(str, run.landing.verify())):
            raise LandingDamaged(
                f"{'; '.join(lost)}; readers miss nothing, but `paperhouse replay` would stop "
                "there: put them back from a backup of landing/"
            )
    return Upkeep(run.run_id, n_compacted, tuple(expired), before - bytes_below(home.root))
