"""Looks for what a killed load tears, loses or leaves: `python -m tests.soak.crash --kills 200`.

Options: `--steps 50` (fewer steps), `--seed 1` (other moments), `--workers 2` (so many processes
land and stage the bodies; a random kill then hits the load, a worker, or all of them). Loads are
killed with SIGKILL at every step and at so many random moments. A step is one thing a process does
to the disk (open for writing, rename, link, make or remove a folder), as Python's own audit events
tell it; so no step has to be named by hand and none can be forgotten. Loads run in forks of one
process that has imported everything, so a trial takes a second.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import flows.pipeline.ahead
from flows.pipeline.executors import processes
from flows.pipeline.intake import files_below, land_files
from flows.pipeline.load import load
from flows.pipeline.run import running
from schemas import CORE
from schemas.ops import RUNS
from tasks.merge.engine import forget
from tests.support.folders import DIGESTS, SAMPLE
from tests.support.process import alive, descendants
from warehouse.lake.snapshot import Lake
from warehouse.ledger import open_ledger
from warehouse.storage.durable_files import UNFINISHED
from warehouse.storage.home import Home
from warehouse.storage.landing import Landing

T0 = datetime(2026, 11, 20, tzinfo=UTC)
SAMPLE_DAYS = SAMPLE / "huggingface" / "api"
_STEPS = {"os.rename", "os.link", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass
class Found:
    """What the trials showed; every list should be empty but `kills`."""

    kills: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    restless: list[str] = field(default_factory=list)
    """Kills after which the same again published something, once all was loaded."""
    orphans: list[str] = field(default_factory=list)
    """Kills that left a process."""
    n_steps: int = 0
    n_saw_old: int = 0
    n_saw_new: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.torn or self.lost or self.leftovers or self.restless or self.orphans)

    def __str__(self) -> str:
        return (
            f"{len(self.kills)} kills (a load has {self.n_steps} steps): "
            f"{len(self.torn)} torn or unreadable, {len(self.lost)} with lost rows, "
            f"{len(self.leftovers)} with leftovers, "
            f"{len(self.restless)} that changed something when all was loaded, "
            f"{len(self.orphans)} that left a process; "
            f"readers saw the old state {self.n_saw_old} times, the new one {self.n_saw_new} times"
        )


Rows = dict[str, list[dict[str, Any]]]


class Trials:
    """A home with some days loaded, and the load of some more that is to be killed."""

    def __init__(self, folder: Path, first: Path, then: Path) -> None:
        self._template = folder / "template"
        self._trial = folder / "trial"
        self._then = then
        in_fork(lambda: _ingest(Home(self._template), first, T0))
        self._old = lake_rows(Home(self._template))
        self._reset()
        steps = folder / "steps"
        in_fork(lambda: self._load_and_count(steps))
        self.steps = steps.read_text(encoding="utf-8").splitlines()
        self._new = lake_rows(Home(self._trial))

    def step(self, event: str, text: str) -> int:
        """Number of the first step of a kind whose paths have a text."""
        kind = f"{event} "
        return next(n for n, s in enumerate(self.steps) if s.startswith(kind) and text in s)

    def kill_at_step(self, number: int, found: Found) -> None:
        """Kill the load just before its step of this number."""
        self._reset()
        pid = fork(lambda: self._load_until(number))
        os.waitpid(pid, 0)
        found.kills.append(f"step {number}: {self.steps[number]}")
        self._look(found)

    def kill_after(
        self, seconds: float, found: Found, whom: str = "load", workers: int = 0
    ) -> None:
        """Kill the load, one of its workers, or all of them after some time, wherever they are."""
        self._reset()
        at = T0 + timedelta(days=1)
        pid = fork(lambda: _ingest(Home(self._trial), self._then, at, workers))
        time.sleep(seconds)
        children = sorted(descendants(pid))
        victims = {"load": [pid], "worker": children[-1:], "all": [pid, *children]}[whom]
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        os.waitpid(pid, 0)
        found.kills.append(f"{whom} after {seconds:.3f} s")
        ends_at = time.monotonic() + 20
        while alive(set(children)) and time.monotonic() < ends_at:
            time.sleep(0.05)
        if alive(set(children)):
            found.orphans.append(found.kills[-1])
        self._look(found)

    def _look(self, found: Found) -> None:
        """What readers see after a kill, and what the next run makes of it."""
        home, kill = Home(self._trial), found.kills[-1]
        try:
            seen = published_counts(home)
            rows = lake_rows(home)
        except Exception as error:  # noqa: BLE001 - any failure to read is what is looked for
            found.torn.append(f"{kill}: {error!r}")
            return
        if seen == _counts(self._old) and rows in (self._old, self._new):
            found.n_saw_old += 1
        elif seen == _counts(self._new) and rows == self._new:
            found.n_saw_new += 1
        else:
            found.torn.append(f"{kill}: published {seen}")
        in_fork(lambda: _ingest(home, self._then, T0 + timedelta(days=2)))
        if lake_rows(home) != self._new or published_counts(home) != _counts(self._new):
            found.lost.append(kill)
        found.leftovers += [f"{kill}: {path}" for path in leftovers(home)]
        loaded = home.publication.stat()
        in_fork(lambda: _ingest(home, self._then, T0 + timedelta(days=2, hours=1)))
        if home.publication.stat() != loaded:
            found.restless.append(kill)

    def _reset(self) -> None:
        shutil.rmtree(self._trial, ignore_errors=True)
        shutil.copytree(self._template, self._trial, symlinks=True)

    def _load_and_count(self, target: Path) -> None:
        steps: list[str] = []
        sys.addaudithook(_on_step(self._trial, steps.append))
        _ingest(Home(self._trial), self._then, T0 + timedelta(days=1))
        target.write_text("\n".join(steps), encoding="utf-8")

    def _load_until(self, number: int) -> None:
        n_seen = 0

        def count(_: str) -> None:
            nonlocal n_seen
            if n_seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            n_seen += 1

        sys.addaudithook(_on_step(self._trial, count))
        _ingest(Home(self._trial), self._then, T0 + timedelta(days=1))


def lake_rows(home: Home) -> Rows:
    """All core rows of the current snapshot, less who wrote them and when they were captured.

    A capture's time is the time of the run that landed its bytes, and so differs after a kill.
    """
    snapshot = Lake(home.lake).current()
    rows: Rows = {}
    for table in CORE:
        left_out = {"run_id", "loaded_at"}
        left_out |= {
            n for n in table.column_names if table.arrow.field(n).type == pa.timestamp("us", "UTC")
        }
        columns = [name for name in table.column_names if name not in left_out]
        found = snapshot.dataset(table).to_table(columns=columns).to_pylist()
        rows[table.full_name] = sorted(found, key=repr)
    return rows


def published_counts(home: Home) -> dict[str, int]:
    """Rows of each core table in the published file, which must open and answer."""
    with duckdb.connect(str(home.publication), read_only=True) as connection:
        return {
            table.full_name: len(connection.execute(f"SELECT * FROM {table.full_name}").fetchall())
            for table in CORE
        }


def leftovers(home: Home) -> list[str]:
    """Files that belong to nothing: unfinished ones, bodies without a receipt, open runs."""
    landing = Landing(home.landing)
    capture_records = {capture_record.file for capture_record in landing.capture_records()}
    bodies = {str(p.relative_to(home.landing)) for p in home.landing.rglob("*.zst")}
    found = [str(path) for path in home.root.rglob(f"{UNFINISHED}*")]
    found += sorted(bodies ^ capture_records)
    found += [str(path) for path in home.root.glob("*.wal")]
    lake = Lake(home.lake)
    if lake.current().number != max(lake.numbers()):
        found.append("a snapshot newer than the current one")
    with open_ledger(home.ledger) as ledger:
        found += [f"open run {r['run_id']}" for r in ledger.rows(RUNS, "outcome = 'running'")]
    return found


def _counts(rows: Rows) -> dict[str, int]:
    return {name: len(found) for name, found in rows.items()}


def _ingest(home: Home, folder: Path, now: datetime, workers: int = 0) -> None:
    with (
        running(home, "ingest", run_id=f"{now:%d}-{os.getpid()}", clock=lambda: now) as run,
        processes(workers) if workers else nullcontext() as executor,
    ):
        landed = land_files(run, files_below([folder]), executor=executor)
        run.add(load(run, landed, batch_issues=2, executor=executor))


def _on_step(home: Path, tell: Callable[[str], None]) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that tells of every step below a home."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        is_step = event in _STEPS or (event == "open" and _is_writing(arguments))
        if is_step and str(home) in str(arguments[0]):
            paths = [part for part in map(str, arguments) if part.startswith(str(home))]
            tell(" ".join([event, *(part.removeprefix(f"{home}/") for part in paths)]))

    return hook


def _is_writing(arguments: tuple[Any, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & _WRITING)


def fork(work: Callable[[], None]) -> int:
    """Run work in a fork that ends without any clean-up of this process's things."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001 - the fork must end here, whatever happens
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def in_fork(work: Callable[[], None]) -> None:
    _, status = os.waitpid(fork(work), 0)
    if status:
        raise RuntimeError(f"the load ended with status {status}")


def prepare_days(source: Path, folder: Path, *, n_first: int, n_then: int) -> tuple[Path, Path]:
    """Copies of the first and last days of a folder of bodies: to load first, and then."""
    days = sorted(source.glob("*.json"))
    folders = folder / "first", folder / "then"
    for target, bodies in zip(folders, (days[:n_first], days[len(days) - n_then :]), strict=True):
        target.mkdir(parents=True)
        for body in bodies:
            shutil.copy(body, target)
    return folders


def warm_up() -> None:
    """Load once, before the forks, so that none imports and prepares again what a load needs."""
    with tempfile.TemporaryDirectory() as scratch:
        first, _ = prepare_days(SAMPLE_DAYS, Path(scratch) / "days", n_first=1, n_then=0)
        _ingest(Home(Path(scratch) / "home"), first, T0)
    forget()  # the database of this process, which a fork must not use


Moments = Iterable[tuple[str, str]]


def run_trials(
    source: Path,
    *,
    n_steps: int | None = None,
    n_random: int,
    seed: int,
    moments: Moments = (),
    n_days: int = 3,
    workers: int = 0,
) -> Found:
    """Kill at chosen moments, or at `n_steps` steps spread over the load (None: at every one);
    and at random moments. A moment is the kind of a step and a part of its paths. The load that is
    killed has `n_days`, two in a batch, one in a chunk of the `workers`."""
    flows.pipeline.ahead.CHUNK_BODIES = 1 if workers else flows.pipeline.ahead.CHUNK_BODIES
    found = Found()
    chance = random.Random(seed)  # noqa: S311 - reproducible trials, no secret
    warm_up()
    with tempfile.TemporaryDirectory() as scratch:
        first, then = prepare_days(source, Path(scratch) / "days", n_first=3, n_then=n_days)
        trials = Trials(Path(scratch), first, then)
        numbers = range(len(trials.steps))
        found.n_steps = len(numbers)
        chosen = [trials.step(*moment) for moment in moments]
        if not chosen:
            chosen = sorted(chance.sample(numbers, len(numbers) if n_steps is None else n_steps))
        for number in chosen:
            trials.kill_at_step(number, found)
        for _ in range(n_random):
            whom = chance.choice(("load", "worker", "all")) if workers else "load"
            longest = 4.0 if workers else 1.5  # processes take a second to begin
            trials.kill_after(chance.uniform(0.01, longest), found, whom, workers)
    return found


def main() -> int:
    """Run trials on the real days, or on the sample where they are absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at random moments")
    parser.add_argument("--steps", type=int, default=None, help="how many steps; all by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="processes that land and stage")
    arguments = parser.parse_args()
    real = DIGESTS / "huggingface" / "api"
    source = real if real.is_dir() else SAMPLE_DAYS
    found = run_trials(
        source,
        n_steps=arguments.steps,
        n_random=arguments.kills,
        seed=arguments.seed,
        n_days=6 if arguments.workers else 3,
        workers=arguments.workers,
    )
    sys.stdout.write(f"{found}\n")
    faults = (found.torn, found.lost, found.leftovers, found.restless, found.orphans)
    for line in chain(*faults):
        sys.stdout.write(f"  {line}\n")
    return 0 if found.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
