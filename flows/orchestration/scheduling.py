"""Waiting for one's turn: a scheduled run that finds another process writing tries again.

After an outage the worker starts a late night, a late refresh and a late sweep in the same second,
and a backfill by hand may be under way at any hour. Only one process writes a warehouse at a time;
the others wait here, and nobody is told of a failure that a quarter of an hour cures.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from flows.pipeline.run import log
from warehouse.storage.home import WriterBusy

AUTO_SCHEDULED = "auto-scheduled"
"""The tag Prefect's scheduler puts on its runs. One without it was started by somebody."""
PATIENCE_S = 3600.0
"""A night takes minutes, also a month of a backfill; what takes longer than this hangs."""
POLL_S = 5.0

Result = TypeVar("Result")


def in_turn(
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
