"""The nightly deployment on a real Prefect server and worker, as docs/operations.md starts them.

Every process is started here, in a temporary home and on 127.0.0.1, and ended by its id.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from flows.orchestration.environment import VARIABLES
from tests.replica.process import Replica, running_replica
from tests.support.folders import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SAMPLE = ROOT / "tests" / "sample"
BIN = Path(sys.executable).parent
DOCUMENTED = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line.removesuffix(" < /dev/null"))
    for line in DOCUMENTED.splitlines()
    if line.startswith(("    prefect ", "    paperhouse prefect "))
]
PARTS = ("server", "worker")
PREFECT_YAML = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
N_DEPLOYMENTS = PREFECT_YAML.count("entrypoint:")
MOVED = {
    "maintenance/weekly-maintenance": "flows.upkeep.maintenance",
    "watch/watch": "flows.watching.watch",
}
"""Deployments whose entry points were others in an older version."""
NOW = "2026-11-14T03:00:00Z"
LAST_DAY = {"path": "/api/daily_papers", "query": {"date": "2026-11-13"}}
STALLED = {**LAST_DAY, "times": 2, "fault": "stall", "seconds": 25}
"""Holds two nights up for a while: shorter than the read timeout, longer than the worker's poll."""
PATIENCE_S = 240
ASSETS = {"paperhouse://core/listings", "paperhouse://mart/rising_papers"}


class Prefect:
    """A Prefect server's API, as far as these tests ask it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api"

    def is_up(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def deployment(self) -> Any:
        return self.get("/deployments/name/nightly/nightly")

    def move(self, name: str, entry_point: str) -> None:
        """Give a deployment another entry point, as one that an older version has made."""
        found = self.get(f"/deployments/name/{name}")
        path = f"{self.url}/deployments/{found['id']}"
        requests.patch(path, json={"entrypoint": entry_point}, timeout=30).raise_for_status()

    def get(self, path: str) -> Any:
        return requests.get(self.url + path, timeout=30).json()

    def has_worker(self) -> bool:
        try:
            workers = self._post("/work_pools/digests/workers/filter", {})
        except requests.RequestException:  # no server yet, or no work pool
            return False
        return any(worker["status"] == "ONLINE" for worker in workers)

    def runs(self, *, scheduled: bool) -> list[dict[str, Any]]:
        """Flow runs the scheduler made, or those that somebody triggered; oldest first."""
        found = self._post("/flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"})
        return [run for run in found if run["auto_scheduled"] == scheduled]

    def trigger(self, now: str = NOW) -> str:
        """A run of the deployment for a moment; its id."""
        path = f"/deployments/{self.deployment()['id']}/create_flow_run"
        return str(self._post(path, {"parameters": {"home": None, "now": now}})["id"])

    def state(self, run: str) -> str:
        return str(requests.get(f"{self.url}/flow_runs/{run}", timeout=30).json()["state_name"])

    def ends(self, run: str) -> str:
        """The state a run ends in."""
        final = ("Completed", "Partial", "Failed", "Crashed", "Cancelled")
        wait_until(lambda: self.state(run) in final, f"the end of run {run}")
        return self.state(run)

    def watches(self) -> list[tuple[str, float]]:
        """What each automation waits for in vain before it acts, and how many seconds."""
        found = self._post("/automations/filter", {})
        return [(event, a["trigger"]["within"]) for a in found for event in a["trigger"]["expect"]]

    def shown(self) -> set[str]:
        """Keys of the artifacts that runs have left."""
        return {artifact["key"] for artifact in self._post("/artifacts/filter", {})}

    def materialized(self, assets: set[str]) -> set[str]:
        """Those of the assets that some run has filled."""
        wanted = {
            "event": {"name": ["prefect.asset.materialization.succeeded"]},
            "resource": {"id": sorted(assets)},
        }
        found = self._post("/events/filter", {"filter": wanted})["events"]
        return {event["resource"]["prefect.resource.id"] for event in found}

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        again = Retry(total=6, backoff_factor=0.5, status_forcelist=[503], allowed_methods=None)
        with requests.Session() as session:  # a busy server says 503 and means "again"
            session.mount("http://", HTTPAdapter(max_retries=again))
            reply = session.post(self.url + path, json=body, timeout=30)
        reply.raise_for_status()
        return reply.json()


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


def clean_environment(home: Path, replica: Replica) -> dict[str, str]:
    """What a new terminal has, with the replica as the source."""
    ours = ("PREFECT_", "PAPERHOUSE_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {
        "PAPERHOUSE_HOME": str(home),
        "PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL": replica.url,
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }


def documented(words: str, port: int) -> list[str]:
    """The one command of docs/operations.md with these words, on the test's port."""
    (command,) = [command for command in COMMANDS if words in " ".join(command)]
    return [str(BIN / command[0]), *(word.replace("4200", str(port)) for word in command[1:])]


def count(home: Path, table: str) -> int:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.table(table).count("*").fetchone()
        assert found is not None
        return int(found[0])


def n_stalled(replica: Replica) -> int:
    return sum(request.get("fault") == "stall" for request in replica.requests())


def next_hours(prefect: Prefect) -> set[str]:
    """The hours in New York at which scheduled runs are to start."""
    moments = [
        datetime.fromisoformat(run["expected_start_time"])
        for run in prefect.runs(scheduled=True)
        if run["state_name"] == "Scheduled"
    ]
    return {f"{moment.astimezone(ZoneInfo('America/New_York')):%H:%M}" for moment in moments}


def test_a_night_broken_off_with_serve_is_made_up_for_by_the_documented_parts(
    tmp_path: Path,
) -> None:
    """`paperhouse serve` is ended in mid-night; server and worker started by hand then go on."""
    home, port = tmp_path / "house", free_port()
    prefect, serve = Prefect(port), [str(BIN / "paperhouse"), "serve", "--port", str(port)]
    with running_replica(SAMPLE, date(2026, 11, 14), script=[STALLED]) as replica:
        environment = clean_environment(home, replica)
        with process(serve, environment, tmp_path / "serve.log") as serving:
            wait_until(prefect.has_worker, "worker", serving)
            broken_off = prefect.trigger()
            wait_until(lambda: n_stalled(replica) == 1, "the night to be under way")
            running = descendants(serving.pid)
            assert len(running) == 3, "server, worker and the night itself"
            serving.send_signal(signal.SIGINT)
            assert serving.wait(60) == 0
            assert not alive(running)
        assert not (home / "warehouse.duckdb").exists()

        assert all(f"export {name}=" in DOCUMENTED for name in [*VARIABLES, "PREFECT_HOME"])
        environment |= VARIABLES
        environment |= {"PREFECT_HOME": str(home / "prefect"), "PREFECT_API_URL": prefect.url}

        def run(words: str) -> str:
            return subprocess.run(
                documented(words, port),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                check=True,
                text=True,
                stderr=subprocess.PIPE,
            ).stderr

        start_server, start_worker = (documented(f"{part} start", port) for part in PARTS)
        with process(start_server, environment, tmp_path / "server.log") as server:
            wait_until(prefect.is_up, "server", server)
            assert prefect.state(broken_off) == "Crashed"
            for name, before in MOVED.items():
                prefect.move(name, before)
            said = run("prefect setup")
            assert "work pool digests is there" in said
            assert said.count("is as prefect.yaml says") == N_DEPLOYMENTS - len(MOVED)
            for name, before in MOVED.items():
                now = prefect.get(f"/deployments/name/{name}")["entrypoint"]
                assert f"entrypoint: {now}\n" in PREFECT_YAML
                assert f"deployment {name}: entry point {before} is now {now}\n" in said
            assert prefect.watches() == [("paperhouse.run.*", 26 * 3600)]
            with process(start_worker, environment, tmp_path / "worker.log"):
                first = prefect.trigger()
                wait_until(lambda: n_stalled(replica) == 2, "the night to be under way")
                run("deployment run nightly/nightly")
                (second,) = {r["id"] for r in prefect.runs(scheduled=False)} - {first, broken_off}
                assert prefect.ends(second) == "Cancelled"
                assert prefect.ends(first) == "Completed"
                assert prefect.shown() == {"nightly-report", "nightly-issues"}
                wait_until(lambda: prefect.materialized(ASSETS) == ASSETS, "the assets")
                wait_until(lambda: len(next_hours(prefect)) == 4, "the scheduler")
                assert next_hours(prefect) == {"00:45", "12:45", "03:30", "05:30"}
            assert server.poll() is None
    assert (count(home, "core.issues"), count(home, "core.listings")) == (10, 163)


def test_serve_says_in_one_line_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as landed:
        landed.bind(("127.0.0.1", 0))
        landed.listen()
        port = landed.getsockname()[1]
        ended = subprocess.run(
            [BIN / "paperhouse", "--home", tmp_path, "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"paperhouse: cannot listen on 127.0.0.1:{port}: Address already in use")
    assert "--port" in line
    assert list(tmp_path.iterdir()) == []
