"""Conflicts: whether two loads that began from the same snapshot may both be committed.

They may if neither depends on what the other changed: no month that one read or wrote was written
by the other, and no paper is listed by both. All that a merge reads of an issue or a paper is in
its month, except for papers identified by their titles alone, which may be in any month. Then the
rows are the same in whichever order the loads are committed.
"""

from collections.abc import Mapping

from schemas import LAKE, Table
from schemas.core import LISTINGS, NO_ID_MONTH, PAPER_VERSIONS
from warehouse.lake.diff import State
from warehouse.lake.snapshot import Snapshot, as_dataset
from warehouse.lake.transaction import Transaction

Months = set[str | None]


def collision(
    transaction: Transaction, asked: Mapping[str, Months], base: Snapshot, now: Snapshot
) -> str | None:
    """What conflicts between a transaction that began at `base` and the lake now, or None.

    `asked` are the partitions that the transaction read by name, by table.
    """
    for table in LAKE:
        theirs = changed(table, base, now)
        rewritten = {
            f.partition for f in base.places(table).keys() - transaction.places(table).keys()
        }
        both = theirs & (rewritten | asked.get(table.full_name, set()))
        if both:
            return f"{table.full_name} of {', '.join(sorted(map(str, both)))}"
    if NO_ID_MONTH in transaction.touched(PAPER_VERSIONS) and changed(PAPER_VERSIONS, base, now):
        return f"{PAPER_VERSIONS.full_name} while papers are identified by their titles"
    common = _papers(transaction, transaction.touched(LISTINGS)) & _papers(
        now, changed(LISTINGS, base, now)
    )
    return f"the listings of {len(common)} of the same papers" if common else None


def changed(table: Table, before: State, after: State) -> Months:
    """The partitions of a table whose files are not the same in both."""
    differing = before.places(table).keys() ^ after.places(table).keys()
    return {file.partition for file in differing}


def _papers(state: State, months: Months) -> set[str]:
    """The papers listed in some months."""
    paths = [path for file, path in state.places(LISTINGS).items() if file.partition in months]
    rows = as_dataset(LISTINGS, paths, state.storage).to_table(columns=["paper_id"])
    return set(rows["paper_id"].to_pylist())
