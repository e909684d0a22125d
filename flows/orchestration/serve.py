"""Prefect on one machine: a server, the work pool, the deployments and a worker.

Server and worker are processes of their own. Whatever happens here, both have ended, the worker
first, when `serve` is over; they are told by process id, and never by name.
"""

import fcntl
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from flows.orchestration.deploy import POOL, check_deployable, deploy
from flows.orchestration.environment import prepare
from flows.orchestration.processes import (
    POLL_S,
    PrefectError,
    Process,
    Stopped,
    child,
    pause,
    stop_signals,
)
from schemas.errors import PaperhouseError

HOST = "127.0.0.1"
START_TIMEOUT_S = 180
"""A server's first start creates its database, on a busy machine not within a minute."""


class PortTaken(PaperhouseError):
    """Something else listens where the server should."""


class AlreadyServed(PaperhouseError):
    """Another process serves the home: two would run each night twice."""


def serve(home: Path, port: int, say: Callable[[str], None]) -> None:
    """Run the nightly deployment of the warehouse at `home` until SIGINT or SIGTERM.

    `say` gets a line when all is up. Raises `AlreadyServed`, `PortTaken`, `NoDeployment` or
    `PrefectError`.
    """
    check_deployable()
    _check_free(port)
    prepare(home)
    url = f"http://{HOST}:{port}"
    environment = {
        **os.environ,
        "PAPERHOUSE_HOME": str(home.absolute()),
        "PREFECT_API_URL": f"{url}/api",
    }
    with _only_one(home / "prefect" / "serve.lock"), stop_signals() as stopping:
        try:
            _serve(url, port, environment, stopping, say)
        except Stopped:
            say("stopped")


def _serve(
    url: str,
    port: int,
    environment: Mapping[str, str],
    stopping: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Bring up one part after the other and watch until one ends or somebody stops us."""
    say(f"starting a Prefect server on {url}")
    arguments = ["server", "start", "--host", HOST, "--port", str(port)]
    with child(arguments, environment) as server:
        _wait_for(f"{url}/api/health", server, stopping)
        deploy(f"{url}/api", environment, stopping, lambda _: None)
        arguments = ["worker", "start", "--pool", POOL, "--type", "process", "--name", "paperhouse"]
        with _no_dead_runs(url), child(arguments, environment) as worker:
            say(f"nightly is deployed and a worker waits for its hour; {url} shows it; Ctrl-C ends")
            _watch({"server": server, "worker": worker}, stopping)


@contextmanager
def _no_dead_runs(url: str) -> Iterator[None]:
    """Set runs that claim to be under way to `Crashed` before the worker starts and after it ended.

    The worker ends a run's process with its own, but leaves the run `Running` for ever, and the
    next night would be cancelled because that one holds the deployment's slot.
    """
    from flows.orchestration.client import crash_runs  # noqa: PLC0415 - imports prefect, as above

    reason = "its worker ended before it did"
    crash_runs(f"{url}/api", POOL, reason)
    try:
        yield
    finally:
        with suppress(PrefectError):  # the server may be what has ended
            crash_runs(f"{url}/api", POOL, reason)


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Hold the lock of a home's server; the kernel releases it whenever its process ends."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyServed(
                f"another `paperhouse serve` runs for {lock.parent.parent}; end it first, or name "
                "another home with --home"
            ) from error
        yield


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(
                f"cannot listen on {HOST}:{port}: {error.strerror}; end what listens there, "
                "perhaps another `paperhouse serve`, or name another port with --port"
            ) from error


def _wait_for(url: str, server: Process, stopping: threading.Event) -> None:
    """Wait until an address answers."""
    for _ in range(int(START_TIMEOUT_S / POLL_S)):
        pause(stopping)
        if server.poll() is not None:
            raise PrefectError(f"the Prefect server ended at once with {server.returncode}")
        try:
            if requests.get(url, timeout=POLL_S).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            continue
    raise PrefectError(f"the Prefect server did not answer within {START_TIMEOUT_S} s")


def _watch(children: Mapping[str, Process], stopping: threading.Event) -> None:
    """Wait for a signal. Raises `PrefectError` when a child ends by itself."""
    while True:
        pause(stopping)
        for name, process in children.items():
            if process.poll() is not None:
                raise PrefectError(f"the Prefect {name} ended with {process.returncode}")
