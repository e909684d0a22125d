"""What the marts cost: `python -m benchmarks.marts [--papers 2000000 | --times 10]`.

Without a number, every API body at hand is loaded and each mart of the published file is read
whole.
With `--times`, so many times the bodies are loaded, and what publishing them costs is measured: all
of it, each materialized mart alone, and the publication after the folder was read again with a new
day in it, and after every issue was looked at again.
With `--papers`, so many papers are generated, and each mart is read beside the same SQL written by
hand on native tables; then rows are folded into one number, so that no time is spent on handing
them over.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.generated import generate
from benchmarks.load import REAL, SAMPLE
from benchmarks.multiplied import LAST, multiply, one_more_day
from flows.jobs.ingest import ingest
from flows.pipeline.issue_state import IssueStates
from flows.pipeline.publish import write_publication
from flows.settings import Settings
from schemas.ops import OUTCOMES
from warehouse.lake.snapshot import Lake
from warehouse.ledger import Ledger
from warehouse.publication.build_state import BuildState
from warehouse.publication.marts import View, dependencies, views
from warehouse.publication.publish import MEMORY_LIMITS
from warehouse.publication.refresh import fill, listings_by_month, materialize
from warehouse.storage.home import Home

NOW = datetime(2026, 8, 20, tzinfo=UTC)
_AFTERWARDS = datetime.combine(LAST + timedelta(days=4), datetime.min.time(), UTC)
"""After the days that `benchmarks.multiplied` makes."""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--papers", type=int, help="generate so many papers")
    parser.add_argument("--repeat", type=int, default=5, help="readings of each mart")
    parser.add_argument("--mart", action="append", help="only this mart; may be given again")
    parser.add_argument("--times", type=int, help="publish so many times the bodies at hand")
    arguments = parser.parse_args()
    chosen = [view for view in views() if view.name in (arguments.mart or [view.name])]
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.papers:
            _compare(Path(scratch) / "generated.duckdb", arguments.papers, chosen, arguments.repeat)
        elif arguments.times:
            _publish(Path(scratch), arguments.times)
        else:
            _read(Settings(home=Path(scratch) / "home"), chosen, arguments.repeat)


def _read(settings: Settings, chosen: list[View], repeat: int) -> None:
    folder = REAL if REAL.is_dir() else SAMPLE
    ingest(settings, [str(folder)], clock=lambda: NOW)
    print("| mart | kept | rows | median ms |\n|---|---|---:|---:|")
    with duckdb.connect(str(settings.home / "warehouse.duckdb"), read_only=True) as connection:
        for view in chosen:
            query = f"FROM {view.full_name}"
            n_rows = connection.execute(query).to_arrow_table().num_rows
            (median,) = _medians_ms(connection, [query], repeat)
            print(f"| {view.name} | {view.is_materialized} | {n_rows:,} | {median:.1f} |")


def _publish(scratch: Path, times: int) -> None:
    folder, home = scratch / "days", Home(scratch / "home")
    multiply(REAL if REAL.is_dir() else SAMPLE, folder, times)
    ingest(Settings(home=home.root), [str(folder)], clock=lambda: _AFTERWARDS)
    print("| published | CPU s |\n|---|---:|")
    home.publication.unlink()
    print(f"| whole, of {times} times the days | {_publication_s(home):.2f} |", flush=True)
    for name, cpu_s in _marts_s(home.publication, scratch / "copy.duckdb"):
        print(f"| of this, {name} | {cpu_s:.2f} |", flush=True)
    before = {path: path.read_bytes() for path in (home.publication, home.build / "published.json")}
    seen = home.publication.stat()
    one_more_day(folder)
    ingest(Settings(home=home.root), [str(folder)], clock=lambda: _AFTERWARDS)
    for path, content in before.items():
        path.write_bytes(content)
    os.utime(home.publication, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    print(f"| the same days read again, and a new one | {_publication_s(home):.2f} |", flush=True)
    _look_again(home)
    print(f"| every issue looked at again | {_publication_s(home):.2f} |")


def _publication_s(home: Home) -> float:
    """Processor seconds of publishing the current snapshot."""
    lake, ledger = Lake(home.lake), Ledger(home.ledger)
    begun = time.process_time()
    write_publication(
        home.publication,
        IssueStates(lake.current(), ledger),
        ledger,
        _AFTERWARDS,
        BuildState(home.build, lake),
    )
    return time.process_time() - begun


def _marts_s(file: Path, copy: Path) -> Iterator[tuple[str, float]]:
    """Processor seconds of computing each materialized mart again, all its months."""
    shutil.copyfile(file, copy)
    limit = f"{MEMORY_LIMITS[1]}MiB"
    with duckdb.connect(str(copy), config={"memory_limit": limit, "threads": 1}) as connection:
        every_month = listings_by_month(connection)
        for name in dependencies():
            begun = time.process_time()
            materialize(connection, {**dict.fromkeys(dependencies(), ()), name: every_month})
            connection.execute("CHECKPOINT")
            yield name, time.process_time() - begun


def _look_again(home: Home) -> None:
    """Record that every issue was fetched a day later and was as it was."""
    ledger = Ledger(home.ledger)
    rows = ledger.arrow(OUTCOMES).to_pylist()
    at = _AFTERWARDS + timedelta(days=1)
    looks = [
        {**row, "run_id": "looked", "captured_at": at, "outcome": "unchanged"}
        for row in rows
        if row["outcome"] != "unchanged"
    ]
    ledger.record(OUTCOMES, [{**row, "outcome_index": n} for n, row in enumerate(looks)])


def _compare(file: Path, n_papers: int, chosen: list[View], repeat: int) -> None:
    make_publication(file, n_papers)
    print(f"{file.stat().st_size / 2**20:,.0f} MiB\n")
    print("| mart | kept | ms | by hand, ms | ratio |\n|---|---|---:|---:|---:|")
    known = {view.name: view for view in views()}
    with duckdb.connect(str(file), read_only=True) as connection:
        for view in chosen:
            queries = [f"FROM {view.full_name}", _by_hand(view, known)]
            ours, hand = _medians_ms(connection, [_folded(q, view) for q in queries], repeat)
            print(
                f"| {view.name} | {view.is_materialized} | {ours:.0f} | {hand:.0f} "
                f"| {ours / hand:.2f} |",
                flush=True,
            )


def make_publication(file: Path, n_papers: int) -> None:
    """A publication of so many papers, its marts kept within the memory of a real one."""
    limit = f"{MEMORY_LIMITS[1]}MiB"
    with duckdb.connect(str(file), config={"memory_limit": limit, "threads": 1}) as connection:
        fill(connection, {})
        begun = time.perf_counter()
        generate(connection, n_papers)
        print(f"{n_papers:,} papers made in {time.perf_counter() - begun:.0f} s")
        begun = time.perf_counter()
        materialize(connection)
        print(f"kept marts worked out in {time.perf_counter() - begun:.1f} s", flush=True)


def _by_hand(view: View, known: dict[str, View]) -> str:
    """The view's SQL on tables alone: views it reads are written out where they stand."""
    query = view.query
    for used in (known[name] for name in view.uses if not known[name].is_materialized):
        query = query.replace(used.full_name, f"({_by_hand(used, known)}\n)")
    return query


def _folded(query: str, view: View) -> str:
    """One number of every column of every row, so that all of them are worked out."""
    columns = ", ".join(view.columns)
    return f"SELECT bit_xor(hash({columns})) FROM ({query}\n)"


def _medians_ms(
    connection: duckdb.DuckDBPyConnection, queries: list[str], repeat: int
) -> list[float]:
    """Of each query; they take turns, after each has run once and is not counted."""
    taken: list[list[float]] = [[] for _ in queries]
    for _ in range(repeat + 1):
        for query, times in zip(queries, taken, strict=True):
            begun = time.perf_counter()
            connection.execute(query).to_arrow_table()
            times.append(time.perf_counter() - begun)
    return [statistics.median(times[1:]) * 1000 for times in taken]


if __name__ == "__main__":
    main()
