"""Where work that needs nothing but its input is done: here, in processes, or on a Dask cluster.

A runner is given a function and a part, and gives what is called for the result. What comes back is
put into the warehouse by whoever asked, so there is one writer whatever runs.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from typing import Any, Protocol

from schemas.errors import PaperhouseError, UsageError

Result = Callable[[], Any]
"""Called for what some work gives; waits until it is there."""


class NoDask(UsageError):
    """Dask is asked for and not installed."""


class WorkersLost(PaperhouseError):
    """Processes ended before the work they were given was done."""


class Executor(Protocol):
    """Has a function of a module applied to parts."""

    def submit(self, work: Callable[[Any], Any], part: Any) -> Result:
        """Have `work` of a part done."""


class InProcess:
    """Does everything in this process, when the result is called for."""

    def submit(self, work: Callable[[Any], Any], part: Any) -> Result:
        """Have `work` of a part done."""
        return partial(work, part)


IN_PROCESS = InProcess()


class Pool:
    """Hands parts to an executor."""

    def __init__(self, submit: Callable[..., Any]) -> None:
        self._submit = submit

    def submit(self, work: Callable[[Any], Any], part: Any) -> Result:
        """Have `work` of a part done."""
        result: Result = self._submit(work, part).result
        return result


@contextmanager
def processes(n_workers: int) -> Iterator[Executor]:
    """A runner of so many processes, which end with the block, or with this process.

    Raises `WorkersLost` when one of them ends before: the system ended it, or it could not begin,
    because a new process imports the script that was started, and that calls paperhouse at once.
    """
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(n_workers, context, initializer=_end_with_parent) as pool:
            try:
                yield Pool(pool.submit)
            finally:
                pool.shutdown(cancel_futures=True)
    except BrokenProcessPool as error:
        raise WorkersLost(
            "a process ended before its work was done; a script of your own must call paperhouse "
            "below `if __name__ == '__main__':`, else look whether memory ran out"
        ) from error


@contextmanager
def dask(address: str | None) -> Iterator[Executor]:
    """A runner on the Dask cluster at an address; without one, on a cluster of this machine.

    Raises `NoDask`, naming the fix, where Dask is not installed.
    """
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise NoDask("Dask is not installed: pip install 'paperhouse[dask]'") from error
    if address:
        with Client(address) as client:  # type: ignore[no-untyped-call]
            yield Pool(_submit_to(client))
        return
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=os.cpu_count() or 1,
        threads_per_worker=1,
        dashboard_address=None,
        host="127.0.0.1",
    )
    with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        yield Pool(_submit_to(client))


def _submit_to(client: Any) -> Callable[..., Any]:
    """Submit as work of its own: Dask takes parts of one table that begin elsewhere for the same,
    and would give all of them the result of the first."""
    return partial(client.submit, pure=False)


def _end_with_parent() -> None:
    """End this worker when the process that started it ends, however it ends."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
