"""The nightly deployment on a real Prefect server and worker, as docs/operations.md starts them.

Every process is started here, in a temporary home and on 127.0.0.1, and ended by its id.
"""

import os
import shlex
import signal
import socket
import subprocess
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from flows.orchestration.environment import VARIABLES
from tests.replica.process import Replica, running_replica
from tests.support.folders import ROOT, SAMPLE
from tests.support.prefect_server import Prefect
from tests.support.process import BIN, alive, descendants, free_port, process, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

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
ASSETS = {"paperhouse://core/listings", "paperhouse://mart/rising_papers"}


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
    """The hours in New York at which scheduled runs are to start; those that send mails, which
    start at any hour, by their minutes."""
    mails = prefect.get("/deployments/name/digest/digest")["id"]
    return {
        f"{moment:{'every hour %M' if run['deployment_id'] == mails else '%H:%M'}}"
        for run in prefect.runs(scheduled=True)
        if run["state_name"] == "Scheduled"
        for moment in [
            datetime.fromisoformat(run["expected_start_time"]).astimezone(
                ZoneInfo("America/New_York")
            )
        ]
    }


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
            broken_off = prefect.trigger(NOW)
            wait_until(lambda: n_stalled(replica) == 1, "the night to be under way")
            running = descendants(serving.pid)
            assert len(running) >= 3, "server, worker and the night itself, perhaps a digest"
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
                first = prefect.trigger(NOW)
                wait_until(lambda: n_stalled(replica) == 2, "the night to be under way")
                run("deployment run nightly/nightly")
                (second,) = {r["id"] for r in prefect.runs(scheduled=False)} - {first, broken_off}
                assert prefect.ends(second) == "Cancelled"
                assert prefect.ends(first) == "Completed"
                assert prefect.shown() == {"nightly-report", "nightly-issues", "warehouse-pages"}
                wait_until(lambda: prefect.materialized(ASSETS) == ASSETS, "the assets")
                wait_until(lambda: len(next_hours(prefect)) == 8, "the scheduler")
                quarters = {f"every hour {minute:02}" for minute in (0, 15, 30, 45)}
                assert next_hours(prefect) - quarters == {"00:45", "12:45", "03:30", "05:30"}
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
