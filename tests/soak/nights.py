"""Looks for what many nights in a row get wrong: `python -m tests.soak.nights --nights 60`.

Options: `--first 2025-02-03` (the first night), `--digests FOLDER` (real digests). A replica serves
each day's first body at first, and its later one from the second night on, where there is one. It
sends no validators, and every night everything in a body that nobody loads is different:
indentation, order of keys, addresses of avatars, numbers of followers. The clock is moved night by
night. At the end the tables are held against the bodies themselves.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flows.jobs.nightly import night
from flows.pipeline.report import RunReport
from flows.pipeline.run import running
from flows.settings import Settings
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.replica.site import Site
from tests.support.folders import DIGESTS
from tests.support.warehouse import Warehouse

LATER_AFTER_DAYS = 2
MOST_REQUESTS = 30
COUNTS = ("upvotes", "comments", "github_stars")
LISTED_TWICE = "SELECT paper_id FROM core.listings GROUP BY paper_id HAVING count(*) > 1"
Counts = tuple[int | None, int | None, int | None]


@dataclass(frozen=True)
class BodiesOfANight(Bodies):
    """The bodies as they stand on a night; `again` is the folder of later ones."""

    again: str = "later"
    today: date = date.min

    def issue(self, day: date) -> bytes | None:
        raw = self.plain(day)
        return None if raw is None else noisy(raw, self.today.toordinal())

    def plain(self, day: date) -> bytes | None:
        """The body without tonight's noise."""
        later = self._section(self.again) / f"{day}.json"
        if (self.today - day).days >= LATER_AFTER_DAYS and later.exists():
            return later.read_bytes()
        first = self._section("api") / f"{day}.json"
        return first.read_bytes() if first.exists() else None


def noisy(body: bytes, number: int) -> bytes:
    """The same rows with all that is not loaded changed."""
    rows: list[dict[str, Any]] = json.loads(body)
    for row in rows:
        people = [row.get("submittedBy"), row["paper"].get("submittedOnDailyBy")]
        people += [author.get("user") for author in row["paper"].get("authors", [])]
        for person in filter(None, people):
            person["avatarUrl"] = f"https://cdn.example.org/{number}.png"
            person["followerCount"] = number
            person["isUserFollowing"] = bool(number % 2)
    turned = [dict(reversed(row.items())) if number % 2 else row for row in rows]
    return json.dumps(turned, indent=number % 4 or None).encode()


@dataclass
class Night:
    """What one night did."""

    today: date
    report: RunReport
    n_requests: int
    n_capture_records: int
    seconds: float
    outcomes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.outcomes.update(outcome.outcome for outcome in self.report.outcomes)

    def line(self) -> str:
        wrote = f"snapshot {self.report.snapshot}" if self.report.snapshot else "no snapshot"
        told = ", ".join(f"{n} {word}" for word, n in sorted(self.outcomes.items()))
        return (
            f"{self.today}: {self.n_requests} requests, {self.n_capture_records} bodies landed, "
            f"{wrote}; "
            f"{told}; {self.seconds:.1f} s"
        )


def live(
    warehouse: Warehouse, replica: Inside, bodies: BodiesOfANight, nights: list[date]
) -> Iterator[Night]:
    """Live through nights, each at six in the morning."""
    sources: dict[str, Any] = {"huggingface": {"base_url": replica.url}}
    settings = Settings(home=warehouse.home, sources=sources)
    for today in nights:
        at = datetime(today.year, today.month, today.day, 6, tzinfo=UTC)
        tonight = BodiesOfANight(bodies.folder, again=bodies.again, today=today)
        replica.change(site=Site(tonight, today), sends_etags=False)
        replica.forget()
        n_landed, begun = len(warehouse.capture_records()), time.monotonic()
        clock = partial(datetime.fromtimestamp, at.timestamp(), UTC)
        with running(warehouse.paths, "nightly", run_id=f"night-{today}", clock=clock) as run:
            night(run, settings, sleep=lambda _: None)
        n_capture_records = len(warehouse.capture_records()) - n_landed
        seconds = time.monotonic() - begun
        yield Night(today, run.report(), len(replica.requests()), n_capture_records, seconds)


def counts_of(row: dict[str, Any]) -> Counts:
    paper = row["paper"]
    return paper.get("upvotes"), row.get("numComments"), paper.get("githubStars")


def expected_curves(
    bodies: BodiesOfANight, days: list[date], first: date, last: date
) -> set[tuple[Any, ...]]:
    """The observations there must be, from the bodies alone: a paper's first counts, and its later
    ones where one of them says something else."""
    curves: set[tuple[Any, ...]] = set()
    for day in days:
        known: dict[str, Counts] = {}
        for today in (
            max(day, first),
            min(last, max(first, day + timedelta(days=LATER_AFTER_DAYS))),
        ):
            seen = BodiesOfANight(bodies.folder, again=bodies.again, today=today).plain(day)
            for row in json.loads(seen or b"[]"):
                paper_id, counts = row["paper"]["id"], counts_of(row)
                before = known.get(paper_id, (None, None, None))
                if any(n is not None and n != b for n, b in zip(counts, before, strict=True)):
                    curves.add((paper_id, *counts))
                known[paper_id] = counts
    return curves


def check(warehouse: Warehouse, bodies: BodiesOfANight, lived: list[Night]) -> list[str]:
    """What does not hold of what was promised; nothing, when all does."""
    last = lived[-1].today
    first = lived[0].today
    oldest = first - timedelta(days=14)
    days = [oldest + timedelta(days=n) for n in range((last - oldest).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    issues = [row["issue_key"] for row in warehouse.rows("SELECT issue_key FROM core.issues")]
    observed = warehouse.rows(f"SELECT paper_id, {', '.join(COUNTS)} FROM core.observations")
    # what two days list has one curve from both, which is not told by either body alone
    listed_twice = {row["paper_id"] for row in warehouse.rows(LISTED_TWICE)}
    told = {tuple(row.values()) for row in observed}
    found = {curve for curve in told if curve[0] not in listed_twice}
    all_curves = expected_curves(bodies, days, first, last)
    wanted = {curve for curve in all_curves if curve[0] not in listed_twice}
    unloaded = [
        n for n in lived if n.n_capture_records != n.outcomes["settled"] + n.outcomes["empty"]
    ]
    idle = [n for n in lived if not n.n_capture_records and n.report.snapshot is not None]
    faults = {
        "issues are not one row a day": sorted(issues) != [str(day) for day in days],
        f"a night made more than {MOST_REQUESTS} requests": any(
            n.n_requests > MOST_REQUESTS for n in lived
        ),
        "a body was landed of an issue that had not changed": unloaded,
        "a night without news wrote a snapshot": idle,
        f"{len(wanted - found)} observations are missing": wanted - found,
        f"{len(found - wanted)} observations are too many": found - wanted,
        "a night did not end well": any(n.report.exit_code for n in lived),
    }
    return [words for words, is_so in faults.items() if is_so]


def main() -> int:
    """Live, print each night, check; 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.nights", description=__doc__)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2025, 2, 3))
    parser.add_argument("--digests", type=Path, default=DIGESTS, help="folder of real digests")
    options = parser.parse_args()
    bodies = BodiesOfANight(options.digests, again="refetch")
    nights = [options.first + timedelta(days=n) for n in range(options.nights)]
    lived: list[Night] = []
    counted = ("core.issues", "core.observations")
    curves = "(FROM core.observations SELECT paper_id GROUP BY paper_id HAVING count(*) > 1)"
    with tempfile.TemporaryDirectory() as scratch:
        warehouse = Warehouse(Path(scratch) / "home")
        log = Path(scratch) / "requests.jsonl"
        with replica_inside(bodies, nights[0], log) as replica:
            for one in live(warehouse, replica, bodies, nights):
                lived.append(one)
                sys.stdout.write(one.line() + "\n")
                sys.stdout.flush()
        wrong = check(warehouse, bodies, lived)
        n_issues, n_observed, n_curves = (
            warehouse.value(f"SELECT count(*) FROM {what}") for what in (*counted, curves)
        )
    outcomes = sum((one.outcomes for one in lived), Counter[str]())
    sys.stdout.write(
        f"{len(lived)} nights, {sum(n.n_requests for n in lived)} requests, at most "
        f"{max(n.n_requests for n in lived)} a night; {n_issues} issues, "
        f"{n_observed} observations, {n_curves} papers with a curve; {dict(outcomes)}; "
        f"{sum(not n.report.snapshot for n in lived)} nights wrote no snapshot\n"
    )
    sys.stdout.write("".join(f"WRONG: {words}\n" for words in wrong) or "all as promised\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
