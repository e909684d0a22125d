"""The state of a warehouse as one value: what is published, how runs ended, what needs a look."""

from dataclasses import asdict, dataclass
from typing import Any

from schemas.ops import QUARANTINE, RUNS
from warehouse.home import Home
from warehouse.lake import Lake
from warehouse.ledger import open_ledger
from warehouse.publication import published_snapshot
from warehouse.query import query

_RUNS_SHOWN = 5


@dataclass(frozen=True)
class Status:
    """What `paperhouse status` says. `runs` are the newest first."""

    home: str
    lake_snapshot: int
    published_snapshot: int | None
    sources: tuple[dict[str, Any], ...]
    runs: tuple[dict[str, Any], ...]
    n_quarantined: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> list[str]:
        """The state for people."""
        number = self.published_snapshot
        shown = "nothing yet" if number is None else f"snapshot {number}"
        lines = [f"home: {self.home}", f"published: {shown}"]
        if self.lake_snapshot != (self.published_snapshot or 0):
            lines.append(
                f"the lake is at snapshot {self.lake_snapshot}: the next run will publish it"
            )
        lines += [
            f"{row['source']} {row['edition']}: {row['n_issues']:,} issues, "
            f"newest {row['last_issue_on'] or 'without a date'}, "
            f"last taken {row['last_loaded_at']:%Y-%m-%d %H:%M} UTC"
            for row in self.sources
        ]
        lines.append(f"quarantine: {self.n_quarantined:,} open")
        lines += [
            f"run {row['run_id']} {row['command']}: {row['outcome']}"
            + (f": {row['error']}" if row["error"] else "")
            for row in self.runs
        ]
        return lines


def read_status(home: Home) -> Status:
    """Look at a home without changing it; an empty one has an empty status."""
    published = published_snapshot(home.publication)
    sources = []
    if published is not None:
        sources = query(home.publication, "SELECT * FROM ops.freshness ORDER BY ALL").to_pylist()
    with open_ledger(home.ledger) as ledger:
        runs = sorted(ledger.rows(RUNS), key=lambda row: row["started_at"], reverse=True)
        n_quarantined = len(ledger.rows(QUARANTINE, "state = 'open'"))
    return Status(
        str(home.root),
        Lake(home.lake).current().number,
        published,
        tuple(sources),
        tuple(runs[:_RUNS_SHOWN]),
        n_quarantined,
    )
