"""Derived tables kept up to date with the papers, in the same snapshot.

Derived rows depend on a paper's row in core.papers and on the extractors' versions, and on nothing
else. A paper that was derived with these versions from this content keeps its rows; one with new
content is derived again; one that is gone (a provisional id that became a paper) loses them.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.executors import IN_PROCESS, Processes, n_cores, processes
from schemas import Change, Table
from schemas.core import PAPER_VERSIONS
from schemas.derived import DERIVED, PAPER_FACTS
from tasks.derive import READS, VERSION, derived_tables
from tasks.merge.current import current_papers
from tasks.merge.engine import places_of
from warehouse.lake.maintenance import Watch
from warehouse.lake.transaction import Transaction

POOL_FROM = 2_000
"""From this many papers on, processes on all cores derive them; starting these takes a second."""
CHUNK = 500
"""Papers submitted to the executor at once."""
AHEAD = 8_000
"""The most papers submitted before results are written: results wait in memory."""


@contextmanager
def deriving(transaction: Transaction, executor: Executor | None = None) -> Iterator["Deriving"]:
    """Derived tables that follow a transaction and are up to date at the end of the block.

    `executor` derives; without one this process does, or all cores when there are many papers. Few
    papers never go to processes of this machine: starting these takes longer.
    """
    with ExitStack() as pools:
        derived = Deriving(transaction, executor, pools)
        yield derived
        derived.write_all()


def derive_all(transaction: Transaction, watch: Watch = iter) -> None:
    """Bring the derived tables up to date in every month that has papers or derived rows; `watch`
    sees the outdated months go by."""
    files = (*transaction.places(PAPER_VERSIONS), *transaction.places(PAPER_FACTS))
    with deriving(transaction) as derived:
        derived.submit({file.partition for file in files}, watch=watch)
        derived.write_all(watch)


@dataclass(frozen=True)
class _Month:
    """A month of papers: those to derive, and those whose derived rows are removed."""

    name: str
    outdated: Mapping[str, str]
    """The papers to derive, each with the checksum of what is said of it now."""
    gone: frozenset[str]


class _Ready:
    """Derived rows of papers' texts that are there already."""

    def __init__(self, chunks: Sequence[Mapping[str, pa.Table]]) -> None:
        found: dict[Table, list[pa.Table]] = {table: [table.empty()] for table in DERIVED}
        seen: set[str] = set()
        for chunk in filter(None, chunks):
            contents = set(chunk[PAPER_FACTS.full_name]["content_sha256"].to_pylist())
            is_new = seen.isdisjoint(contents)
            for table, parts in found.items():
                rows = chunk[table.full_name]
                parts.append(rows if is_new else _of_contents(rows, contents - seen))
            seen |= contents
        self._tables = {table: _ByMonth(table, pa.concat_tables(p)) for table, p in found.items()}

    def of(self, month: _Month) -> tuple[set[str], dict[Table, pa.Table]]:
        """The outdated papers of a month that are ready as they are now, and their rows, in the
        order of keys."""
        tables = {table: rows.of(month.name) for table, rows in self._tables.items()}
        facts = tables[PAPER_FACTS].select(["paper_id", "content_sha256"]).to_pydict()
        pairs = zip(*facts.values(), strict=True)
        papers = {paper for paper, content in pairs if month.outdated.get(paper) == content}
        contents = {month.outdated[paper] for paper in papers}
        if contents.issuperset(facts["content_sha256"]):
            return papers, tables
        return papers, {table: _of_contents(rows, contents) for table, rows in tables.items()}


class _ByMonth:
    """Derived rows in the order of files: by month, then by key."""

    def __init__(self, table: Table, rows: pa.Table) -> None:
        self._rows = table.in_order(rows)
        self._places = places_of(self._rows["paper_month"])

    def of(self, month: str) -> pa.Table:
        return self._rows.slice(*self._places.get(month, (0, 0)))


def _of_contents(rows: pa.Table, contents: Collection[str]) -> pa.Table:
    is_one = pc.is_in(rows["content_sha256"], value_set=pa.array(sorted(contents), pa.string()))
    return rows.filter(is_one)


class Deriving:
    """What `deriving` gives its block: papers of one batch are derived while the next is loaded."""

    def __init__(
        self, transaction: Transaction, executor: Executor | None, pools: ExitStack
    ) -> None:
        self._transaction = transaction
        self._executor = executor
        self._pools = pools
        self._submitted: deque[tuple[_Month, dict[Table, pa.Table], list[Future[Any]]]] = deque()
        """Months, each with the rows that are there already and those that are being made."""

    def follow(self, months: Collection[str], ready: Sequence[Mapping[str, pa.Table]] = ()) -> None:
        """Write the results of the batch before, and submit the papers of the months that this one
        changed; those need no work whose current text is in tables that are `ready`, by full
        name."""
        self.write_all()
        self.submit(months, _Ready(ready))

    def submit(
        self, months: Iterable[str | None], ready: "_Ready | None" = None, watch: Watch = iter
    ) -> None:
        """Submit the papers of some months that are not derived as they are now."""
        ready = ready or _Ready(())
        found = (_month(self._transaction, name) for name in sorted(filter(None, months)))
        todo = list(filter(None, found))
        there = [(month, *ready.of(month)) for month in todo]
        n_papers = sum(len(month.outdated) - len(papers) for month, papers, _ in there)
        executor = self._executor_for(n_papers)
        for month, papers, tables in watch(there):
            while sum(len(earlier.outdated) for earlier, *_ in self._submitted) > AHEAD:
                self._write_month()
            rest = sorted(month.outdated.keys() - papers)
            chunks = (rest[start : start + CHUNK] for start in range(0, len(rest), CHUNK))
            parts = (_papers(self._transaction, month, chunk) for chunk in chunks)
            results = [executor.submit(derived_tables, part) for part in parts]
            self._submitted.append((month, tables, results))

    def write_all(self, watch: Watch = iter) -> None:
        """Write the results of everything that was submitted."""
        for _ in watch(list(self._submitted)):
            self._write_month()

    def _write_month(self) -> None:
        """Replace the derived rows of the month that was submitted first."""
        month, ready, results = self._submitted.popleft()
        made = [result.result() for result in results]
        for table in DERIVED:
            incoming = ready[table]
            if made:
                parts = (part[table.full_name] for part in made)
                incoming = table.in_order(pa.concat_tables([incoming, *parts]))
            existing = self._transaction.dataset(table, {month.name}).to_table()
            papers = {*month.outdated, *month.gone}
            rows, change = _replaced(table, existing, incoming, papers)
            if change:
                self._transaction.replace(table, month.name, rows, change)

    def _executor_for(self, n_papers: int) -> Executor:
        """A given cluster; else this process, or all cores when there are many papers."""
        is_ours = self._executor is None or isinstance(self._executor, Processes)
        if is_ours and (n_papers < POOL_FROM or n_cores() == 1):
            return IN_PROCESS
        if self._executor is None:
            self._executor = self._pools.enter_context(processes(n_cores()))
        return self._executor


def _month(transaction: Transaction, name: str) -> _Month | None:
    """What is to be done in a month; None when nothing is."""
    versions = transaction.dataset(PAPER_VERSIONS, {name})
    current = _by_paper(current_papers(versions, ["paper_id", "content_sha256"]))
    facts = transaction.dataset(PAPER_FACTS, {name})
    derived = _by_paper(facts.to_table(["paper_id", "content_sha256", "extractor_version"]))
    outdated = {
        paper: content
        for paper, (content,) in current.items()
        if derived.get(paper) != (content, VERSION)
    }
    gone = frozenset(derived.keys() - current.keys())
    return _Month(name, outdated, gone) if outdated or gone else None


def _papers(transaction: Transaction, month: _Month, papers: Collection[str]) -> pa.Table:
    """The current rows of some papers of a month."""
    return current_papers(transaction.dataset(PAPER_VERSIONS, {month.name}), READS, papers)


def _by_paper(rows: pa.Table) -> dict[str, tuple[str, ...]]:
    """Rows by their first column, the paper; the values are tuples of the other columns."""
    papers, *rest = (column.to_pylist() for column in rows.columns)
    return dict(zip(papers, zip(*rest, strict=True), strict=True))


def _replaced(
    table: Table, existing: pa.Table, incoming: pa.Table, papers: Collection[str]
) -> tuple[pa.Table, Change]:
    """Existing rows with those of some papers replaced, in key order; and what that changes. The
    incoming rows are in key order."""
    if not existing.num_rows:
        return incoming, Change(added=incoming.num_rows)
    is_theirs = pc.is_in(existing["paper_id"], value_set=pa.array(sorted(papers), pa.string()))
    before = existing.filter(is_theirs)
    is_first = before.num_rows == 0
    change = Change(added=incoming.num_rows) if is_first else _change(table, before, incoming)
    rows = pa.concat_tables([existing.filter(pc.invert(is_theirs)), incoming])
    return table.in_order(rows), change


def _change(table: Table, before: pa.Table, after: pa.Table) -> Change:
    was, now = _by_key(table, before), _by_key(table, after)
    return Change(
        added=len(now.keys() - was.keys()),
        changed=sum(was[key] != now[key] for key in now.keys() & was.keys()),
        removed=len(was.keys() - now.keys()),
    )


def _by_key(table: Table, rows: pa.Table) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(row[name] for name in table.key): row for row in rows.to_pylist()}
