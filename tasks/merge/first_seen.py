"""The rows of a batch that meet no others: of papers and issues seen for the first time, and once.

There is nothing to merge them with. What the SQL of `tasks/merge/tables.py` makes of such a row is
the row itself and a few constants, so most of a first load need not pass through it. Both ways end
in the same rows: tests/tasks/merge/test_first_seen.py compares them.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from schemas import Change, Table
from schemas.core import LISTINGS, OBSERVATIONS, PAPER_AUTHORS, PAPER_VERSIONS
from schemas.papers import CONTENT, content_sha256_of
from schemas.table import with_values
from tasks.merge.engine import Merged


@dataclass(frozen=True)
class FirstSeen:
    """Issues with one capture in the batch and none before, and papers with one record in the batch
    and none before."""

    issues: frozenset[str]
    papers: frozenset[str]

    def split(self, table: Table, rows: pa.Table) -> tuple[pa.Table, pa.Table]:
        """The incoming rows of a table that meet no others, and the rest."""
        column, ids = ("issue_id", self.issues) if table is LISTINGS else ("paper_id", self.papers)
        if not ids:
            return rows.slice(0, 0), rows
        is_first = pc.is_in(rows[column], value_set=pa.array(sorted(ids), pa.string()))
        if pc.all(is_first).as_py():
            return rows, rows.slice(0, 0)
        return rows.filter(is_first), rows.filter(pc.invert(is_first))


def once(ids: Iterable[str], known: Collection[str]) -> frozenset[str]:
    """The ids that occur once and are not known."""
    return frozenset(name for name, n in Counter(ids).items() if n == 1).difference(known)


def with_first_seen(merged: Merged, rows: pa.Table) -> Merged:
    """A merged table with incoming rows that meet no others."""
    table = merged.table
    rows = _completed(table, rows)
    if not rows.num_rows:
        return merged
    counted = rows[table.partition].value_counts().to_pylist()
    changes = dict(merged.changes)
    for count in counted:
        added = Change(added=count["counts"])
        changes[count["values"]] = changes.get(count["values"], Change()) + added
    return Merged(table, table.in_order(pa.concat_tables([merged.rows, rows])), changes)


def _completed(table: Table, rows: pa.Table) -> pa.Table:
    """Rows with the columns that merging fills."""
    if table is PAPER_VERSIONS:
        is_known = pc.not_equal(rows["content_sha256"], "")
        return rows if pc.all(is_known).as_py() else _with_content(rows)
    if table is PAPER_AUTHORS:
        return with_values(rows, "is_current", pa.repeat(pa.scalar(True), rows.num_rows))
    if table is OBSERVATIONS:
        counts = [rows[name].is_valid() for name in ("upvotes", "comments", "github_stars")]
        return rows.filter(pc.or_(pc.or_(counts[0], counts[1]), counts[2]))
    return rows


def _with_content(rows: pa.Table) -> pa.Table:
    """Rows of core.paper_versions with the checksums of what they say."""
    said = zip(*(rows[name].to_pylist() for name in CONTENT), strict=True)
    return with_values(rows, "content_sha256", map(content_sha256_of, said))
