"""The nightly flow with one new issue, beside an empty flow on the same Prefect server.

    python -m benchmarks.night [--rounds 8]

Importing Great Expectations, which the first night of a process pays, is measured alone. While a
flow runs, a thread of Prefect's sends heartbeats, sleeps by whole seconds, and is waited for: so a
flow ends a second, or two, after it began. The same is measured without heartbeats.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measuring import machine, measure
from flows.prefect_home import VARIABLES
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.replica.site import Site

SAMPLE = Path(__file__).parents[1] / "tests" / "sample"
IMPORTING = "from tasks.validate import great_expectations; great_expectations()"
NIGHTS = [datetime(2026, 11, day, 6, tzinfo=UTC) for day in (3, 4, 5, 6, 9, 10, 11, 12, 13)]
"""Nights on which there is a new issue."""


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8, choices=range(1, len(NIGHTS)))
    n_rounds = parser.parse_args().rounds
    imported = measure([sys.executable, "-c", IMPORTING])
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(VARIABLES)
        os.environ["PREFECT_HOME"] = f"{scratch}/prefect"
        os.environ["PREFECT_LOGGING_LEVEL"] = "ERROR"
        (empty_s, night_s), (empty_alone_s, night_alone_s) = _measured(Path(scratch), n_rounds)
    print(f"{machine()}\n")
    print("| what | s | without heartbeats |\n|---|---:|---:|")
    print(f"| importing Great Expectations | {imported.wall_s:.2f} | |")
    print(f"| an empty flow | {empty_s:.2f} | {empty_alone_s:.2f} |")
    print(f"| the nightly flow with one new issue | {night_s:.2f} | {night_alone_s:.2f} |")
    print(f"\nThe night takes {night_s / empty_s:.2f} times the empty flow; wanted at most 1.6.")
    return 0


def _measured(scratch: Path, n_rounds: int) -> list[tuple[float, float]]:
    """Median seconds of an empty flow and of a night, with heartbeats and without."""
    from prefect.settings import (  # noqa: PLC0415 - it reads its environment then
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415

    with (
        prefect_test_harness(server_startup_timeout=180),
        replica_inside(Bodies(SAMPLE), NIGHTS[0].date(), scratch / "log") as replica,
    ):
        os.environ["PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL"] = replica.url
        usual = _in_turn(scratch / "home", n_rounds, replica)
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            return [usual, _in_turn(scratch / "second home", n_rounds, replica)]


def _in_turn(home: Path, n_rounds: int, replica: Inside) -> tuple[float, float]:
    """The median of an empty flow and of a night of one new issue, but for the first of each."""
    from prefect import flow  # noqa: PLC0415

    from flows.nightly import nightly  # noqa: PLC0415

    @flow
    def empty() -> None:
        pass

    empties: list[float] = []
    nights: list[float] = []
    for now in NIGHTS[: n_rounds + 1]:
        replica.change(site=Site(Bodies(SAMPLE), now.date()))
        empties.append(_seconds(empty))
        begun = time.perf_counter()
        report = nightly(home=home, now=now)
        nights.append(time.perf_counter() - begun)
        if report is None or report.snapshot is None:
            raise RuntimeError(f"nothing was new on {now:%Y-%m-%d}")
    return statistics.median(empties[1:]), statistics.median(nights[1:])


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
