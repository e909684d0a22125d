"""A shared lake behind the interface of every lake: read, begun anew, kept in order."""

from datetime import datetime

from warehouse.lake.ducklake.lake import DuckLake
from warehouse.lake.ducklake.transaction import SharedTransaction
from warehouse.lake.snapshot import Snapshot
from warehouse.lake.transaction import Transaction


class SharedStore(DuckLake):
    """The snapshots of a shared lake, and the transactions that add to them."""

    is_shared = True

    def begin(self, *, run_id: str, now: datetime, base: Snapshot | None = None) -> Transaction:
        """The next snapshot, to be filled."""
        return SharedTransaction(self, run_id=run_id, now=now, base=base)

    def recover(self) -> None:
        """Nothing: what a crash left unseen may be another writer's; `expire` removes it later."""
