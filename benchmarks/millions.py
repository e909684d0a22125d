"""Two million made-up papers: writing a snapshot, publishing it, and one more day on top.

    python -m benchmarks.millions [--papers 2000000]

Rows are made by the database (`benchmarks.generated`) and read from it month by month, which is not
counted. Writing is a draft and its commit (flushed, with checksums), beside a bare `ParquetWriter`
given the same rows with the same compression. One more day is `paperhouse ingest` of a bundled day,
all of it. Each step is a process of its own.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.generated import generate
from benchmarks.load import SAMPLE
from benchmarks.measuring import PAPERHOUSE, Cost, machine, measure
from flows.pipeline.run import running
from schemas import LAKE, Change, Table
from warehouse.lake.snapshot import Lake
from warehouse.lake.transaction import Transaction
from warehouse.publication.template import create_template
from warehouse.storage.home import Home

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = SAMPLE / "2026-11-13.json"


def main() -> int:
    """Run the steps, each measured as a process, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=2_000_000)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(STEPS[arguments.step](arguments.folder, arguments.papers)))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        _report(Path(scratch), arguments.papers)
    return 0


def _report(folder: Path, n_papers: int) -> None:
    print(f"{machine()}\n")
    _step(folder, n_papers, "make")
    print("| step | s | peak MiB | |\n|---|---:|---:|---|")
    bare_s, bare = _step(folder, n_papers, "bare")
    print(f"| a bare ParquetWriter | {bare_s:.1f} | {bare.peak_mib:,} | |", flush=True)
    ours_s, ours = _step(folder, n_papers, "write")
    ratio = f"{ours_s / bare_s:.2f} times the bare writer"
    print(f"| a snapshot written | {ours_s:.1f} | {ours.peak_mib:,} | {ratio} |", flush=True)
    publish_s, published = _step(folder, n_papers, "publish")
    print(f"| published | {publish_s:.1f} | {published.peak_mib:,} | |", flush=True)
    day = measure([PAPERHOUSE, "--home", str(folder / "home"), "ingest", str(DAY)])
    said = day.output.strip().splitlines()[0]
    print(f"| one more day | {day.wall_s:.1f} | {day.peak_mib:,} | {said} |")


def _step(folder: Path, n_papers: int, step: str) -> tuple[float, Cost]:
    """The seconds a step counted itself, and what its process cost."""
    given = ["--step", step, "--folder", str(folder), "--papers", str(n_papers)]
    cost = measure([sys.executable, "-m", "benchmarks.millions", *given])
    return float(json.loads(cost.output.splitlines()[-1])), cost


def _make(folder: Path, n_papers: int) -> float:
    """All rows, in a database."""
    begun = time.perf_counter()
    with duckdb.connect(str(folder / "rows.duckdb"), config={"memory_limit": "4GB"}) as connection:
        create_template(connection)
        generate(connection, n_papers)
    return time.perf_counter() - begun


def _bare(folder: Path, _: int) -> float:
    """The same files without a lake."""
    spent = 0.0
    for table, partition, rows in _rows(folder):
        begun = time.perf_counter()
        place = folder / "bare" / table.full_name / f"{partition}.parquet"
        place.parent.mkdir(parents=True, exist_ok=True)
        in_file = rows.select(table.file_arrow.names).cast(table.file_arrow)
        with pq.ParquetWriter(
            place, table.file_arrow, compression="zstd", compression_level=3
        ) as writer:
            writer.write_table(in_file)
        spent += time.perf_counter() - begun
    return spent


def _write(folder: Path, _: int) -> float:
    """A snapshot of all rows."""
    begun = time.perf_counter()
    transaction = Transaction(Lake(Home(folder / "home").lake), run_id="benchmark", now=NOW)
    spent = time.perf_counter() - begun
    for table, partition, rows in _rows(folder):
        begun = time.perf_counter()
        transaction.replace(table, partition, rows, Change(added=rows.num_rows))
        transaction.places(table)  # waits until the file is written
        spent += time.perf_counter() - begun
    begun = time.perf_counter()
    transaction.commit()
    return spent + time.perf_counter() - begun


def _publish(folder: Path, _: int) -> float:
    """The file of the snapshot."""
    home = Home(folder / "home")
    begun = time.perf_counter()
    with running(home, "benchmark", run_id="benchmark", clock=lambda: NOW) as run:
        run.snapshot = Lake(home.lake).current()
    return time.perf_counter() - begun


def _rows(folder: Path) -> Iterator[tuple[Table, str | None, pa.Table]]:
    """The rows of every table that has some, a month at a time, in the order of its key."""
    with duckdb.connect(str(folder / "rows.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET memory_limit = '512MB'")
        for table in LAKE:
            column = table.partition or "NULL"
            months = connection.execute(f"SELECT DISTINCT {column} FROM {table.full_name}")
            for (month,) in sorted(months.fetchall()):
                chosen = f"FROM {table.full_name} WHERE {column} IS NOT DISTINCT FROM ?"
                ordered = f"{chosen} ORDER BY {', '.join(table.key)}"
                yield table, month, connection.execute(ordered, [month]).to_arrow_table()


STEPS: dict[str, Callable[[Path, int], Any]] = {
    "make": _make,
    "bare": _bare,
    "write": _write,
    "publish": _publish,
}


if __name__ == "__main__":
    sys.exit(main())
