"""Looks for rows that a killed backfill loses: `python -m tests.soak.backfills --kills 5`.

Options: `--seed 1` (other moments), `--days 20` (fewer days), `--runner dask`. A backfill that is
killed again and again must end in the rows of one that was left alone. The days are served by a
replica in this process; every backfill is a fork that is killed with SIGKILL at a random moment and
begun again with the same command.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.jobs.backfill import BackfillReport, backfill
from flows.jobs.backfill_plan import Wanted
from flows.pipeline.executors import dask
from flows.settings import Settings
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.soak.crash import Rows, fork, in_fork, lake_rows, leftovers, warm_up
from tests.support.folders import DIGESTS, SAMPLE
from warehouse.storage.home import Home


@dataclass
class Found:
    """What was seen: moments of the kills in seconds, and what does not hold, if anything."""

    kills_s: list[float] = field(default_factory=list)
    n_days: int = 0
    n_rows: int = 0
    n_requests_alone: int = 0
    n_requests_killed: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{s:.1f} s" for s in self.kills_s)
        return (
            f"{self.n_days} days, {self.n_rows:,} rows; killed after {kills}; "
            f"{self.n_requests_alone} requests alone, {self.n_requests_killed} when killed; "
            f"{len(self.faults)} faults"
        )


@dataclass(frozen=True)
class Range:
    """The days to fill, and the replica that has them."""

    replica: Inside
    since: date
    until: date
    executor: str = "here"

    def fill(self, home: Path, number: int) -> BackfillReport:
        """Fill a home; `number` sets the clock, which goes on from there."""
        began = datetime.combine(self.until, datetime.min.time(), UTC) + timedelta(days=2)
        offset = began + timedelta(minutes=5 * number) - datetime.now(UTC)
        with dask(None) if self.executor == "dask" else nullcontext() as executor:
            return self._fill(home, offset, executor)

    def _fill(self, home: Path, offset: timedelta, executor: Executor | None) -> BackfillReport:
        return backfill(
            Settings(home=home, sources=self._sources()),
            Wanted("huggingface", self.since, self.until),
            clock=lambda: datetime.now(UTC) + offset,
            sleep=lambda _: None,
            executor=executor,
        )

    def _sources(self) -> Any:
        return {"huggingface": {"base_url": self.replica.url}}


def run_trial(
    folder: Path,
    scratch: Path,
    *,
    n_kills: int,
    seed: int,
    n_days: int | None,
    executor: str = "here",
) -> Found:
    """Fill one home alone and another while killing it, and compare them."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible trial, no secret
    found = Found()
    bodies = Bodies(folder)
    days = bodies.days(date.max)[:n_days]
    with replica_inside(bodies, days[-1] + timedelta(days=2), scratch / "requests") as replica:
        warm_up()
        whole = Range(replica, days[0], days[-1], executor)
        begun = time.monotonic()
        in_fork(lambda: _settled(whole.fill(scratch / "alone", 0)))
        seconds = time.monotonic() - begun
        found.n_days, found.n_requests_alone = len(days), len(replica.requests())
        replica.forget()
        for number in range(n_kills):
            after_s = chance.uniform(0.2, seconds / (n_kills - 1 or 1))
            pid = fork(lambda number=number: _settled(whole.fill(scratch / "killed", number)))  # type: ignore[misc]
            time.sleep(after_s)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            found.kills_s.append(after_s)
        in_fork(lambda: _settled(whole.fill(scratch / "killed", n_kills)))
        found.n_requests_killed = len(replica.requests())
    alone, killed = lake_rows(Home(scratch / "alone")), lake_rows(Home(scratch / "killed"))
    found.n_rows = sum(map(len, alone.values()))
    found.faults += [f"{name} differs" for name in _different(alone, killed)]
    found.faults += leftovers(Home(scratch / "killed"))
    return found


def _settled(report: BackfillReport) -> None:
    if report.exit_code:
        raise RuntimeError("\n".join(report.lines()))


def _different(one: Rows, other: Rows) -> list[str]:
    return [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]


def main() -> int:
    """Run a trial on the real days, or on the sample where they are absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=None, help="so many of the first days")
    parser.add_argument("--runner", choices=("here", "dask"), default="here")
    arguments = parser.parse_args()
    folder = DIGESTS if DIGESTS.is_dir() else SAMPLE
    with tempfile.TemporaryDirectory() as scratch:
        found = run_trial(
            folder,
            Path(scratch),
            n_kills=arguments.kills,
            seed=arguments.seed,
            n_days=arguments.days,
            executor=arguments.executor,
        )
    sys.stdout.write(f"{found}\n")
    for fault in found.faults:
        sys.stdout.write(f"  {fault}\n")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
