"""A judged batch into a draft: which months each merge needs, and where its result goes."""

from collections.abc import Collection, Mapping

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
from tasks.judge import Judged
from tasks.load import (
    Merged,
    merge_aliases,
    merge_authors,
    merge_captures,
    merge_issues,
    merge_listings,
    merge_observations,
    merge_versions,
)
from tasks.resolve import Known
from warehouse.draft import Draft


def known_papers(draft: Draft, titles: Collection[str]) -> Known:
    """What resolving a batch needs to know: papers by these title keys, and provisional ids."""
    provisional = draft.dataset(PAPER_VERSIONS, {NO_ID_MONTH}).to_table(columns=["paper_id"])
    by_title: dict[str, set[str]] = {}
    if titles:
        found = draft.dataset(PAPER_VERSIONS).to_table(
            columns=["title_key", "paper_id"], filter=_is_in("title_key", titles)
        )
        for row in found.to_pylist():
            by_title.setdefault(row["title_key"], set()).add(row["paper_id"])
    return Known(
        {key: frozenset(papers) for key, papers in by_title.items()},
        frozenset(provisional["paper_id"].to_pylist()),
    )


def merge_batch(draft: Draft, judged: Judged) -> None:
    """Merge everything a batch saw into the months it touches."""
    captures, new = judged.captures, judged.accepted
    months = _values(captures, "issue_month")
    _replace(draft, merge_captures(draft.dataset(CAPTURES, months).to_table(), captures))
    all_captures = draft.dataset(CAPTURES, months).to_table(
        filter=_is_in("issue_id", _values(captures, "issue_id"))
    )
    _replace(draft, merge_issues(draft.dataset(ISSUES, months).to_table(), all_captures))

    aliases = _new_aliases(draft, new[PAPER_ALIASES])
    known = _read(draft, LISTINGS, months, aliases)
    _replace(draft, merge_listings(known, new[LISTINGS], all_captures, aliases))
    for table, merge in ((PAPER_VERSIONS, merge_versions), (PAPER_AUTHORS, merge_authors)):
        known = _read(draft, table, _values(new[table], "paper_month"), aliases)
        _replace(draft, merge(known, new[table], aliases))
    _merge_observations(draft, new[OBSERVATIONS], aliases)


def _merge_observations(draft: Draft, new: pa.Table, aliases: Mapping[str, str]) -> None:
    """Observations are appended; only months with rows of an aliased paper are written anew."""
    rewritten = _months_of(draft, OBSERVATIONS, aliases)
    papers = _values(new, "paper_id") | set(aliases.values())
    past = draft.dataset(OBSERVATIONS).to_table(filter=_is_in("paper_id", papers))
    known = draft.dataset(OBSERVATIONS, rewritten).to_table()
    merged = merge_observations(known, new, past, aliases)
    for partition, change in merged.changes.items():
        put = draft.replace if partition in rewritten else draft.append
        put(OBSERVATIONS, partition, merged.partition(partition), change)


def _new_aliases(draft: Draft, aliases: pa.Table) -> dict[str, str]:
    """Put new aliases on record; gives those whose provisional rows must move."""
    known = draft.dataset(PAPER_ALIASES).to_table()
    _replace(draft, merge_aliases(known, aliases))
    return dict(zip(aliases["alias_id"].to_pylist(), aliases["paper_id"].to_pylist(), strict=True))


def _read(draft: Draft, table: Table, months: set[str], aliases: Mapping[str, str]) -> pa.Table:
    """The months a merge touches: those of the new rows and those of papers that move."""
    return draft.dataset(table, months | _months_of(draft, table, aliases)).to_table()


def _months_of(draft: Draft, table: Table, papers: Collection[str]) -> set[str]:
    """The partitions in which rows of these papers lie."""
    if not papers or table.partition is None:
        return set()
    rows = draft.dataset(table).to_table(
        columns=[table.partition], filter=_is_in("paper_id", papers)
    )
    return _values(rows, table.partition)


def _replace(draft: Draft, merged: Merged) -> None:
    for partition, change in merged.changes.items():
        draft.replace(merged.table, partition, merged.partition(partition), change)


def _is_in(column: str, values: Collection[str]) -> pc.Expression:
    return pc.field(column).isin(pa.array(sorted(values), pa.string()))


def _values(rows: pa.Table, column: str) -> set[str]:
    return set(rows[column].unique().to_pylist())
