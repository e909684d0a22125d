"""Derived tables kept in step with what papers say now, in the same snapshot.

Derived rows are a function of a paper's current row and of the extractors' versions, of nothing
else. A paper read already with these versions and this content keeps its rows; one that says
something new is read again; one that is gone (a provisional id that became a paper) loses them.
"""

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas import Change, Table
from schemas.core import PAPER_VERSIONS
from schemas.derived import PAPER_FACTS
from tasks.derive import VERSION, derived_rows
from warehouse.draft import Draft

_READ = (
    "paper_id",
    "title",
    "abstract",
    "github_repo",
    "project_page",
    "ai_keywords",
    "content_sha256",
    "paper_month",
)


def derive_touched(draft: Draft) -> None:
    """Bring the derived tables up to date in the months whose papers the draft changed."""
    _derive(draft, draft.touched(PAPER_VERSIONS))


def derive_all(draft: Draft) -> None:
    """Bring the derived tables up to date in every month there is or was."""
    files = (*draft.places(PAPER_VERSIONS), *draft.places(PAPER_FACTS))
    _derive(draft, {file.partition for file in files})


def _derive(draft: Draft, months: set[str | None]) -> None:
    for month in sorted(filter(None, months)):
        _derive_month(draft, month)


def _derive_month(draft: Draft, month: str) -> None:
    """Read the papers of a month that were not read as they are now, and drop rows of others."""
    versions = draft.dataset(PAPER_VERSIONS, {month})
    is_current = pc.field("valid_to").is_null()
    current = _by_paper(versions.to_table(["paper_id", "content_sha256"], filter=is_current))
    facts = draft.dataset(PAPER_FACTS, {month})
    known = _by_paper(facts.to_table(["paper_id", "content_sha256", "extractor_version"]))
    unread = {paper for paper, said in current.items() if known.get(paper) != (*said, VERSION)}
    gone = known.keys() - current.keys()
    if not unread and not gone:
        return
    is_unread = pc.field("paper_id").isin(pa.array(sorted(unread), pa.string()))
    papers = versions.to_table(list(_READ), filter=is_current & is_unread).to_pylist()
    for table, new in derived_rows(papers).items():
        known_rows = draft.dataset(table, {month}).to_table()
        rows, change = renewed(table, known_rows, new, unread | gone)
        if change:
            draft.replace(table, month, rows, change)


def _by_paper(rows: pa.Table) -> dict[str, tuple[str, ...]]:
    """The other columns of rows by their first, the paper."""
    papers, *rest = (column.to_pylist() for column in rows.columns)
    return dict(zip(papers, zip(*rest, strict=True), strict=True))


def renewed(
    table: Table, known: pa.Table, new: pa.Table, papers: Collection[str]
) -> tuple[pa.Table, Change]:
    """Known rows, those of some papers replaced by `new`, in key order; and what that changes."""
    is_theirs = pc.is_in(known["paper_id"], value_set=pa.array(sorted(papers), pa.string()))
    theirs = known.filter(is_theirs)
    change = _change(table, theirs, new) if theirs.num_rows else Change(added=new.num_rows)
    rows = pa.concat_tables([known.filter(pc.invert(is_theirs)), new])
    return rows.sort_by([(name, "ascending") for name in table.key]), change


def _change(table: Table, before: pa.Table, after: pa.Table) -> Change:
    was, now = _by_key(table, before), _by_key(table, after)
    return Change(
        added=len(now.keys() - was.keys()),
        changed=sum(was[key] != now[key] for key in now.keys() & was.keys()),
        removed=len(was.keys() - now.keys()),
    )


def _by_key(table: Table, rows: pa.Table) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(row[name] for name in table.key): row for row in rows.to_pylist()}
