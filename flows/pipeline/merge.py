"""Writes a checked batch into a transaction, as `merge_batch` says."""

from schemas.core import PAPER_VERSIONS
from tasks.merge.batch import Batch, merge_batch
from tasks.merge.engine import Reassignments
from warehouse.lake.transaction import Transaction


def merge(transaction: Transaction, batch: Batch, replaced: Reassignments) -> set[str]:
    """Merge a batch into the months it touches; returns the months of papers that it changed.

    The rows of the batch replace existing rows of the issues and papers in `replaced`.
    """
    months: set[str] = set()
    for write in merge_batch(transaction, batch, replaced):
        put = transaction.append if write.is_added else transaction.replace
        put(write.table, write.partition, write.rows, write.change)
        if write.table is PAPER_VERSIONS and write.partition:
            months.add(write.partition)
    return months
