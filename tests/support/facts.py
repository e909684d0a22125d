"""Facts told one by one, as rows of tables: what a mart or a search makes of exactly these."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from schemas import TABLES, Table
from schemas.core import CAPTURES, ISSUES, LISTINGS, OBSERVATIONS, PAPER_VERSIONS
from schemas.ops import OUTCOMES
from tests.support.rows import rows_of


def at(text: str) -> datetime:
    """A moment in UTC: `at("2026-11-20 03:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Facts:
    """Issues, listings, papers and sightings; `tables` gives their rows by table."""

    def __init__(self) -> None:
        self.told: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: Table, **row: Any) -> None:
        """One row of any table; what it requires and is not given gets a plain value."""
        self.told.setdefault(table.full_name, []).append(row)

    def issue(self, name: str, *captures: str) -> None:
        """An issue such as `huggingface:daily:2026-11-20`, and when it was captured."""
        source, edition, key = name.split(":")
        moments = [at(capture) for capture in captures]
        self.add(
            ISSUES,
            issue_id=name,
            source=source,
            edition=edition,
            issue_key=key,
            issued_on=date.fromisoformat(key) if key[:2] == "20" else None,
            first_seen_at=moments[0],
            last_seen_at=moments[-1],
        )
        for moment in moments:
            self.add(CAPTURES, issue_id=name, captured_at=moment)

    def looked(self, name: str, moment: str) -> None:
        """A fetch that found the issue as it was."""
        self.add(OUTCOMES, issue_id=name, captured_at=at(moment), outcome="unchanged")

    def listing(self, name: str, paper: str, first: str, last: str, **rest: Any) -> None:
        """The paper's place in an issue, from its first capture there to its last."""
        self.add(
            LISTINGS,
            **{"listing_type": "listed", **rest},
            issue_id=name,
            paper_id=paper,
            first_seen_at=at(first),
            last_seen_at=at(last),
        )

    def paper(self, paper: str, **rest: Any) -> None:
        """A version of a paper, the current one unless `valid_to` is given."""
        self.add(PAPER_VERSIONS, **{"paper_id": paper, "title": f"Paper {paper}", **rest})

    def seen(self, paper: str, moment: str, **counts: int) -> None:
        """Counts that differ from those before."""
        self.add(
            OBSERVATIONS, paper_id=paper, source="huggingface", observed_at=at(moment), **counts
        )

    def tables(self) -> dict[str, pa.Table]:
        """The rows of each table that something was told of, by the table's full name."""
        return {name: _rows(TABLES[name], told) for name, told in self.told.items()}


def _rows(table: Table, told: list[dict[str, Any]]) -> pa.Table:
    plain = rows_of(table, len(told)).to_pylist()
    rows = [{**row, **given} for row, given in zip(plain, told, strict=True)]
    return pa.Table.from_pylist(rows, schema=table.arrow)
