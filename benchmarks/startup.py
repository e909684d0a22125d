"""How soon each verb of the command answers, beside an empty Python.

python -m benchmarks.startup
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import PAPERHOUSE, machine, measure

SAMPLE = Path(__file__).parents[1] / "tests" / "sample" / "huggingface" / "api"
VERBS = (
    ("--help",),
    ("status",),
    ("tables",),
    ("describe", "core.listings"),
    ("sql", "SELECT 1"),
    ("search", "documents"),
    ("drift",),
    ("issues", "list"),
    ("quarantine", "list"),
    ("snapshots",),
    ("backfill", "--help"),
    ("doctor",),
)


def main() -> int:
    """Measure and print a table, the best of three runs each."""
    print(f"{machine()}\n")
    print("| command | s |\n|---|---:|")
    print(f"| `python -c pass` | {_best([sys.executable, '-c', 'pass'], {}):.2f} |")
    with tempfile.TemporaryDirectory() as home:
        environment = {"PAPERHOUSE_HOME": home}
        measure([PAPERHOUSE, "ingest", str(SAMPLE)], environment)
        for verb in VERBS:
            print(
                f"| `paperhouse {' '.join(verb)}` | {_best([PAPERHOUSE, *verb], environment):.2f} |"
            )
    return 0


def _best(command: list[str], environment: dict[str, str]) -> float:
    return min(measure(command, environment).wall_s for _ in range(3))


if __name__ == "__main__":
    sys.exit(main())
