"""The nightly flow with one new issue, beside an empty flow on the same Prefect server.

    python -m benchmarks.night [--rounds 5]

Importing Great Expectations, which the first night of a process pays, is measured alone.
"""

import argparse
import os
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
from tests.replica.inside import replica_inside
from tests.replica.site import Site

SAMPLE = Path(__file__).parents[1] / "tests" / "sample"
NIGHTS = [datetime(2026, 11, day, 6, tzinfo=UTC) for day in (3, 4, 5, 6, 9, 10, 11, 12, 13)]
"""Nights on which there is a new issue."""


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, len(NIGHTS)))
    n_rounds = parser.parse_args().rounds
    imported = measure([sys.executable, "-c", "import great_expectations"])
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(VARIABLES)
        os.environ["PREFECT_HOME"] = f"{scratch}/prefect"
        os.environ["PREFECT_LOGGING_LEVEL"] = "ERROR"
        empty_s, night_s = _measured(Path(scratch), n_rounds)
    print(f"{machine()}\n")
    print("| what | s |\n|---|---:|")
    print(f"| importing Great Expectations | {imported.wall_s:.2f} |")
    print(f"| an empty flow | {empty_s:.2f} |")
    print(f"| the nightly flow with one new issue | {night_s:.2f} |")
    print(f"\nThe night takes {night_s / empty_s:.2f} times the empty flow; wanted at most 1.6.")
    return 0


def _measured(scratch: Path, n_rounds: int) -> tuple[float, float]:
    """The best time of an empty flow and of a night, taken in turn, in seconds."""
    from prefect import flow  # noqa: PLC0415 - it reads its environment then
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415

    from flows.nightly import nightly  # noqa: PLC0415

    @flow
    def empty() -> None:
        pass

    with (
        prefect_test_harness(server_startup_timeout=180),
        replica_inside(Bodies(SAMPLE), NIGHTS[0].date(), scratch / "log") as replica,
    ):
        os.environ["PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL"] = replica.url
        empties: list[float] = []
        nights: list[float] = []
        for now in NIGHTS[: n_rounds + 1]:
            replica.change(site=Site(Bodies(SAMPLE), now.date()))
            empties.append(_seconds(empty))
            begun = time.perf_counter()
            report = nightly(home=scratch / "home", now=now)
            nights.append(time.perf_counter() - begun)
            if report is None or report.snapshot is None:
                raise RuntimeError(f"nothing was new on {now:%Y-%m-%d}")
    return min(empties[1:]), min(nights[1:])


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
