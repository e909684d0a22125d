"""Executors, which apply a function to its input: in this process, in several, or on Dask.

The functions need nothing but their input. Whoever submits work writes the results into the
warehouse, so there is one writer, whichever executor is used.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import wait
from typing import Any

from schemas.errors import PaperhouseError, UsageError
from tasks.quality.deferred_imports import begin_arrow_without_pandas


class NoDask(UsageError):
    """Dask is requested and not installed."""


class WorkersLost(PaperhouseError):
    """Processes ended before their work was done."""


class InProcess(Executor):
    """Runs everything in this process, at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future that is done already. Raises what `fn` raises."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


IN_PROCESS = InProcess()

POOL_FROM_BYTES = 8 * 2**20
"""From so many bytes of bodies on, processes on all cores stage them; starting these takes a
second."""


class Processes(ProcessPoolExecutor):
    """Processes of this machine."""

    def __init__(self, n_workers: int) -> None:
        self.n_workers = n_workers
        context = multiprocessing.get_context("spawn")
        super().__init__(n_workers, context, initializer=_begin)


def n_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers_of(executor: Executor) -> int:
    """How many workers an executor has."""
    return int(getattr(executor, "n_workers", 1))


def sees_files(executor: Executor) -> bool:
    """Whether the workers see the files of this machine; others get bodies as bytes."""
    return bool(getattr(executor, "sees_files", True))


@contextmanager
def staging(n_bytes: int, given: Executor | None = None) -> Iterator[Executor | None]:
    """The executor that stages so many bytes of bodies: the given one, or processes on all cores;
    None for few bytes or a single core, which this process stages."""
    if given is not None or n_bytes < POOL_FROM_BYTES or n_cores() == 1:
        yield given
        return
    with processes(n_cores()) as pool:
        yield pool


@contextmanager
def processes(n_workers: int) -> Iterator[Executor]:
    """An executor of `n_workers` processes, which end with the block, or with this process.

    Raises `WorkersLost` when one of them ends before: the system ended it, or it could not start,
    because a new process imports the script that was started, and that calls paperhouse at once.
    """
    try:
        with Processes(n_workers) as pool:
            try:
                yield pool
            finally:
                pool.shutdown(cancel_futures=True)
    except BrokenProcessPool as error:
        raise WorkersLost(
            "a process ended before its work was done; a script of your own must call paperhouse "
            "below `if __name__ == '__main__':`, else look whether memory ran out"
        ) from error


class Dask(Executor):
    """The workers of a Dask cluster.

    No task is pure: Dask takes slices of one table for equal, whatever their offset, and would give
    all of them the result of the first.
    """

    def __init__(self, client: Any, *, sees_files: bool) -> None:
        self.sees_files = sees_files
        self.n_workers = max(1, len(client.nthreads()))
        self._executor = client.get_executor(pure=False)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = self._executor.submit(fn, *args, **kwargs)
        return done


@contextmanager
def dask(address: str | None) -> Iterator[Executor]:
    """An executor on the Dask cluster at `address`; without one, on a cluster of this machine.

    Raises `NoDask`, naming the fix, where Dask is not installed.
    """
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise NoDask("Dask is not installed: pip install 'paperhouse[dask]'") from error
    with ExitStack() as opened:
        cluster = address or opened.enter_context(
            LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=n_cores(),
                threads_per_worker=1,
                dashboard_address=None,
                host="127.0.0.1",
            )
        )
        client = opened.enter_context(Client(cluster))  # type: ignore[no-untyped-call]
        yield Dask(client, sees_files=address is None)


def _begin() -> None:
    """What a new process does first. Ctrl-C reaches it too, and is for the process that started it,
    which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin_arrow_without_pandas()
    _end_with_parent()


def _end_with_parent() -> None:
    """End this worker when the process that started it ends, however it ends."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
