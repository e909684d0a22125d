"""Writes a checked batch into a transaction, as `merge_batch` says."""

from tasks.merge.batch import Batch, merge_batch
from tasks.merge.engine import Reassignments
from warehouse.lake.transaction import Transaction


def merge(transaction: Transaction, batch: Batch, replaced: Reassignments) -> None:
    """Merge a batch into the months it touches.

    The rows of the batch replace existing rows of the issues and papers in `replaced`.
    """
    for write in merge_batch(transaction, batch, replaced):
        put = transaction.append if write.is_added else transaction.replace
        put(write.table, write.partition, write.rows, write.change)
