"""What the pages cost: `python -m benchmarks.site [--papers 42000]`.

The first build, one after which nothing was published, and one after a night that changed the votes
of 200 of the newest papers. Without a number, every API body at hand is loaded; with
one, so many papers are generated.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.load import REAL, SAMPLE
from benchmarks.marts import make_publication
from flows.jobs.ingest import ingest
from flows.settings import Settings
from flows.site.build import build_site
from schemas.ops import PUBLICATION

NOW = datetime(2026, 8, 20, tzinfo=UTC)
NIGHT = """
UPDATE mart.papers SET upvotes = coalesce(upvotes, 0) + 1
WHERE paper_id IN (
    SELECT paper_id FROM mart.papers WHERE hash(paper_id) % 2 = 0
    ORDER BY listed_on DESC, paper_id LIMIT 200
);
UPDATE ops.publication SET snapshot = snapshot + 1
"""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--papers", type=int, help="generate so many papers")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=Path(scratch) / "home")
        if arguments.papers:
            _generate(settings, arguments.papers)
        else:
            folder = REAL if REAL.is_dir() else SAMPLE
            ingest(settings, [str(folder)], clock=lambda: NOW)
        _measure(settings)


def _generate(settings: Settings, n_papers: int) -> None:
    home = settings.warehouse()
    home.create()
    make_publication(home.publication, n_papers)
    row: dict[str, list[object]] = {"snapshot": [1], "run_id": ["generated"], "version": ["0"]}
    rows = PUBLICATION.rows(row | {"created_at": [NOW], "published_at": [NOW]})
    with duckdb.connect(str(home.publication)) as connection:
        connection.register("incoming", rows)
        connection.execute(f"DELETE FROM {PUBLICATION.full_name}")
        connection.execute(f"INSERT INTO {PUBLICATION.full_name} BY NAME FROM incoming")


def _measure(settings: Settings) -> None:
    home = settings.warehouse()
    print("| build | pages written | s | s of processor |\n|---|---:|---:|---:|")
    _timed("the first, with the pages of the data", settings, lambda: build_site(settings))
    _timed("nothing published", settings, lambda: build_site(settings))
    for name in ("a night", "a night after that"):
        with duckdb.connect(str(home.publication)) as connection:
            connection.execute(NIGHT)
        _timed(name, settings, lambda: build_site(settings))


def _timed(name: str, settings: Settings, build: Callable[[], Path]) -> None:
    before = _inodes(settings)
    begun, worked = time.perf_counter(), time.process_time()
    build()
    took, processor = time.perf_counter() - begun, time.process_time() - worked
    after = _inodes(settings)
    written = sum(before.get(file) != inode for file, inode in after.items())
    print(f"| {name} | {written:,} of {len(after):,} | {took:.1f} | {processor:.1f} |", flush=True)


def _inodes(settings: Settings) -> dict[str, int]:
    site = settings.warehouse().site
    return {
        os.path.relpath(file, site): file.stat().st_ino
        for file in site.rglob("*")
        if file.is_file()
    }


if __name__ == "__main__":
    main()
