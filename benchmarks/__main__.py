"""`make bench`: the benchmarks that take minutes; `benchmarks/` has more, each by its own name."""

import sys
from pathlib import Path

from benchmarks import load, night, plot, startup
from tests.support.folders import ROOT

RESULTS = Path(__file__).parent / "results"
PICTURES = ROOT / "docs" / "pictures"


def main() -> int:
    """Run one after the other; results of loading are kept and drawn."""
    print("\n## load\n")
    load.main(["--save", str(RESULTS / "load.json")])
    saved = sorted(map(str, RESULTS.glob("load*.json")))  # other sizes, measured by themselves
    plot.main([*saved, str(PICTURES / "load.svg")])
    for benchmark in (night, startup):
        print(f"\n## {benchmark.__name__.rpartition('.')[2]}\n")
        benchmark.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
