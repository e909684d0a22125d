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
from tasks.merge.engine import NO_MOVES, Merged, Moves
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
from tasks.quality.record_checks import Judged
from warehouse.lake.transaction import Draft


def known_papers(draft: Draft, captures: Iterable[Capture]) -> Known:
    """What resolving captures needs to know: papers by their titles, and provisional ids."""
    rows = draft.dataset(PAPER_VERSIONS, {NO_ID_MONTH}).to_table(columns=["paper_id"])
    provisional = frozenset(rows["paper_id"].to_pylist())
    titles = titles_to_look_up(captures, provisional)
    by_title: dict[str, set[str]] = {}
    if titles:
        found = draft.dataset(PAPER_VERSIONS).to_table(
            columns=["title_key", "paper_id"], filter=is_in("title_key", titles)
        )
        for row in found.to_pylist():
            by_title.setdefault(row["title_key"], set()).add(row["paper_id"])
    return Known({key: frozenset(papers) for key, papers in by_title.items()}, provisional)


def merge_batch(draft: Draft, judged: Judged, retold: Moves = NO_MOVES) -> None:
    """Merge everything a batch saw into the months it touches.

    What is known of the issues and papers in `retold` gives way to what the batch tells of them.
    """
    captures, new = judged.captures, judged.accepted
    aliases = _new_aliases(draft, new[PAPER_ALIASES])
    moves = replace(retold, aliases=aliases)
    moved = listed(draft, "issue_id", "paper_id", aliases)
    touched = _values(captures, "issue_id") | retold.issues | moved
    months = _values(captures, "issue_month") | _months_of(draft, ISSUES, retold.issues | moved)
    _replace(draft, merge_captures(draft.dataset(CAPTURES, months).to_table(), captures, moves))
    all_captures = draft.dataset(CAPTURES, months).to_table(filter=is_in("issue_id", touched))
    _replace(draft, merge_issues(draft.dataset(ISSUES, months).to_table(), all_captures, moves))

    known = draft.dataset(LISTINGS, months).to_table()
    _replace(draft, merge_listings(known, new[LISTINGS], all_captures, moves))
    leaving = moves.aliases.keys() | moves.papers
    for table, merge in ((PAPER_VERSIONS, merge_versions), (PAPER_AUTHORS, merge_authors)):
        written = _values(new[table], "paper_month") | _months_of(draft, table, leaving)
        _replace(draft, merge(draft.dataset(table, written).to_table(), new[table], moves))
    _merge_observations(draft, new[OBSERVATIONS], moves)


def _merge_observations(draft: Draft, new: pa.Table, moves: Moves) -> None:
    """Observations are appended; only months in which rows move are written anew."""
    rewritten = _months_of(draft, OBSERVATIONS, moves.aliases.keys() | moves.papers)
    staying = (_values(new, "paper_id") | set(moves.aliases.values())) - moves.papers
    past = draft.dataset(OBSERVATIONS).to_table(filter=is_in("paper_id", staying))
    known = draft.dataset(OBSERVATIONS, rewritten).to_table()
    merged = merge_observations(known, new, past, moves)
    for partition, change in merged.changes.items():
        put = draft.replace if partition in rewritten else draft.append
        put(OBSERVATIONS, partition, merged.partition(partition), change)


def _new_aliases(draft: Draft, aliases: pa.Table) -> dict[str, str]:
    """Put new aliases on record; gives those whose provisional rows must move."""
    known = draft.dataset(PAPER_ALIASES).to_table()
    _replace(draft, merge_aliases(known, aliases))
    return dict(zip(aliases["alias_id"].to_pylist(), aliases["paper_id"].to_pylist(), strict=True))


def listed(draft: Draft, what: str, where: str, ids: Collection[str]) -> set[str]:
    """The issues that list some papers, or the papers that some issues list or ever listed."""
    if not ids:
        return set()
    rows = draft.dataset(LISTINGS).to_table(columns=[what], filter=is_in(where, ids))
    return _values(rows, what)


def _months_of(draft: Draft, table: Table, scope: Collection[str]) -> set[str]:
    """The partitions in which rows of these issues (core.issues) or papers lie."""
    if not scope or table.partition is None:
        return set()
    column = "issue_id" if table is ISSUES else "paper_id"
    rows = draft.dataset(table).to_table(columns=[table.partition], filter=is_in(column, scope))
    return _values(rows, table.partition)


def _replace(draft: Draft, merged: Merged) -> None:
    for partition, change in merged.changes.items():
        draft.replace(merged.table, partition, merged.partition(partition), change)


def is_in(column: str, values: Collection[str]) -> pc.Expression:
    """Whether a text column has one of some values; of none, no row has."""
    return pc.field(column).isin(pa.array(sorted(values), pa.string()))


def _values(rows: pa.Table, column: str) -> set[str]:
    return set(rows[column].unique().to_pylist())
