"""A shared lake with the interface of every lake."""

from datetime import datetime

from warehouse.lake.ducklake.lake import DuckLake
from warehouse.lake.ducklake.transaction import SharedTransaction
from warehouse.lake.snapshot import Snapshot
from warehouse.lake.transaction import Transaction


class SharedStore(DuckLake):
    """The snapshots of a shared lake, and the transactions that add to them."""

    is_shared = True

    def begin(self, *, run_id: str, now: datetime, base: Snapshot | None = None) -> Transaction:
        """Begin the next snapshot."""
        return SharedTransaction(self, run_id=run_id, now=now, base=base)

    def recover(self) -> None:
        """Nothing to do: leftovers may be another writer's; `expire` removes them later."""
