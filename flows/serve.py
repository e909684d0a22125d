"""Prefect on one machine: a server, the work pool, the nightly deployment and a worker.

Server and worker are processes of their own. Whatever happens here, both have ended, the worker
first, when `serve` is over; they are told by process id, and never by name.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from flows.prefect_home import prepare
from schemas.errors import PaperhouseError

HOST = "127.0.0.1"
POOL = "digests"
PREFECT_FILE = Path(__file__).parents[1] / "prefect.yaml"
START_TIMEOUT_S = 180
"""A server's first start creates its database, on a busy machine not within a minute."""
STOP_TIMEOUT_S = 60
ANSWER_TIMEOUT_S = 30
POLL_S = 0.2

Process = subprocess.Popen[str]


class PortTaken(PaperhouseError):
    """Something else listens where the server should."""


class NoDeployment(PaperhouseError):
    """There is no `prefect.yaml` where paperhouse is installed."""


class PrefectTrouble(PaperhouseError):
    """A part of Prefect did not start, did not do as told, or ended by itself."""


class _Stopped(Exception):
    """Somebody asked us to end. Raised only where we wait, so that no child is ever lost."""


def serve(home: Path, port: int, say: Callable[[str], None]) -> None:
    """Run the nightly deployment of the warehouse at `home` until SIGINT or SIGTERM.

    `say` gets a line when all is up. Raises `PortTaken`, `NoDeployment` or `PrefectTrouble`.
    """
    if not PREFECT_FILE.exists():
        raise NoDeployment(
            f"no {PREFECT_FILE.name} beside the installed package; serve needs a checkout, "
            "installed with `make install` or `pip install -e .`"
        )
    _check_free(port)
    prepare(home)
    url = f"http://{HOST}:{port}"
    environment = {
        **os.environ,
        "PAPERHOUSE_HOME": str(home.absolute()),
        "PREFECT_API_URL": f"{url}/api",
    }
    with _stop_signals() as stopping:
        try:
            _serve(url, port, environment, stopping, say)
        except _Stopped:
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
    with _child(arguments, environment) as server:
        _wait_for(f"{url}/api/health", server, stopping)
        known = _ask(f"{url}/api/work_pools/filter", {})
        if POOL not in [pool["name"] for pool in known]:
            _run(["work-pool", "create", POOL, "--type", "process"], environment, stopping)
        _run(["deploy", "--all", "--prefect-file", str(PREFECT_FILE)], environment, stopping)
        arguments = ["worker", "start", "--pool", POOL, "--type", "process", "--name", "paperhouse"]
        with _no_dead_runs(url), _child(arguments, environment) as worker:
            say(f"nightly is deployed and a worker waits for its hour; {url} shows it; Ctrl-C ends")
            _watch({"server": server, "worker": worker}, stopping)


@contextmanager
def _no_dead_runs(url: str) -> Iterator[None]:
    """Before the worker starts, and after it has ended, no flow run can be alive.

    The worker ends a run's process with its own, but leaves the run `Running` for ever, and the
    next night would be cancelled because that one holds the deployment's slot.
    """
    _bury(url)
    try:
        yield
    finally:
        with suppress(PrefectTrouble):  # the server may be what has ended
            _bury(url)


def _bury(url: str) -> None:
    """Set every run of the pool that claims to be under way to `Crashed`, which frees its slot."""
    under_way = {
        "flow_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}},
        "work_pools": {"name": {"any_": [POOL]}},
    }
    for run in _ask(f"{url}/api/flow_runs/filter", under_way):
        state = {"type": "CRASHED", "message": "its worker ended before it did"}
        _ask(f"{url}/api/flow_runs/{run['id']}/set_state", {"state": state})


def _ask(url: str, body: Mapping[str, Any]) -> Any:
    """What the server answers to a POST.

    A server that is busy with its database says 503 and means "again", as Prefect's own client
    takes it.
    """
    again = Retry(total=6, backoff_factor=0.5, status_forcelist=[503], allowed_methods=None)
    try:
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=again))
            reply = session.post(url, json=body, timeout=ANSWER_TIMEOUT_S)
        reply.raise_for_status()
    except requests.RequestException as error:
        raise PrefectTrouble(f"the Prefect server does not do its work: {error}") from error
    return reply.json()


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
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


def _pause(stopping: threading.Event) -> None:
    if stopping.wait(POLL_S):
        raise _Stopped


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


@contextmanager
def _child(
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


def _end(process: Process) -> None:
    """Terminate a process; kill it only if it does not end in time."""
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(url: str, server: Process, stopping: threading.Event) -> None:
    """Wait until an address answers."""
    for _ in range(int(START_TIMEOUT_S / POLL_S)):
        _pause(stopping)
        if server.poll() is not None:
            raise PrefectTrouble(f"the Prefect server ended at once with {server.returncode}")
        try:
            if requests.get(url, timeout=POLL_S).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            continue
    raise PrefectTrouble(f"the Prefect server did not answer within {START_TIMEOUT_S} s")


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], stopping: threading.Event
) -> None:
    """Run a Prefect command to its end; what it says is shown only when it fails."""
    with _child(arguments, environment, output=subprocess.PIPE) as process:
        while True:
            try:
                said, _ = process.communicate(timeout=POLL_S)
                break
            except subprocess.TimeoutExpired:
                _pause(stopping)
    if process.returncode != 0:
        words = " ".join(said.split())
        raise PrefectTrouble(f"prefect {arguments[0]} failed: {words[-400:]}")


def _watch(children: Mapping[str, Process], stopping: threading.Event) -> None:
    """Wait for a signal. Raises `PrefectTrouble` when a child ends by itself."""
    while True:
        _pause(stopping)
        for name, process in children.items():
            if process.poll() is not None:
                raise PrefectTrouble(f"the Prefect {name} ended with {process.returncode}")
