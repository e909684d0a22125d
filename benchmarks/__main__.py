"""`make bench`: loading every API body at hand, beside the least one could do with them.

Each way runs in a process of its own, so its time and peak memory include its imports.
"""

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "digests" / "huggingface" / "api"
SAMPLE = ROOT / "tests" / "sample" / "huggingface" / "api"

BARE = """
import json, pathlib, sys
import pyarrow as pa, pyarrow.parquet as pq
rows = [item for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
        for item in json.loads(path.read_bytes())]
table = pa.table({"id": [r["paper"]["id"] for r in rows], "title": [r["title"] for r in rows],
                  "abstract": [r["paper"]["summary"] for r in rows],
                  "upvotes": [r["paper"]["upvotes"] for r in rows]})
pq.write_table(table, sys.argv[2] + "/bare.parquet")
"""
IMPORT = "import great_expectations"


@dataclass(frozen=True)
class Measured:
    """Wall time in seconds and peak memory in MiB of one process."""

    name: str
    wall_s: float
    peak_mib: int


def main() -> None:
    """Measure and print a table; the baseline is one."""
    folder = REAL if REAL.is_dir() else SAMPLE
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "PAPERHOUSE_HOME": f"{scratch}/home"}
        ingest = [str(Path(sys.executable).with_name("paperhouse")), "ingest", str(folder)]
        rows = [
            _measure(
                "json.loads to one Parquet file", [sys.executable, "-c", BARE, str(folder), scratch]
            ),
            _measure("importing Great Expectations", [sys.executable, "-c", IMPORT]),
            _measure("paperhouse ingest, first", ingest, environment),
            _measure("paperhouse ingest, the same again", ingest, environment),
        ]
    n_bytes = sum(path.stat().st_size for path in folder.glob("*.json"))
    n_bodies = len(list(folder.glob("*.json")))
    print(f"{n_bodies} bodies, {n_bytes / 2**20:.1f} MiB, {os.cpu_count()} cores, ", end="")
    print(f"{platform.machine()}, Python {platform.python_version()}\n")
    print("| what | wall s | of the baseline | peak MiB |\n|---|---:|---:|---:|")
    for row in rows:
        ratio = row.wall_s / rows[0].wall_s
        print(f"| {row.name} | {row.wall_s:.2f} | {ratio:.2f} | {row.peak_mib} |")


def _measure(name: str, command: list[str], environment: dict[str, str] | None = None) -> Measured:
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - begun
    if status:
        raise RuntimeError(f"{name} ended with status {status}")
    return Measured(name, wall_s, _peak_mib(usage))


def _peak_mib(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss // 1024


if __name__ == "__main__":
    main()
