"""A checked batch into a transaction: what `merge_batch` gives is written as it comes."""

from tasks.merge.batch import Batch, merge_batch
from tasks.merge.engine import Reassignments
from warehouse.lake.transaction import Transaction


def merge(transaction: Transaction, batch: Batch, replaced: Reassignments) -> None:
    """Merge everything a batch holds into the months it touches.

    Existing rows of the issues and papers in `replaced` give way to those of the batch.
    """
    for write in merge_batch(transaction, batch, replaced):
        put = transaction.append if write.is_added else transaction.replace
        put(write.table, write.partition, write.rows, write.change)
