"""Other processes: for promises that hold between them, and to end each with all it started."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.support.folders import ROOT

Result = TypeVar("Result")
BIN = Path(sys.executable).parent
PATIENCE_S = 240
"""How long `wait_until` waits: the machine may be busy."""


def run_python(code: str, *arguments: str | Path, environment: dict[str, str] | None = None) -> str:
    """What the code prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def started(code: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """The code running aside, from its first printed line on; killed at the end if need be."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "it ended before it began"
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def process(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has ended, with all it started, when the block is left."""
    with log.open("ab") as output:
        started = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield started
    finally:
        offspring = descendants(started.pid)
        started.terminate()
        try:
            started.wait(60)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        left = alive(offspring)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        sys.stdout.write(f"--- {log.name}\n{log.read_text(encoding='utf-8', errors='replace')}")
    assert not left, f"{log.stem} left processes behind: {left}"


def descendants(pid: int) -> set[int]:
    """Every process below one, by id."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="],
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    found, front = set[int](), {pid}
    while front:
        front = {child for child, parent in pairs if parent in front}
        found |= front
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that are still there after a moment of grace."""
    for _ in range(50):
        pids = {pid for pid in pids if Path(f"/proc/{pid}").exists()}
        if not pids:
            break
        time.sleep(0.1)
    return pids


def wait_until(
    condition: Callable[[], bool], what: str, running: subprocess.Popen[bytes] | None = None
) -> None:
    """Poll patiently, the machine may be busy, but not longer than the process is alive."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert running is None or running.poll() is None, f"it ended, so there is no {what}"
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_S} s for {what}")
        time.sleep(0.3)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def in_new_process(work: Callable[..., Result], *arguments: Any, **options: Any) -> Result:
    """Call a function of a module in a process that has done nothing yet.

    For what forks: a child has the locks that other threads held, but not the threads, and the
    tests before this one may have started any, so that the child waits for ever.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments, **options).result()
