"""Prefect commands as processes that have ended when whoever started them goes on."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from schemas.errors import PaperhouseError

STOP_TIMEOUT_S = 60
POLL_S = 0.2

Process = subprocess.Popen[str]


class PrefectError(PaperhouseError):
    """A part of Prefect did not start, did not do as told, or ended by itself."""


class Stopped(Exception):
    """Somebody asked us to end. Raised only where we wait, so that no child is ever lost."""


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, instead of breaking in anywhere."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def pause(stopping: threading.Event) -> None:
    """Wait a moment. Raises `Stopped` when somebody asked us to end."""
    if stopping.wait(POLL_S):
        raise Stopped


@contextmanager
def child(
    arguments: Sequence[str], environment: Mapping[str, str], output: int | None = None
) -> Iterator[Process]:
    """A Prefect command as a process that has ended when the block is left.

    It gets a session of its own: Ctrl-C is ours to hand on, in order.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def run_to_end(
    arguments: Sequence[str], environment: Mapping[str, str], stopping: threading.Event
) -> None:
    """Run a Prefect command to its end; what it says is shown only when it fails."""
    with child(arguments, environment, output=subprocess.PIPE) as process:
        while True:
            try:
                said, _ = process.communicate(timeout=POLL_S)
                break
            except subprocess.TimeoutExpired:
                pause(stopping)
    if process.returncode != 0:
        words = " ".join(said.split())
        raise PrefectError(f"prefect {arguments[0]} failed: {words[-400:]}")


def _end(process: Process) -> None:
    """Terminate a process; kill it only if it does not end in time."""
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
