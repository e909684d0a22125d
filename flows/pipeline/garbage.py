"""When the collector of cyclic garbage runs during a load: between batches, and not while a run is
recorded and published.

A batch makes millions of objects without a cycle. While they are made the collector would look at
all of them again and again, and find nothing; after the batch it frees what parsing HTML left.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def collected_by_hand() -> Iterator[Callable[[], object]]:
    """Keep the collector from running by itself in a block; gives the function that runs it.

    It does not look at what was there before the block, nor twice at what stays.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    gc.freeze()

    def collect() -> None:
        gc.collect()
        gc.freeze()

    try:
        yield collect
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
