"""A judged batch into a draft: which months each merge needs, and where its result goes."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from schemas import Table
from schemas.core import (
    CAPTURES,
    ISSUES,
    LISTINGS,
    NO_ID_MONTH,
    OBSERVATIONS,
    PAPER_ALIASES,
    PAPER_AUTHORS,
    PAPER_VERSIONS,
)
from tasks.merge.engine import NO_REASSIGNMENTS, Merged, Reassignments
from tasks.merge.resolve import Known, titles_to_look_up
from tasks.merge.tables import (
    merge_aliases,
    merge_authors,
    merge_captures,
    merge_issues,
    merge_listings,
    merge_observations,
    merge_versions,
)
from tasks.parse.capture import Capture
from tasks.quality.record_checks import CheckedRecords
from warehouse.lake.transaction import Transaction


def existing_papers(transaction: Transaction, captures: Iterable[Capture]) -> Known:
    """What resolving captures needs to know: papers by their titles, and provisional ids."""
    rows = transaction.dataset(PAPER_VERSIONS, {NO_ID_MONTH}).to_table(columns=["paper_id"])
    provisional = frozenset(rows["paper_id"].to_pylist())
    titles = titles_to_look_up(captures, provisional)
    by_title: dict[str, set[str]] = {}
    if titles:
        found = transaction.dataset(PAPER_VERSIONS).to_table(
            columns=["title_key", "paper_id"], filter=is_in("title_key", titles)
        )
        for row in found.to_pylist():
            by_title.setdefault(row["title_key"], set()).add(row["paper_id"])
    return Known({key: frozenset(papers) for key, papers in by_title.items()}, provisional)


def merge_batch(
    transaction: Transaction, checked: CheckedRecords, replaced: Reassignments = NO_REASSIGNMENTS
) -> None:
    """Merge everything a batch saw into the months it touches.

    What is known of the issues and papers in `replaced` gives way to what the batch tells of them.
    """
    captures, new = checked.captures, checked.accepted
    aliases = _new_aliases(transaction, new[PAPER_ALIASES])
    reassignments = replace(replaced, aliases=aliases)
    moved = listed(transaction, "issue_id", "paper_id", aliases)
    touched = _values(captures, "issue_id") | replaced.issues | moved
    months = _values(captures, "issue_month") | _months_of(
        transaction, ISSUES, replaced.issues | moved
    )
    _replace(
        transaction,
        merge_captures(transaction.dataset(CAPTURES, months).to_table(), captures, reassignments),
    )
    all_captures = transaction.dataset(CAPTURES, months).to_table(filter=is_in("issue_id", touched))
    _replace(
        transaction,
        merge_issues(transaction.dataset(ISSUES, months).to_table(), all_captures, reassignments),
    )

    known = transaction.dataset(LISTINGS, months).to_table()
    _replace(transaction, merge_listings(known, new[LISTINGS], all_captures, reassignments))
    leaving = reassignments.aliases.keys() | reassignments.papers
    for table, merge in ((PAPER_VERSIONS, merge_versions), (PAPER_AUTHORS, merge_authors)):
        written = _values(new[table], "paper_month") | _months_of(transaction, table, leaving)
        _replace(
            transaction,
            merge(transaction.dataset(table, written).to_table(), new[table], reassignments),
        )
    _merge_observations(transaction, new[OBSERVATIONS], reassignments)


def _merge_observations(
    transaction: Transaction, new: pa.Table, reassignments: Reassignments
) -> None:
    """Observations are appended; only months in which rows move are written anew."""
    rewritten = _months_of(
        transaction, OBSERVATIONS, reassignments.aliases.keys() | reassignments.papers
    )
    staying = (
        _values(new, "paper_id") | set(reassignments.aliases.values())
    ) - reassignments.papers
    past = transaction.dataset(OBSERVATIONS).to_table(filter=is_in("paper_id", staying))
    known = transaction.dataset(OBSERVATIONS, rewritten).to_table()
    merged = merge_observations(known, new, past, reassignments)
    for partition, change in merged.changes.items():
        put = transaction.replace if partition in rewritten else transaction.append
        put(OBSERVATIONS, partition, merged.partition(partition), change)


def _new_aliases(transaction: Transaction, aliases: pa.Table) -> dict[str, str]:
    """Put new aliases on record; gives those whose provisional rows must move."""
    known = transaction.dataset(PAPER_ALIASES).to_table()
    _replace(transaction, merge_aliases(known, aliases))
    return dict(zip(aliases["alias_id"].to_pylist(), aliases["paper_id"].to_pylist(), strict=True))


def listed(transaction: Transaction, what: str, where: str, ids: Collection[str]) -> set[str]:
    """The issues that list some papers, or the papers that some issues list or ever listed."""
    if not ids:
        return set()
    rows = transaction.dataset(LISTINGS).to_table(columns=[what], filter=is_in(where, ids))
    return _values(rows, what)


def _months_of(transaction: Transaction, table: Table, scope: Collection[str]) -> set[str]:
    """The partitions in which rows of these issues (core.issues) or papers lie."""
    if not scope or table.partition is None:
        return set()
    column = "issue_id" if table is ISSUES else "paper_id"
    rows = transaction.dataset(table).to_table(
        columns=[table.partition], filter=is_in(column, scope)
    )
    return _values(rows, table.partition)


def _replace(transaction: Transaction, merged: Merged) -> None:
    for partition, change in merged.changes.items():
        transaction.replace(merged.table, partition, merged.partition(partition), change)


def is_in(column: str, values: Collection[str]) -> pc.Expression:
    """Whether a text column has one of some values; of none, no row has."""
    return pc.field(column).isin(pa.array(sorted(values), pa.string()))


def _values(rows: pa.Table, column: str) -> set[str]:
    return set(rows[column].unique().to_pylist())
