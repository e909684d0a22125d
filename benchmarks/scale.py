"""What a paper costs from hundreds to hundreds of thousands of them, by stage.

    python -m benchmarks.scale [--times 0.25 1 10 50]

Each size is loaded into an empty home by the command, with as many processes as there are cores,
and by one core alone where `--one-core` asks for it. The stages are those of `--timings`.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.load import REAL, SAMPLE
from benchmarks.measuring import PAPERHOUSE, machine, measure
from benchmarks.multiplied import multiply

IN_WORKERS = "in workers, meanwhile"


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=float, nargs="+", default=[0.25, 1, 10])
    parser.add_argument("--one-core", action="store_true", help="measure one core alone, too")
    arguments = parser.parse_args()
    print(f"{machine()}\n")
    print("| papers | cores | wall s | ms a paper | MiB | publish s | main, ms a paper | workers |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for times in arguments.times:
        with tempfile.TemporaryDirectory() as scratch:
            source = Path(scratch) / "bodies"
            _bodies(source, times)
            cores = [["taskset", "-c", "0"]] if arguments.one_core else []
            for before in [[], *cores]:
                print(_row(source, Path(scratch) / f"home-{len(before)}", before), flush=True)
    return 0


def _bodies(target: Path, times: float) -> None:
    """So many times the days at hand; of less than once, the last ones."""
    multiply(REAL if REAL.is_dir() else SAMPLE, target, max(1, int(times)))
    paths = sorted(target.glob("*.json"))
    for path in paths[: int(len(paths) * (1 - times))] if times < 1 else ():
        path.unlink()


def _row(source: Path, home: Path, before: list[str]) -> str:
    environment = {"PAPERHOUSE_HOME": str(home), "PAPERHOUSE_SITE__ENABLED": "false"}
    cost = measure([*before, PAPERHOUSE, "ingest", str(source), "--json"], environment)
    report: dict[str, Any]
    report, _ = json.JSONDecoder().raw_decode(cost.output[cost.output.index("{") :])
    seconds = {row["stage"]: row["seconds"] for row in report["timings"]}
    n_papers = report["changes"]["core.paper_versions"]["added"]
    workers = seconds.pop(IN_WORKERS, 0.0)
    main_s = sum(s for stage, s in seconds.items() if stage not in ("publish", "get bodies"))
    return (
        f"| {n_papers:,} | {'one' if before else 'all'} | {cost.wall_s:.1f} "
        f"| {1000 * cost.wall_s / n_papers:.2f} | {cost.pss_mib:,} | {seconds['publish']:.2f} "
        f"| {1000 * main_s / n_papers:.2f} | {1000 * workers / n_papers:.2f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
