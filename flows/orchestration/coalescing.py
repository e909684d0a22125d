"""Whether a run that starts late has anything left to do.

After an outage the scheduler's runs of every missed hour are still there. The first that gets the
writer catches up on all of them, because a run fetches whatever is due; those behind it would only
ask every source the same again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

COVERS = {
    "nightly": {"nightly", "refresh"},
    "sweep": {"sweep", "nightly", "refresh"},
    "refresh": {"refresh"},
}
"""What a run of a kind does along with its own work: a night looks further back than a refresh."""
_DONE = frozenset({"ok", "unchanged", "partial"})


def covering_run(
    command: str, scheduled_at: datetime, runs: Iterable[Mapping[str, Any]], *, now: datetime
) -> str | None:
    """The id of a run that did what a run of `command` was due to do at `scheduled_at`.

    `runs` are rows of ops.runs. A run covers what was due before it began, when it ended well, be
    it in part: what a source refused it will be asked for again by the next run, not by a late one.
    A run of a later moment than `now` was a rehearsal and covers nothing.
    """
    for run in runs:
        if (
            command in COVERS.get(run["command"], ())
            and scheduled_at <= run["started_at"] <= now
            and run["outcome"] in _DONE
        ):
            return str(run["run_id"])
    return None
