"""`make bench`: the benchmarks that take minutes; `benchmarks/` has more, each by its own name."""

import sys

from benchmarks import load, night, startup


def main() -> int:
    """Run one after the other."""
    for benchmark in (load, night, startup):
        print(f"\n## {benchmark.__name__.rpartition('.')[2]}\n")
        benchmark.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
