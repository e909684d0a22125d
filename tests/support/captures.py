"""Captures of made-up records, and a store that merges them as a run does.

Everything is boring unless a test says otherwise: one page a capture, one hour between captures.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from schemas import Change, Table, papers
from schemas.core import CORE, PAPER_ALIASES, PAPER_VERSIONS
from tasks.merge.batch import Batch, PartitionWrite, is_in, merge_batch
from tasks.merge.engine import select
from tasks.merge.identity import existing_papers
from tasks.merge.resolve import resolve
from tasks.merge.to_arrow import Counts, Stamp, alias_rows, capture_rows, sightings, without
from tasks.parse.capture import Capture, Page
from tasks.parse.model import IssueRef, ParsedBody, Record, Reject, Span

STAMP = Stamp("run-1", datetime(2026, 11, 30, tzinfo=UTC))
DAY = "huggingface:daily:2026-11-20"
NEXT_DAY = "huggingface:daily:2026-11-23"
PAPER, OTHER = "2511.00001", "2511.00002"
UNREADABLE = Reject(99, "unreadable", "{}", Span(0, 2))


def at(hour: int) -> datetime:
    """A capture time."""
    return datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hour)


def record(arxiv_id: str | None = PAPER, title: str | None = None, **told: Any) -> Record:
    """A record that says its id and title and what a test adds."""
    name = title or f"Title of {arxiv_id}"
    return Record(0, name, name, arxiv_id)._replace(**told)


def page(
    *records: Record, rejects: tuple[Reject, ...] = (), witness: str = "api", **told: Any
) -> Page:
    """A parsed body; its hash follows from what it holds."""
    placed = tuple(found._replace(place=place) for place, found in enumerate(records))
    sha256 = hashlib.sha256(repr((placed, rejects, told)).encode()).hexdigest()
    return Page(sha256, "api/1", ParsedBody(placed, rejects, **told), witness)


def capture(
    hour: int,
    *records: Record,
    issue: str = DAY,
    is_partial: bool = False,
    witness: str | None = None,
) -> Capture:
    """A capture of one page; a partial one has an unreadable record besides. Unless it is given,
    the witness is the one whose bodies such an issue usually has."""
    rejects = (UNREADABLE,) if is_partial else ()
    ref = IssueRef.parse(issue)
    spoke = witness or ("api" if ref.source == "huggingface" else "text")
    return Capture(ref, at(hour), (page(*records, rejects=rejects, witness=spoke),))


Changes = dict[str, Change]
"""What a merge changed, by table name; tables it left alone are not in it."""


class Store:
    """Core tables in memory, merged into by the same function as those of a lake."""

    def __init__(self) -> None:
        self.tables: dict[Table, pa.Table] = {table: table.empty() for table in CORE}

    def dataset(self, table: Table, partitions: set[str] | None = None) -> ds.Dataset:
        """A table, as a transaction gives it."""
        rows = self.tables[table]
        if partitions is not None and table.partition:
            rows = rows.filter(is_in(table.partition, partitions))
        return ds.dataset(rows)

    def merge(self, *captures: Capture) -> Changes:
        """Merge one batch; gives what changed."""
        resolved = resolve(list(captures), existing_papers(self, captures))
        frames = sightings(resolved.candidates, STAMP)
        frames[PAPER_ALIASES] = alias_rows(resolved.aliases, resolved.candidates, STAMP)
        counted = [
            (landed, counts(landed, n_duplicate))
            for landed, n_duplicate in zip(captures, resolved.n_duplicate, strict=True)
        ]
        accepted = {table: without(rows, set()) for table, rows in frames.items()}
        changes = Changes()
        for write in merge_batch(self, Batch(accepted, capture_rows(counted, STAMP))):
            assert write.change, f"{write.table.full_name} is written and nothing changes"
            self._write(write)
            name = write.table.name
            changes[name] = changes.get(name, Change()) + write.change
        return changes

    def papers(self) -> list[dict[str, Any]]:
        """The rows of core.papers, by paper."""
        names = [column.name for column in papers.COLUMNS]
        rows: list[dict[str, Any]] = self._papers(names).sort_by("paper_id").to_pylist()
        return rows

    def paper(self, paper_id: str = PAPER) -> dict[str, Any]:
        """The row of core.papers of a paper."""
        [found] = [row for row in self.papers() if row["paper_id"] == paper_id]
        return found

    def _papers(self, names: list[str]) -> pa.Table:
        return select(
            f"SELECT {', '.join(names)} FROM ({papers.papers_sql('versions')})",
            versions=self.tables[PAPER_VERSIONS],
        )

    def rows(self, table: Table, **where: Any) -> list[dict[str, Any]]:
        """The rows of a table in file order, those that match."""
        found: list[dict[str, Any]] = self.tables[table].to_pylist()
        return [row for row in found if where.items() <= row.items()]

    def row(self, table: Table, **where: Any) -> dict[str, Any]:
        """The only row of a table that matches."""
        [found] = self.rows(table, **where)
        return found

    def column(self, table: Table, name: str, **where: Any) -> list[Any]:
        """One column of the rows that match."""
        return [row[name] for row in self.rows(table, **where)]

    def _write(self, write: PartitionWrite) -> None:
        table, before = write.table, self.tables[write.table]
        rest = before
        if not write.is_added:
            rest = before.slice(0, 0)
            if table.partition:
                rest = before.filter(pc.not_equal(before[table.partition], write.partition))
        rows = pa.concat_tables([rest, write.rows])
        order = filter(None, [table.partition, *table.key])
        self.tables[table] = rows.sort_by([(name, "ascending") for name in order])
        assert not self.tables[table].equals(before), f"{table.full_name} is what it was"


def counts(landed: Capture, n_duplicate: int) -> Counts:
    """The accounts of a capture whose readable records are all accepted."""
    n_rejects = sum(len(page.parsed.rejects) for page in landed.pages)
    return Counts(landed.n_parsed - n_rejects - n_duplicate, n_rejects, n_duplicate)
