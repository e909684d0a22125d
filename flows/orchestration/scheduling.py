"""Scheduled runs wait for the writer and are coalesced: late ones may be superseded.

After an outage the scheduler's runs of every missed hour still exist, and the worker starts a late
night, a late refresh and a late sweep in the same second. Only one process may write a warehouse at
a time. The others wait, which prevents alerts about failures that end by themselves within minutes.
The first to become the writer does the work of all, because a run fetches whatever is due; the
others would send every source the same requests again, so they are superseded.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from flows.pipeline.run import log
from warehouse.storage.writer_lock import WriterBusy

AUTO_SCHEDULED = "auto-scheduled"
"""The tag that Prefect's scheduler puts on its runs. A run without it was started by a person."""
PATIENCE_S = 3600.0
"""A night takes minutes, as does a month of a backfill; what takes longer than this hangs."""
POLL_S = 5.0

Result = TypeVar("Result")


def wait_for_writer(
    work: Callable[[], Result],
    *,
    patience_s: float,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Result:
    """The result of `work`, once no other process is writing.

    `work` is called again as long as it raises `WriterBusy`, which it may do only before it has
    done anything. After `patience_s` seconds `WriterBusy` is raised; 0 does not wait.
    """
    until = monotonic() + patience_s
    is_logged = False
    while True:
        try:
            return work()
        except WriterBusy as busy:
            if monotonic() >= until:
                raise
            if not is_logged:
                log.warning("waiting for up to %.0f minutes: %s", patience_s / 60, busy)
                is_logged = True
        sleep(POLL_S)


SUPERSEDES = {
    "nightly": {"nightly", "refresh"},
    "sweep": {"sweep", "nightly", "refresh"},
    "refresh": {"refresh"},
}
"""The commands whose work a run includes: a night looks further back than a refresh."""
_DONE = frozenset({"ok", "unchanged", "partial"})


def superseding_run(
    command: str, scheduled_at: datetime, runs: Iterable[Mapping[str, Any]], *, now: datetime
) -> str | None:
    """The id of a run that supersedes a run of `command` scheduled at `scheduled_at`, if any.

    `runs` are rows of ops.runs. A run supersedes what was due before it began if it ended well,
    even partially: what failed is fetched by the next run, not by a late one. A run that began
    after `now` was a rehearsal and supersedes nothing.
    """
    for run in runs:
        if (
            command in SUPERSEDES.get(run["command"], ())
            and scheduled_at <= run["started_at"] <= now
            and run["outcome"] in _DONE
        ):
            return str(run["run_id"])
    return None
