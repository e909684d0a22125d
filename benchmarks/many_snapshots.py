"""A thousand nights on top of forty months: does a night get slower, does the disk grow?

    python -m benchmarks.many_snapshots [--nights 1000] [--whole]

Rows are generated and go in through the real merges, commits and publications; validation, whose
cost does not depend on the lake, is left out. Compared are the first and the last nights of one
run.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from flows.pipeline.merge import merge
from flows.pipeline.run import running
from schemas import Change
from schemas.core import PAPER_ALIASES
from tasks.merge.batch import Batch
from tasks.merge.engine import NO_REASSIGNMENTS
from tasks.merge.resolve import ExistingPapers, resolve
from tasks.merge.to_arrow import Counts, Stamp, capture_rows, sightings, without
from tasks.parse.capture import Capture, Page
from tasks.parse.model import Author, IssueRef, ParsedBody, Record
from warehouse.lake.maintenance import bytes_below
from warehouse.lake.snapshot import Lake, Snapshot
from warehouse.lake.transaction import Transaction
from warehouse.storage.home import Home

FIRST_DAY = date(2023, 1, 2)
N_BASE_DAYS = 40 * 21
N_PAPERS = 20
N_COMPARED = 20
SHOWN_EVERY = 100


def main() -> int:
    """Build the forty months, run the nights, print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=1000)
    parser.add_argument("--whole", action="store_true")
    arguments = parser.parse_args()
    n_nights = arguments.nights
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch) / "home")
        days = list(_weekdays(N_BASE_DAYS + n_nights))
        _night(home, [_capture(day, number) for number, day in enumerate(days[:N_BASE_DAYS])])
        compared: dict[int, float] = {}
        sizes = [bytes_below(home.lake)]
        for number, day in enumerate(days[N_BASE_DAYS:]):
            capture = _capture(day, N_BASE_DAYS + number)
            if N_COMPARED <= number < n_nights - N_COMPARED:
                _commit(home, [capture]) if arguments.whole else _touch(home, number)
            else:
                compared[number] = _night(home, [capture])
                sizes.append(bytes_below(home.lake))
            if number % SHOWN_EVERY == 0:
                _say(f"{number} nights")
    _report(list(compared.values()), sizes)
    return 0


def _report(seconds: list[float], sizes: list[int]) -> None:
    first, last = (statistics.median(s) for s in (seconds[:N_COMPARED], seconds[-N_COMPARED:]))
    _say(f"\nmedian night: {first:.3f} s at first, {last:.3f} s at last, ratio {last / first:.2f}")
    grown = [(after - before) / 2**10 for before, after in pairwise(sizes)]
    early, late = statistics.median(grown[:N_COMPARED]), statistics.median(grown[-N_COMPARED + 1 :])
    _say(f"lake: {sizes[0] / 2**20:.1f} MiB before the first night; a night adds")
    _say(f"{early:.0f} KiB at first, {late:.0f} KiB at last (medians)")


def _night(home: Home, captures: list[Capture]) -> float:
    """A whole run: lock, ledger, merge, commit, publication. Gives its seconds."""
    now = captures[-1].captured_at
    begun = time.perf_counter()
    with running(home, "benchmark", run_id=f"{now:%Y%m%d}", clock=lambda: now) as run:
        run.snapshot = _commit(home, captures)
    return time.perf_counter() - begun


def _touch(home: Home, number: int) -> None:
    """A snapshot in which one small table changes."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    transaction = Transaction(Lake(home.lake), run_id=f"touch-{number}", now=now)
    rows = PAPER_ALIASES.rows(
        {
            "alias_id": [f"title:{number:016x}"],
            "paper_id": ["2601.00001"],
            "resolved_by": ["title"],
            "run_id": [f"touch-{number}"],
            "payload_sha256": ["0" * 64],
            "parser_version": ["api/1"],
            "loaded_at": [now],
        }
    )
    transaction.replace(PAPER_ALIASES, None, rows, Change(added=1))
    transaction.commit()


def _commit(home: Home, captures: list[Capture]) -> Snapshot:
    """Merge and commit alone, for the nights between those that are compared."""
    now = captures[-1].captured_at
    transaction = Transaction(Lake(home.lake), run_id=f"{now:%Y%m%d}", now=now)
    merge(transaction, _checked(captures, Stamp(f"{now:%Y%m%d}", now)), NO_REASSIGNMENTS)
    return transaction.commit()


def _checked(captures: list[Capture], stamp: Stamp) -> Batch:
    resolved = resolve(captures, ExistingPapers())
    frames = sightings(resolved.candidates, stamp)
    counted = tuple((capture, Counts(capture.n_parsed, 0, 0)) for capture in captures)
    accepted = {table: without(rows, set()) for table, rows in frames.items()}
    accepted[PAPER_ALIASES] = PAPER_ALIASES.empty()
    return Batch(accepted, capture_rows(counted, stamp))


def _weekdays(n_days: int) -> Iterator[date]:
    day = FIRST_DAY
    while n_days:
        if day.weekday() < 5:
            yield day
            n_days -= 1
        day += timedelta(days=1)


def _capture(day: date, number: int) -> Capture:
    """A day of papers of its own month."""
    records = tuple(
        Record(
            place,
            f"Paper {number} {place}",
            f"Paper {number} {place}",
            arxiv_id=f"{day:%y%m}.{(number % 40) * 100 + place:05}",
            abstract=f"Abstract of {number} {place}. " * 30,
            authors=tuple(Author(f"Author {n}") for n in range(5)),
            upvotes=place,
            comments=0,
        )
        for place in range(N_PAPERS)
    )
    made_at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=30)
    page = Page(f"{number:064x}", "api/1", ParsedBody(records))
    return Capture(IssueRef("huggingface", "daily", str(day)), made_at, (page,))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
