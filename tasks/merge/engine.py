"""The engine of every merge: existing and incoming rows in, merged rows out.

Existing rows are of three kinds. Most have nothing in common with the incoming ones and stay. Those
of an issue or paper that the incoming rows have too are *touched*: one SELECT over `touched` and
`incoming` gives the rows that replace them. The rest is removed: rows of issues and papers that are
replaced, because the incoming rows contain them all, and rows of a provisional paper, which are
reassigned to the paper it was matched to.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas import Change, Table
from schemas.table import with_values
from tasks.merge.resolve import paper_month


@dataclass(frozen=True)
class Reassignments:
    """Existing rows to reassign or replace.

    Rows of the provisional papers in `aliases` (provisional id → paper) are reassigned to the paper
    they were matched to; rows of `issues` and `papers` are replaced by incoming rows.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    issues: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()


NO_REASSIGNMENTS = Reassignments()

_FEW_ROWS = 20_000
"""Up to so many rows, one thread merges faster than several, which wait for each other."""


@dataclass(frozen=True)
class Merged:
    """The rows of every partition read, and what changed in each. Where something changed, they are
    in the order of files: by partition, then by key."""

    table: Table
    rows: pa.Table
    changes: Mapping[str | None, Change]

    def partition(self, name: str | None) -> pa.Table:
        """All rows of one partition (None: of the unpartitioned table)."""
        if name is None:
            return self.rows
        first, n_rows = self._places.get(name, (0, 0))
        return self.rows.slice(first, n_rows)

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """By partition, the number of its first row and how many it has."""
        return places_of(self.rows[self.table.partition])


def places_of(column: pa.ChunkedArray) -> dict[str, tuple[int, int]]:
    """By value of a column that is in order, the number of its first row and how many it has."""
    found, first = {}, 0
    for counted in column.value_counts().to_pylist():
        found[counted["values"]] = (first, counted["counts"])
        first += counted["counts"]
    return found


def merge(
    table: Table,
    existing: pa.Table,
    incoming: pa.Table,
    merge_sql: str,
    reassignments: Reassignments = NO_REASSIGNMENTS,
    *,
    scope: str = "paper_id",
    **others: pa.Table,
) -> Merged:
    """Merge `incoming` into `existing`, both of the table's schema.

    `merge_sql` is a SELECT over `touched` and `incoming` and may use the tables in `others` by
    name. Touched are the existing rows whose `scope` column has a value that `incoming` has (or
    `within`, when `others` names it). Existing rows of the issues or papers that are replaced, by
    `scope`, are removed; those of provisional papers become incoming rows under their new ids.
    """
    key = ", ".join(table.key)
    order = ", ".join(filter(None, [table.partition, *table.key]))
    replaced = reassignments.issues if scope == "issue_id" else reassignments.papers
    aliases = reassignments.aliases if "paper_id" in table.column_names else {}
    if aliases:
        incoming = pa.concat_tables([incoming, _reassigned(existing, aliases, scope, replaced)])
    others.setdefault("within", incoming)
    if not (incoming.num_rows or others["within"].num_rows or replaced):
        return Merged(table, existing, {})
    given = {"existing": existing, "incoming": incoming, **others}
    is_large = sum(rows.num_rows for rows in given.values()) > _FEW_ROWS
    threads = (os.cpu_count() or 1) if is_large else 1
    with _database(os.getpid(), threads).cursor() as connection:
        for name, rows in given.items():
            connection.register(name, rows)
        removed = f"{scope} IN (SELECT unnest($replaced::VARCHAR[]))"
        parameters = {"replaced": sorted(replaced)}
        if aliases:
            removed += " OR paper_id IN (SELECT unnest($aliased::VARCHAR[]))"
            parameters["aliased"] = sorted(aliases)
        connection.execute(
            f"CREATE TEMP TABLE before_all AS SELECT *, ({removed}) AS is_removed FROM existing "
            f"WHERE {scope} IN (SELECT {scope} FROM within) OR ({removed})",
            parameters,
        )
        connection.execute(
            "CREATE TEMP VIEW touched AS "
            "SELECT * EXCLUDE (is_removed) FROM before_all WHERE NOT is_removed"
        )
        names = ", ".join(table.column_names)
        connection.execute(f"CREATE TEMP TABLE merged AS SELECT {names} FROM ({merge_sql})")
        changes = _changes(connection, table)
        rows = connection.execute(
            f"SELECT * FROM merged UNION ALL BY NAME "
            f"SELECT * FROM existing ANTI JOIN before_all USING ({key}) ORDER BY {order}"
        ).to_arrow_table()
    return Merged(table, rows.cast(table.arrow), changes)


@cache
def _database(_: int, threads: int) -> duckdb.DuckDBPyConnection:
    """The in-memory database of a process, given by its id; each merge has a session of it.

    Creating one takes about as long as merging a day. A forked process must neither use nor close
    its parent's database, whose threads it does not have.
    """
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def select(query: str, **tables: pa.Table) -> pa.Table:
    """The rows of a query over some tables by name, all with few rows."""
    with _database(os.getpid(), 1).cursor() as connection:
        for name, rows in tables.items():
            connection.register(name, rows)
        return connection.execute(query).to_arrow_table()


def forget() -> None:
    """Free the memory of the process's database; the next merge creates another one."""
    _database.cache_clear()


def _changes(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str | None, Change]:
    """How `merged` differs from `before_all`, by partition; unchanged ones are left out."""
    part = table.partition or "NULL::VARCHAR"
    keyed = f"{part} AS part, row({', '.join(table.key)}) AS id"
    counted = connection.execute(
        f"""
        SELECT coalesce(now.part, was.part),
               count(*) FILTER (was.id IS NULL),
               count(*) FILTER (now.whole IS DISTINCT FROM was.whole
                                AND now.id IS NOT NULL AND was.id IS NOT NULL),
               count(*) FILTER (now.id IS NULL)
        FROM (SELECT {keyed}, r AS whole FROM merged AS r) AS now
        FULL JOIN (
            SELECT {keyed}, r AS whole FROM (SELECT * EXCLUDE (is_removed) FROM before_all) AS r
        ) AS was ON now.id = was.id AND now.part IS NOT DISTINCT FROM was.part
        GROUP BY ALL
        """
    ).fetchall()
    return {partition: change for partition, *n in counted if (change := Change(*n))}


def _reassigned(
    existing: pa.Table, aliases: Mapping[str, str], scope: str, replaced: Collection[str]
) -> pa.Table:
    """The existing rows of provisional papers, with the ids and months they have now."""
    is_aliased = pc.is_in(existing["paper_id"], value_set=pa.array(sorted(aliases), pa.string()))
    is_replaced = pc.is_in(existing[scope], value_set=pa.array(sorted(replaced), pa.string()))
    rows = existing.filter(pc.and_not(is_aliased, is_replaced))
    papers = [aliases[paper] for paper in rows["paper_id"].to_pylist()]
    months = list(map(paper_month, papers))
    for name, values in (("paper_id", papers), ("arxiv_id", papers), ("paper_month", months)):
        if name in rows.column_names:
            rows = with_values(rows, name, values)
    return rows
