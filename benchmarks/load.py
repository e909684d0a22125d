"""Loading API bodies from files to a queryable warehouse, beside what else could load them.

    python -m benchmarks.load --times 1 10 --repeat 3 --without dlt-defaults --save load.json

For the days at hand and many times as many: the first load, the same input again, and one more day.
With `--repeat` all contenders run so often, in turn, and the median run of each counts. Every
contender fills the same five tables, each in a process of its own; their row counts must
agree. `paperhouse` also validates, quarantines, lands, derives, versions and publishes.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measuring import PAPERHOUSE, Cost, machine, measure
from benchmarks.multiplied import multiply, one_more_day

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "digests" / "huggingface" / "api"
SAMPLE = ROOT / "tests" / "sample" / "huggingface" / "api"
RUNS = ("first", "again", "one more day")


@dataclass(frozen=True)
class Contender:
    """Something that loads a folder of bodies into a folder; gives its row counts."""

    name: str
    load: Callable[[Path, Path], tuple[Cost, dict[str, int]]]


def _script(module: str, *more: str) -> Callable[[Path, Path], tuple[Cost, dict[str, int]]]:
    def load(source: Path, target: Path) -> tuple[Cost, dict[str, int]]:
        command = [sys.executable, "-m", f"benchmarks.contenders.{module}"]
        cost = measure([*command, str(source), str(target), *more])
        return cost, json.loads(cost.output.splitlines()[-1])

    return load


def _paperhouse(source: Path, target: Path) -> tuple[Cost, dict[str, int]]:
    environment = {"PAPERHOUSE_HOME": str(target)}
    cost = measure([PAPERHOUSE, "ingest", str(source)], environment)
    tables = {"listings": "listings", "papers": "papers", "authors": "paper_authors"}
    query = ", ".join(f"(SELECT count(*) FROM core.{t}) AS {n}" for n, t in tables.items())
    counted = measure([PAPERHOUSE, "sql", f"SELECT {query}", "--format", "json"], environment)
    counts: dict[str, int] = json.loads(counted.output)[0]
    return cost, counts


CONTENDERS = (
    Contender("paperhouse", _paperhouse),
    Contender("dlt-defaults", _script("dlt_pipeline", "defaults")),
    Contender("dlt-parquet", _script("dlt_pipeline", "parquet")),
    Contender("dlt-arrow", _script("dlt_pipeline", "arrow")),
    Contender("duckdb-sql", _script("duckdb_sql")),
    Contender("pyarrow", _script("bare_arrow")),
)


@dataclass(frozen=True)
class Row:
    """One run of one contender; `times_ours` is its wall time over that of paperhouse."""

    n_days: int
    contender: str
    run: str
    wall_s: float
    cpu_s: float
    peak_mib: int
    """Of all its processes together."""
    n_papers: int
    times_ours: float

    def __str__(self) -> str:
        return (
            f"| {self.n_days:,} | {self.contender} | {self.run} | {self.wall_s:.1f} "
            f"| {self.cpu_s:.1f} | {self.peak_mib:,} | {self.n_papers:,} | {self.times_ours:.2f} |"
        )


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--without", nargs="*", default=[], help="contenders to leave out")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each, of which the median")
    parser.add_argument("--only-first", action="store_true", help="leave the later runs out")
    parser.add_argument("--save", type=Path, help="a JSON file for `benchmarks.plot`")
    arguments = parser.parse_args(words)
    chosen = [c for c in CONTENDERS if c.name not in arguments.without]
    runs = RUNS[:1] if arguments.only_first else RUNS
    described = machine()
    print(f"{described}\n")
    print("| days | contender | run | wall s | cpu s | peak MiB | papers | times paperhouse |")
    print("|---:|---|---|---:|---:|---:|---:|---:|")
    rows: list[Row] = []
    for times in arguments.times:
        with tempfile.TemporaryDirectory() as scratch:
            for row in _compare(Path(scratch), times, chosen, runs, arguments.repeat):
                print(row, flush=True)
                rows.append(row)
    if arguments.save:
        saved = {"machine": described, "rows": [asdict(row) for row in rows]}
        arguments.save.write_text(json.dumps(saved, indent=1) + "\n", encoding="utf-8")
    return 0


def _compare(
    scratch: Path, times: int, contenders: list[Contender], runs: tuple[str, ...], repeat: int
) -> Iterator[Row]:
    source = scratch / "bodies"
    n_days = multiply(REAL if REAL.is_dir() else SAMPLE, source, times)
    for run in runs:
        if run == "one more day":
            one_more_day(source)
            n_days += 1
        costs: dict[str, list[Cost]] = {contender.name: [] for contender in contenders}
        counts: dict[str, int] = {}
        for turn in range(repeat):
            for contender in contenders:
                target = scratch / f"{contender.name}-{turn}"
                cost, found = contender.load(source, target)
                counts = counts or found
                different = {n: c for n, c in found.items() if n in counts and c != counts[n]}
                if different:
                    raise RuntimeError(f"{contender.name} has {different}, not {counts}")
                costs[contender.name].append(cost)
        middle = {
            name: sorted(found, key=lambda cost: cost.wall_s)[repeat // 2]
            for name, found in costs.items()
        }
        ours = next(iter(middle.values())).wall_s
        for name, cost in middle.items():
            yield Row(
                n_days,
                name,
                run,
                round(cost.wall_s, 2),
                round(cost.cpu_s, 2),
                cost.pss_mib,
                counts["papers"],
                round(cost.wall_s / ours, 3),
            )


if __name__ == "__main__":
    sys.exit(main())
