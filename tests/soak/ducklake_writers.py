"""Looks for half a load in a shared lake: `python -m tests.soak.ducklake_writers [--months 4]`.

Two writers load different months into one shared lake at once, while readers look all the time.
Each writer is a process with a home of its own that loads month after month. One reader
is DuckDB alone, with the DuckLake extension; the other reads as paperhouse does. What they see must
be whole loads, and the end the rows of a local lake that one writer filled month after month.
"""

import argparse
import logging
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from logging.handlers import BufferingHandler
from pathlib import Path

from flows.jobs.ingest import ingest
from flows.pipeline.executors import processes
from flows.pipeline.run import log
from flows.settings import Settings
from schemas.core import ISSUES, LISTINGS
from tests.support.folders import DIGESTS
from tests.support.lakehouse import Lakehouse, is_missing, lakehouse
from warehouse.lake.diff import diff
from warehouse.lake.ducklake.catalog import Catalog
from warehouse.lake.ducklake.store import SharedStore
from warehouse.lake.interface import open_store

TAKEN_AT = datetime(2026, 10, 1, tzinfo=UTC)
_LOOK = """
SELECT issue_id, any_value(n_accepted), count(paper_id)
FROM lake.core.issues LEFT JOIN lake.core.listings USING (issue_id) GROUP BY issue_id
"""
PAUSE_S = 0.25
"""Between two looks, so that the writers get on too."""
Look = dict[str, tuple[int, int]]
"""By issue: how many papers it should have, and how many there are."""


@dataclass
class Found:
    """What was seen, and what does not hold, if anything."""

    n_days: int = 0
    n_rows: int = 0
    n_redone: int = 0
    seconds: float = 0
    n_looks: dict[str, int] = field(default_factory=dict)
    n_states: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        looks = ", ".join(
            f"{name} {n} looks at {self.n_states[name]} states" for name, n in self.n_looks.items()
        )
        return (
            f"{self.n_days} days, {self.n_rows:,} rows by two writers in {self.seconds:.1f} s, "
            f"{self.n_redone} loads done again; readers: {looks}; {len(self.faults)} faults"
        )


@dataclass(frozen=True)
class Load:
    """The files of one load, and when they are said to have been taken."""

    files: tuple[Path, ...]
    made_at: datetime


def prove(writers: Sequence[Sequence[Load]], servers: Lakehouse, folder: Path, name: str) -> Found:
    """Let each writer do its loads, all at once; hold what is seen against a local lake."""
    found = Found(n_days=sum(len(load.files) for loads in writers for load in loads))
    servers.create(name)
    homes = [folder / f"{name}-{number}" for number in range(len(writers))]

    def others(of: Path) -> tuple[Path, ...]:
        return tuple(home / "landing" for home in homes if home != of)

    shared = servers.settings(homes[0], name, others(homes[0]))
    is_over = threading.Event()
    wholes = [frozenset(file.stem for file in load.files) for loads in writers for load in loads]
    with ThreadPoolExecutor() as pool:
        readers = [
            pool.submit(_watch, kind, look, wholes, is_over, found)
            for kind, look in _readers(shared).items()
        ]
        began = time.monotonic()
        parts = [
            (servers.settings(home, name, others(home)), loads)
            for home, loads in zip(homes, writers, strict=True)
        ]
        try:
            with processes(len(writers)) as spread:
                written = [spread.submit(_write, part) for part in parts]
                found.n_redone = sum(result.result() for result in written)
        finally:
            found.seconds = time.monotonic() - began
            is_over.set()
        for future in readers:
            future.result()
    local = Settings(home=folder / f"{name}-local")
    for load in sorted((load for loads in writers for load in loads), key=lambda x: x.made_at):
        ingest(local, map(str, load.files), captured_at=load.made_at)
    here, there = (open_store(s.warehouse()).current() for s in (local, shared))
    found.n_rows = sum(table.n_rows for table in there.tables.values())
    found.faults += [f"{table}: {change}" for table, change in diff(here, there).items()]
    found.faults += [str(damage) for damage in open_store(shared.warehouse()).verify()]
    return found


def _write(part: tuple[Settings, Sequence[Load]]) -> int:
    """Do each load, in a process of its own; gives how many had to be done again."""
    settings, loads = part
    redone = BufferingHandler(capacity=sys.maxsize)
    redone.addFilter(lambda record: "again from there" in record.getMessage())
    log.addHandler(redone)
    log.setLevel(logging.INFO)
    for load in loads:
        report = ingest(settings, map(str, load.files), captured_at=load.made_at)
        if report.outcome != "ok":
            raise AssertionError(f"a writer failed: {report.lines()}")
    return len(redone.buffer)


def _readers(settings: Settings) -> dict[str, Callable[[], tuple[int, Look]]]:
    address = settings.warehouse().shared
    assert address is not None
    catalog = Catalog(address)
    lake = SharedStore(address)

    def in_duckdb() -> tuple[int, Look]:
        with catalog.transaction():
            ((number,),) = catalog.rows("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')")
            return number, {issue: (n, m) for issue, n, m in catalog.rows(_LOOK)} if number else {}

    def in_paperhouse() -> tuple[int, Look]:
        snapshot = lake.current()
        listed: dict[str, int] = defaultdict(int)
        for row in snapshot.dataset(LISTINGS).to_table(columns=["issue_id"]).to_pylist():
            listed[row["issue_id"]] += 1
        issues = snapshot.dataset(ISSUES).to_table(columns=["issue_id", "n_accepted"])
        return snapshot.number, {
            row["issue_id"]: (row["n_accepted"], listed[row["issue_id"]])
            for row in issues.to_pylist()
        }

    return {"duckdb": in_duckdb, "paperhouse": in_paperhouse}


def _watch(
    kind: str,
    look: Callable[[], tuple[int, Look]],
    wholes: Sequence[frozenset[str]],
    is_over: threading.Event,
    found: Found,
) -> None:
    """Look until it is over, and once more: every state is some of the loads, each as a whole."""
    seen: list[int] = []
    while True:
        is_last = is_over.is_set()
        number, issues = look()
        days = {issue.rpartition(":")[2] for issue in issues}
        halves = [whole for whole in wholes if whole & days and not whole <= days]
        wrong = [issue for issue, (wanted, there) in issues.items() if wanted != there]
        if halves or wrong or (seen and number < seen[-1]):
            found.faults.append(f"{kind} saw half a load in snapshot {number}: {halves} {wrong}")
        seen.append(number)
        if is_last:
            break
        time.sleep(PAUSE_S)
    found.n_looks[kind], found.n_states[kind] = len(seen), len(set(seen))


def real_loads(n_months: int) -> list[list[Load]]:
    """The real days, the first whole months of them, dealt out to two writers in turn."""
    months: defaultdict[str, list[Path]] = defaultdict(list)
    for file in sorted((DIGESTS / "huggingface" / "api").glob("*.json")):
        months[file.stem[:7]].append(file)
    chosen = sorted(months, key=lambda month: len(months[month]), reverse=True)[:n_months]
    loads = [
        Load(tuple(months[month]), TAKEN_AT + timedelta(hours=number))
        for number, month in enumerate(sorted(chosen))
    ]
    return [loads[0::2], loads[1::2]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=4, help="months of real days (4)")
    months = parser.parse_args().months
    if why := is_missing() or (None if DIGESTS.exists() else f"no real digests at {DIGESTS}"):
        sys.stderr.write(f"{why}\n")
        return 2
    with lakehouse() as servers, tempfile.TemporaryDirectory() as folder:
        os.environ.update(servers.environment)
        found = prove(real_loads(months), servers, Path(folder), "months")
    sys.stdout.write("\n".join([str(found), *found.faults]) + "\n")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
