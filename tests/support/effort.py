"""How much processor time a piece of work takes, measured so that a busy machine does not tell."""

import gc
import time
from collections.abc import Callable

TRIES = 5
NOISE_S = 0.2  # what a small machine's own doings add to any reading


def seconds(work: Callable[[], object], enough: float = 0.0) -> float:
    """The least processor time of up to five goes at ``work``; a go within ``enough`` is the last.

    The collector is off meanwhile: it goes through all that the other tests have left behind.
    """
    least = float("inf")
    for _ in range(TRIES):
        gc.disable()
        try:
            begun = time.process_time()
            work()
            least = min(least, time.process_time() - begun)
        finally:
            gc.enable()
        if least <= enough:
            break
    return least


def grows_in_proportion(work: Callable[[int], object], size: int) -> bool:
    """Whether four times ``size`` takes clearly less than the sixteen times of a square."""
    bound = 12 * seconds(lambda: work(size), enough=NOISE_S / 12) + NOISE_S
    return seconds(lambda: work(4 * size), enough=bound) <= bound
