"""The nightly flow with one new issue, beside an empty flow on the same Prefect server.

    python -m benchmarks.night [--rounds 8] [--worker]

`--worker` measures instead what a night costs where it really runs: `paperhouse serve`, a run of
the deployment triggered over its API, taken by the worker, in a process of its own.

Importing Great Expectations, which the first night of a process pays, is measured alone. While a
flow runs, a thread of Prefect's sends heartbeats, sleeps by whole seconds, and is waited for at the
end: so a caller gets a flow back a second, or two, after it began. When the flow was complete is
told beside it.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measuring import machine, measure
from flows.orchestration.environment import VARIABLES
from tests.replica.bodies import Bodies
from tests.replica.inside import replica_inside
from tests.replica.site import Site
from tests.support.prefect_server import Prefect
from tests.support.process import BIN, free_port, process, wait_until
from warehouse.lake.snapshot import Lake
from warehouse.storage.home import Home

SAMPLE = Path(__file__).parents[1] / "tests" / "sample"
IMPORTING = "from tasks.quality.validate import great_expectations; great_expectations()"
NIGHTS = [datetime(2026, 11, day, 6, tzinfo=UTC) for day in (3, 4, 5, 6, 9, 10, 11, 12, 13)]
"""Nights on which there is a new issue."""


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8, choices=range(1, len(NIGHTS)))
    parser.add_argument("--worker", action="store_true")
    arguments = parser.parse_args()
    n_rounds = arguments.rounds
    if arguments.worker:
        return _by_a_worker(n_rounds)
    imported = measure([sys.executable, "-c", IMPORTING])
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(VARIABLES)
        os.environ["PREFECT_HOME"] = f"{scratch}/prefect"
        os.environ["PREFECT_LOGGING_LEVEL"] = "ERROR"
        empty, night = _measured(Path(scratch), n_rounds)
    print(f"{machine()}\n")
    print("| what | s | complete after s |\n|---|---:|---:|")
    print(f"| importing Great Expectations | {imported.wall_s:.2f} | |")
    for name, (back_s, complete_s) in {
        "an empty flow": empty,
        "the nightly flow with one new issue": night,
    }.items():
        print(f"| {name} | {back_s:.2f} | {complete_s:.2f} |")
    print(f"\nThe night takes {night[0] / empty[0]:.2f} times the empty flow; wanted at most 1.6.")
    return 0


def _measured(scratch: Path, n_rounds: int) -> list[list[float]]:
    """Of an empty flow and of a night, taken in turn: the median of the seconds until a caller has
    it back, and until it is complete. The first of each, which imports, is left out."""
    from prefect import flow  # noqa: PLC0415 - it reads its environment then
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415

    from flows.nightly import nightly  # noqa: PLC0415

    ends: list[float] = []

    @flow
    def empty() -> None:
        pass

    def seconds(work: Any, **parameters: Any) -> tuple[float, float]:
        watched = work.with_options(on_completion=[lambda *_: ends.append(time.perf_counter())])
        begun = time.perf_counter()
        watched(**parameters)
        return time.perf_counter() - begun, ends.pop() - begun

    with (
        prefect_test_harness(server_startup_timeout=180),
        replica_inside(Bodies(SAMPLE), NIGHTS[0].date(), scratch / "log") as replica,
    ):
        os.environ["PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL"] = replica.url
        home = Home(scratch / "home")
        rounds = []
        for number, now in enumerate(NIGHTS[: n_rounds + 1], 1):
            replica.change(site=Site(Bodies(SAMPLE), now.date()))
            rounds.append((seconds(empty), seconds(nightly, home=home.root, now=now)))
            if len(Lake(home.lake).numbers()) != number:
                raise RuntimeError(f"nothing was new on {now:%Y-%m-%d}")
    return [
        [statistics.median(turn[which][end] for turn in rounds[1:]) for end in (0, 1)]
        for which in (0, 1)
    ]


def _by_a_worker(n_rounds: int) -> int:
    """Trigger nights at `paperhouse serve`; print the median seconds of each part."""
    port = free_port()
    prefect, rounds = Prefect(port), []
    with (
        tempfile.TemporaryDirectory() as scratch,
        replica_inside(Bodies(SAMPLE), NIGHTS[0].date(), Path(scratch) / "log") as replica,
    ):
        home = Home(Path(scratch) / "home")
        environment = os.environ | {
            "PAPERHOUSE_HOME": str(home.root),
            "PAPERHOUSE_SITE__PORT": "0",
            "PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL": replica.url,
        }
        command = [str(BIN / "paperhouse"), "serve", "--port", str(port)]
        with process(command, environment, Path(scratch) / "serve.log") as serving:
            wait_until(prefect.has_worker, "worker", serving)
            for now in NIGHTS[: n_rounds + 1]:
                replica.change(site=Site(Bodies(SAMPLE), now.date()))
                rounds.append(_parts(prefect, now))
    print(f"{machine()}\n")
    print("| part of a triggered night | s |\n|---|---:|")
    for name in rounds[0]:
        print(f"| {name} | {statistics.median(parts[name] for parts in rounds[1:]):.2f} |")
    return 0


def _parts(prefect: Prefect, now: datetime) -> dict[str, float]:
    """The seconds of each part of one night, as Prefect says."""
    run = prefect.trigger(now.isoformat())
    if (ended := prefect.ends(run)) != "Completed":
        raise RuntimeError(f"the night of {now:%Y-%m-%d} is {ended}")
    states = prefect.get(f"/flow_run_states/?flow_run_id={run}")
    at = {state["type"]: datetime.fromisoformat(state["timestamp"]) for state in states}
    return {
        "until the worker takes it": (at["PENDING"] - at["SCHEDULED"]).total_seconds(),
        "until its process runs the flow": (at["RUNNING"] - at["PENDING"]).total_seconds(),
        "the flow": (at["COMPLETED"] - at["RUNNING"]).total_seconds(),
        "from trigger to Completed": (at["COMPLETED"] - at["SCHEDULED"]).total_seconds(),
    }


if __name__ == "__main__":
    sys.exit(main())
