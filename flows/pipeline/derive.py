"""Derived tables kept in step with what papers say now, in the same snapshot.

Derived rows are a function of a paper's current row and of the extractors' versions, of nothing
else. A paper read already with these versions and this content keeps its rows; one that says
something new is read again; one that is gone (a provisional id that became a paper) loses them.
"""

import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.executors import IN_PROCESS, Executor, Result, processes
from schemas import Change, Table
from schemas.core import PAPER_VERSIONS
from schemas.derived import DERIVED, PAPER_FACTS
from tasks.derive import READS, VERSION, derived_tables
from warehouse.lake.transaction import Transaction

POOL_FROM = 2_000
"""So many papers and more are read by processes on all cores; starting them takes a second."""
CHUNK = 500
"""Papers handed to a process at once."""
AHEAD = 8_000
"""Papers handed out at most before those of a month are put in: what is read is held in memory."""


@contextmanager
def deriving(transaction: Transaction, executor: Executor | None = None) -> Iterator["Deriving"]:
    """Derived tables that follow a draft, and are in step with it at the end of the block.

    `executor` reads the papers; without one that is this process, or all cores when there is much.
    """
    with ExitStack() as pools:
        following = Deriving(transaction, executor, pools)
        yield following
        following.catch_up()


def derive_all(transaction: Transaction) -> None:
    """Bring the derived tables up to date in every month there is or was."""
    files = (*transaction.places(PAPER_VERSIONS), *transaction.places(PAPER_FACTS))
    with deriving(transaction) as following:
        following.hand_out({file.partition for file in files})


@dataclass(frozen=True)
class _Month:
    """A month of papers: those to be read, and those whose derived rows go."""

    name: str
    unread: tuple[str, ...]
    gone: frozenset[str]

    def chunks(self) -> list[tuple[str, ...]]:
        """The papers to be read, in parts of a size that is worth handing to somebody."""
        starts = range(0, len(self.unread), CHUNK)
        return [self.unread[start : start + CHUNK] for start in starts]


class Deriving:
    """What `deriving` gives its block: papers a batch brought are read while the next is loaded."""

    def __init__(
        self, transaction: Transaction, executor: Executor | None, pools: ExitStack
    ) -> None:
        self._transaction = transaction
        self._executor = executor
        self._pools = pools
        self._seen = set(transaction.places(PAPER_VERSIONS))
        self._handed_out: deque[tuple[_Month, list[Result]]] = deque()

    def follow(self) -> None:
        """Put in what was read of the batch before, and hand out what this one brought."""
        self.catch_up()
        files = set(self._transaction.places(PAPER_VERSIONS))
        months = {file.partition for file in files ^ self._seen}
        self._seen = files
        self.hand_out(months)

    def hand_out(self, months: Iterable[str | None]) -> None:
        """Have the papers read that were not read as they are now; rows of others go."""
        found = (_month(self._transaction, name) for name in sorted(filter(None, months)))
        todo = list(filter(None, found))
        executor = self._executor_for(sum(len(month.unread) for month in todo))
        for month in todo:
            while self._n_handed_out > AHEAD:
                self._put_in()
            chunks = (_papers(self._transaction, month, chunk) for chunk in month.chunks())
            read = [executor.submit(derived_tables, papers) for papers in chunks]
            self._handed_out.append((month, read))

    def catch_up(self) -> None:
        """Put in everything that was handed out."""
        while self._handed_out:
            self._put_in()

    @property
    def _n_handed_out(self) -> int:
        return sum(len(month.unread) for month, _ in self._handed_out)

    def _put_in(self) -> None:
        """Put what was read of the month handed out first in the place of what was there."""
        month, read = self._handed_out.popleft()
        found = [result() for result in read]
        for table in DERIVED:
            known = self._transaction.dataset(table, {month.name}).to_table()
            new = pa.concat_tables([table.empty(), *(part[table.full_name] for part in found)])
            rows, change = renewed(table, known, new, {*month.unread, *month.gone})
            if change:
                self._transaction.replace(table, month.name, rows, change)

    def _executor_for(self, n_papers: int) -> Executor:
        """The runner there is; else this process, and all cores when there is much to read."""
        n_cores = os.cpu_count() or 1
        if self._executor is None and n_papers >= POOL_FROM and n_cores > 1:
            self._executor = self._pools.enter_context(processes(n_cores))
        return self._executor or IN_PROCESS


def _month(transaction: Transaction, name: str) -> _Month | None:
    """What is to be done in a month; None when nothing is."""
    versions = transaction.dataset(PAPER_VERSIONS, {name})
    is_current = pc.field("valid_to").is_null()
    current = _by_paper(versions.to_table(["paper_id", "content_sha256"], filter=is_current))
    facts = transaction.dataset(PAPER_FACTS, {name})
    known = _by_paper(facts.to_table(["paper_id", "content_sha256", "extractor_version"]))
    unread = [paper for paper, said in current.items() if known.get(paper) != (*said, VERSION)]
    gone = frozenset(known.keys() - current.keys())
    return _Month(name, tuple(sorted(unread)), gone) if unread or gone else None


def _papers(transaction: Transaction, month: _Month, papers: Collection[str]) -> pa.Table:
    """What some papers of a month say now."""
    is_wanted = pc.field("paper_id").isin(pa.array(papers, pa.string()))
    is_current = pc.field("valid_to").is_null()
    versions = transaction.dataset(PAPER_VERSIONS, {month.name})
    return versions.to_table(list(READS), filter=is_current & is_wanted)


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
