"""What a scheduled run does before it begins: it waits for the writer, and it may be superseded.

After an outage the scheduler's runs of every missed hour are still there, and the worker starts a
late night, a late refresh and a late sweep in the same second. Only one process writes a warehouse
at a time: the others wait, so nobody is told of a failure that a quarter of an hour cures. The
first that gets the writer does the work of all, because a run fetches whatever is due; those behind
it would only ask every source the same again, so they are superseded.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from flows.pipeline.run import log
from warehouse.storage.home import WriterBusy

AUTO_SCHEDULED = "auto-scheduled"
"""The tag Prefect's scheduler puts on its runs. One without it was started by somebody."""
PATIENCE_S = 3600.0
"""A night takes minutes, also a month of a backfill; what takes longer than this hangs."""
POLL_S = 5.0

Result = TypeVar("Result")


def wait_for_writer(
    work: Callable[[], Result],
    *,
    patience_s: float,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Result:
    """What `work` gives, once nobody else is writing.

    `work` is called again from its beginning as long as it raises `WriterBusy`, which it may do
    only before it has done anything. Raises that when `patience_s` is over; 0 waits for nobody.
    """
    until = monotonic() + patience_s
    is_told = False
    while True:
        try:
            return work()
        except WriterBusy as busy:
            if monotonic() >= until:
                raise
            if not is_told:
                log.warning("waiting for up to %.0f minutes: %s", patience_s / 60, busy)
                is_told = True
        sleep(POLL_S)


SUPERSEDES = {
    "nightly": {"nightly", "refresh"},
    "sweep": {"sweep", "nightly", "refresh"},
    "refresh": {"refresh"},
}
"""What a run of a kind does along with its own work: a night looks further back than a refresh."""
_DONE = frozenset({"ok", "unchanged", "partial"})


def superseding_run(
    command: str, scheduled_at: datetime, runs: Iterable[Mapping[str, Any]], *, now: datetime
) -> str | None:
    """The id of a run that did what a run of `command` was due to do at `scheduled_at`.

    `runs` are rows of ops.runs. A run covers what was due before it began, when it ended well, be
    it in part: what a source refused it will be asked for again by the next run, not by a late one.
    A run of a later moment than `now` was a rehearsal and covers nothing.
    """
    for run in runs:
        if (
            command in SUPERSEDES.get(run["command"], ())
            and scheduled_at <= run["started_at"] <= now
            and run["outcome"] in _DONE
        ):
            return str(run["run_id"])
    return None
