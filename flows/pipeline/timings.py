"""Where the time of a run goes: seconds of this process by stage, for whoever operates it."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


class Timings:
    """Seconds by stage. What a stage within a stage takes is counted for the inner one alone, so
    all stages together are the time of the run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.worker_seconds = 0.0
        """Processor time of other processes, which work while this one does."""
        self._began = time.perf_counter()
        self._since = self._began
        self._stage = "other"

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Count the time of a block for a stage."""
        outer = self._switch(stage)
        try:
            yield
        finally:
            self._switch(outer)

    def each(self, stage: str, items: Iterable[Item]) -> Iterator[Item]:
        """The items; what it takes to get each is counted for a stage."""
        iterator = iter(items)
        while True:
            with self.of(stage):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def rows(self) -> list[dict[str, float | str]]:
        """One row for each stage, in the order in which they began first: seconds, and the share of
        the run; last, the processor time of workers."""
        self._switch(self._stage)
        whole = self._since - self._began
        rows: list[dict[str, float | str]] = [
            {"stage": stage, "seconds": round(taken, 3), "share": round(taken / whole, 3)}
            for stage, taken in self.seconds.items()
        ]
        if self.worker_seconds:
            taken = round(self.worker_seconds, 3)
            rows.append({"stage": "in workers, meanwhile", "seconds": taken, "share": 0.0})
        return rows

    def lines(self) -> list[str]:
        """The same for people."""
        rows = self.rows()
        width = max(len(str(row["stage"])) for row in rows)
        return [
            f"  {row['stage']:<{width}}  {row['seconds']:8.2f} s"
            + (f"  {row['share']:4.0%}" if row["share"] else "")
            for row in rows
        ]

    def _switch(self, stage: str) -> str:
        """Count the time until now for the stage that ends here; returns that."""
        now = time.perf_counter()
        before, self._stage = self._stage, stage
        self.seconds[before] = self.seconds.get(before, 0.0) + now - self._since
        self._since = now
        return before
