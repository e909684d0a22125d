"""Merges a batch into all tables: in which order, and which months each merge needs.

Nothing is written here. Existing rows are read through `Existing`, and what is to be written is
returned as values, so a run, a test and another process merge with the same code.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from schemas import Change, Table
from schemas.core import (
    CAPTURES,
    ISSUES,
    LISTINGS,
    OBSERVATIONS,
    PAPER_ALIASES,
    PAPER_AUTHORS,
    PAPER_VERSIONS,
)
from tasks.merge.engine import NO_REASSIGNMENTS, Merged, Reassignments
from tasks.merge.first_seen import FirstSeen, once, with_first_seen
from tasks.merge.tables import (
    merge_aliases,
    merge_authors,
    merge_captures,
    merge_issues,
    merge_listings,
    merge_observations,
    merge_versions,
)


class Existing(Protocol):
    """The tables before a merge."""

    def dataset(self, table: Table, partitions: set[str] | None = None) -> ds.Dataset:
        """A table, or only these partitions of it."""


@dataclass(frozen=True)
class Batch:
    """The rows of a batch of captures that passed the checks, by table, and a row of
    core.issue_captures for each capture."""

    accepted: Mapping[Table, pa.Table]
    captures: pa.Table
    new_bodies: frozenset[str] = frozenset()
    """SHA-256 of the bodies that are merged for the first time. Rows of other bodies are in the
    tables already; only those of issues and papers to be replaced are merged again."""

    def rows(self, replaced: Reassignments) -> Mapping[Table, pa.Table]:
        """The accepted rows to merge, by table."""
        if not replaced.issues:
            return self.accepted
        return {
            table: self._to_merge(rows, "issue_id", replaced.issues)
            if table is LISTINGS
            else self._to_merge(rows, "paper_id", replaced.papers)
            for table, rows in self.accepted.items()
        }

    def _to_merge(self, rows: pa.Table, column: str, ids: Collection[str]) -> pa.Table:
        is_replaced = pc.is_in(rows[column], value_set=pa.array(sorted(ids), pa.string()))
        new_bodies = pa.array(sorted(self.new_bodies), pa.string())
        is_new = pc.is_in(rows["payload_sha256"], value_set=new_bodies)
        return rows.filter(pc.or_(is_replaced, is_new))


@dataclass(frozen=True)
class PartitionWrite:
    """Rows for one partition of a table (None: of an unpartitioned one), and what they change.

    They replace the partition, or are added to it when `is_added`.
    """

    table: Table
    partition: str | None
    rows: pa.Table
    change: Change
    is_added: bool = False


def merge_batch(
    existing: Existing, batch: Batch, replaced: Reassignments = NO_REASSIGNMENTS
) -> Iterator[PartitionWrite]:
    """Merge a batch into the months it touches; yields each partition that changes.

    Rows of the batch replace existing ones of the issues and papers in `replaced`. Each table is
    read before its first write is yielded, and never after, so writes may be applied at once.
    """
    captures, incoming = batch.captures, batch.rows(replaced)
    new_aliases = incoming[PAPER_ALIASES]
    aliases = existing.dataset(PAPER_ALIASES).to_table()
    yield from _writes(merge_aliases(aliases, new_aliases, replaced))
    reassigned = replace(replaced, aliases=_pairs(new_aliases))
    listing = papers_or_issues(existing, "issue_id", "paper_id", reassigned.aliases)
    rewritten = reassigned.issues | listing
    touched = _values(captures, "issue_id") | rewritten
    months = _values(captures, "issue_month") | _months_of(existing, ISSUES, rewritten)
    issues = existing.dataset(ISSUES, months).to_table()
    listings = existing.dataset(LISTINGS, months).to_table()

    before = existing.dataset(CAPTURES, months).to_table()
    first = _first_seen(existing, before, captures, incoming, reassigned)
    merged = merge_captures(before, captures, reassigned)
    yield from _writes(merged)
    all_captures = merged.rows.filter(is_in("issue_id", touched))
    yield from _writes(merge_issues(issues, all_captures, reassigned))
    new, rest = first.split(LISTINGS, incoming[LISTINGS])
    several = all_captures.filter(is_in("issue_id", touched - first.issues))
    merged = merge_listings(listings, rest, several, reassigned)
    yield from _writes(with_first_seen(merged, new))
    removed = reassigned.aliases.keys() | reassigned.papers
    for table, merge in ((PAPER_VERSIONS, merge_versions), (PAPER_AUTHORS, merge_authors)):
        written = _values(incoming[table], "paper_month") | _months_of(existing, table, removed)
        rows = existing.dataset(table, written).to_table()
        new, rest = first.split(table, incoming[table])
        yield from _writes(with_first_seen(merge(rows, rest, reassigned), new))
    yield from _observations(existing, incoming[OBSERVATIONS], reassigned, first)


def _first_seen(
    existing: Existing,
    before: pa.Table,
    captures: pa.Table,
    incoming: Mapping[Table, pa.Table],
    reassigned: Reassignments,
) -> FirstSeen:
    """What of a batch is seen for the first time; `before` are the captures there are of the months
    of its issues."""
    versions = incoming[PAPER_VERSIONS]
    months = _values(versions, "paper_month")
    known = existing.dataset(PAPER_VERSIONS, months).to_table(columns=["paper_id"])
    papers = {*known["paper_id"].to_pylist(), *reassigned.papers, *reassigned.aliases.values()}
    issues = {*before["issue_id"].to_pylist(), *reassigned.issues}
    return FirstSeen(
        once(captures["issue_id"].to_pylist(), issues),
        once(versions["paper_id"].to_pylist(), papers),
    )


def _observations(
    existing: Existing, incoming: pa.Table, reassigned: Reassignments, first: FirstSeen
) -> Iterator[PartitionWrite]:
    """Observations are added; only months from which rows are removed are rewritten."""
    rewritten = _months_of(existing, OBSERVATIONS, reassigned.aliases.keys() | reassigned.papers)
    new, rest = first.split(OBSERVATIONS, incoming)
    staying = (_values(rest, "paper_id") | set(reassigned.aliases.values())) - reassigned.papers
    past = OBSERVATIONS.empty()
    if staying:
        past = existing.dataset(OBSERVATIONS).to_table(filter=is_in("paper_id", staying))
    rows = existing.dataset(OBSERVATIONS, rewritten).to_table()
    merged = with_first_seen(merge_observations(rows, rest, past, reassigned), new)
    for write in _writes(merged):
        yield replace(write, is_added=write.partition not in rewritten)


def papers_or_issues(existing: Existing, what: str, where: str, ids: Collection[str]) -> set[str]:
    """The issues that list some papers, or the papers that some issues list or ever listed.

    `what` is the column wanted of core.listings, `where` the one that has the `ids`.
    """
    if not ids:
        return set()
    rows = existing.dataset(LISTINGS).to_table(columns=[what], filter=is_in(where, ids))
    return _values(rows, what)


def is_in(column: str, values: Collection[str]) -> pc.Expression:
    """Whether a text column has one of these values."""
    return pc.field(column).isin(pa.array(sorted(values), pa.string()))


def _months_of(existing: Existing, table: Table, scope: Collection[str]) -> set[str]:
    """The partitions that have rows of these issues (for core.issues) or papers."""
    if not scope or table.partition is None:
        return set()
    column = "issue_id" if table is ISSUES else "paper_id"
    rows = existing.dataset(table).to_table(columns=[table.partition], filter=is_in(column, scope))
    return _values(rows, table.partition)


def _writes(merged: Merged) -> Iterator[PartitionWrite]:
    for partition, change in merged.changes.items():
        yield PartitionWrite(merged.table, partition, merged.partition(partition), change)


def _pairs(aliases: pa.Table) -> dict[str, str]:
    """Provisional id → paper."""
    return dict(zip(aliases["alias_id"].to_pylist(), aliases["paper_id"].to_pylist(), strict=True))


def _values(rows: pa.Table, column: str) -> set[str]:
    return set(rows[column].unique().to_pylist())
