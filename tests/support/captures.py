"""Captures of made-up records, and a store that merges them the way a run does.

Everything is boring unless a test says otherwise: one page a capture, one hour between captures.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from schemas import Change, Table
from schemas.core import (
    CAPTURES,
    CORE,
    ISSUES,
    LISTINGS,
    OBSERVATIONS,
    PAPER_ALIASES,
    PAPER_AUTHORS,
    PAPER_VERSIONS,
)
from tasks.merge.engine import Merged, Reassignments
from tasks.merge.resolve import Known, resolve
from tasks.merge.tables import (
    merge_aliases,
    merge_authors,
    merge_captures,
    merge_issues,
    merge_listings,
    merge_observations,
    merge_versions,
)
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


def page(*records: Record, rejects: tuple[Reject, ...] = (), **told: Any) -> Page:
    """A parsed body; its hash follows from what it holds."""
    placed = tuple(found._replace(place=place) for place, found in enumerate(records))
    sha256 = hashlib.sha256(repr((placed, rejects, told)).encode()).hexdigest()
    return Page(sha256, "api/1", ParsedBody(placed, rejects, **told))


def capture(hour: int, *records: Record, issue: str = DAY, is_partial: bool = False) -> Capture:
    """A capture of one page; a partial one has an unreadable record besides."""
    rejects = (UNREADABLE,) if is_partial else ()
    return Capture(IssueRef.parse(issue), at(hour), (page(*records, rejects=rejects),))


Changes = dict[str, Change]
"""What a merge changed, by table name; tables it left alone are not in it."""


class Store:
    """Core tables in memory, all or the ones named.

    Merging follows `flows/pipeline/merge.py`, without months and files.
    """

    def __init__(self, *only: Table) -> None:
        self.tables: dict[Table, pa.Table] = {table: table.empty() for table in CORE}
        self.merges = set(only or CORE)

    def merge(self, *captures: Capture) -> Changes:
        """Merge one batch; gives what changed."""
        resolved = resolve(list(captures), self.known())
        new = {t: without(r, set()) for t, r in sightings(resolved.candidates, STAMP).items()}
        aliases = without(alias_rows(resolved.aliases, resolved.candidates, STAMP), set())
        moved = dict(
            zip(aliases["alias_id"].to_pylist(), aliases["paper_id"].to_pylist(), strict=True)
        )
        counted = [
            (landed, counts(landed, n_duplicate))
            for landed, n_duplicate in zip(captures, resolved.n_duplicate, strict=True)
        ]
        now, changes = self.tables, Changes()
        if CAPTURES in self.merges:
            self._put(changes, merge_captures(now[CAPTURES], capture_rows(counted, STAMP)))
            self._put(changes, merge_issues(now[ISSUES], now[CAPTURES]))
            seen = now[CAPTURES]
            self._put(
                changes, merge_listings(now[LISTINGS], new[LISTINGS], seen, Reassignments(moved))
            )
        if moved:
            self._put(changes, merge_aliases(now[PAPER_ALIASES], aliases))
        for table, merge in ((PAPER_VERSIONS, merge_versions), (PAPER_AUTHORS, merge_authors)):
            if table in self.merges and (moved or new[table].num_rows):
                self._put(changes, merge(now[table], new[table], Reassignments(moved)))
        if OBSERVATIONS in self.merges and (moved or new[OBSERVATIONS].num_rows):
            past = now[OBSERVATIONS]
            self._put(
                changes, merge_observations(past, new[OBSERVATIONS], past, Reassignments(moved))
            )
        return changes

    def known(self) -> Known:
        """What resolving needs to know."""
        by_title: dict[str, set[str]] = {}
        for row in self.rows(PAPER_VERSIONS):
            by_title.setdefault(row["title_key"], set()).add(row["paper_id"])
        provisional = {p for papers in by_title.values() for p in papers if p.startswith("title:")}
        return Known({k: frozenset(v) for k, v in by_title.items()}, frozenset(provisional))

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

    def _put(self, changes: Changes, merged: Merged) -> None:
        name, before = merged.table.full_name, self.tables[merged.table].sort_by(by_key(merged))
        total = sum(merged.changes.values(), start=Change())
        is_same = merged.rows.sort_by(by_key(merged)).equals(before)
        assert is_same != bool(total), f"{name}: the changes do not tell whether it changed"
        self.tables[merged.table] = merged.rows
        if total:
            changes[merged.table.name] = total


def by_key(merged: Merged) -> list[tuple[str, str]]:
    """Ascending by key, as `sort_by` takes it."""
    return [(name, "ascending") for name in merged.table.key]


def counts(landed: Capture, n_duplicate: int) -> Counts:
    """The accounts of a capture whose readable records are all accepted."""
    n_rejects = sum(len(page.parsed.rejects) for page in landed.pages)
    return Counts(landed.n_parsed - n_rejects - n_duplicate, n_rejects, n_duplicate)
