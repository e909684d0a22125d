"""What validation costs: `python -m benchmarks.validation`.

One process loads every API body at hand; the time spent in Great Expectations, for whole issues and
for their records, is set against the whole load and against importing it. Processor time is the
better measure where the machine has other work.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.load import REAL, SAMPLE
from flows.jobs.ingest import ingest
from flows.settings import Settings
from tasks.quality import issue_checks, record_checks, validate

NOW = datetime(2026, 8, 20, tzinfo=UTC)


class Watch:
    """Wall and processor time spent under some names, in seconds."""

    def __init__(self) -> None:
        self.spent: dict[str, tuple[float, float]] = {}

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        """Do the work and add its time to what is known under the name."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            return work()
        finally:
            known = self.spent.get(name, (0.0, 0.0))
            now = time.perf_counter() - wall, time.process_time() - cpu
            self.spent[name] = known[0] + now[0], known[1] + now[1]

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time taken at every call."""
        return lambda *arguments: self.run(name, lambda: function(*arguments))


def main() -> None:
    """Measure and print a table."""
    folder = REAL if REAL.is_dir() else SAMPLE
    watch = Watch()
    watch.run("importing Great Expectations", validate.great_expectations)
    for name, module in {
        "rules about issues": issue_checks,
        "rules about records": record_checks,
    }.items():
        module.validate = watch.around(name, module.validate)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=Path(scratch) / "home")
        report = watch.run(
            "the load, all but the import",
            lambda: ingest(settings, [str(folder)], clock=lambda: NOW),
        )
    print(f"{report.count('n_parsed'):,} records, {len(report.outcomes)} issues\n")
    print("| what | wall s | CPU s | CPU of the load |\n|---|---:|---:|---:|")
    whole = watch.spent["the load, all but the import"][1]
    for name, (wall, cpu) in watch.spent.items():
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {cpu / whole:.2f} |")


if __name__ == "__main__":
    main()
