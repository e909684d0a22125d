"""Doing a load again when another writer of a shared lake committed first what it rests on."""

from collections.abc import Callable
from copy import deepcopy

from flows.pipeline.intake import LandedCapture
from flows.pipeline.run import Run, log
from warehouse.lake.transaction import CommitConflict

TRIES = 8
"""Each time another writer got through, so with a few writers all do."""
_TOLD = ("outcomes", "changes", "warnings", "sightings", "settled", "notes")
"""What a load adds to its run."""


def retried_on_conflict(
    run: Run, work: Callable[[list[LandedCapture]], None], landed: list[LandedCapture]
) -> None:
    """Do `work`, and do it again from the new current snapshot as often as the lake moves.

    The run is put back to what it was before each try; what is in the ledger has keys that do not
    change. Raises `CommitConflict` when it moved every time.
    """
    for left in reversed(range(TRIES)):
        before = {name: deepcopy(getattr(run, name)) for name in _TOLD}
        try:
            work(landed)
        except CommitConflict as moved:
            if not left:
                raise
            log.info("%s: again from there", moved)
            vars(run).update(before)
            run.landing.forget()
        else:
            return
