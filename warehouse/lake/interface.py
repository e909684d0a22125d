"""One interface for both kinds of lake, local and shared."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from warehouse.lake.maintenance import Damage, Watch, expire, verify
from warehouse.lake.snapshot import Lake, Snapshot
from warehouse.lake.transaction import Transaction, recover
from warehouse.storage.home import Home, SharedLake


class Store(Protocol):
    """The snapshots of a warehouse: to read, to extend and to maintain."""

    is_shared: bool
    """Whether other homes may commit to it at any time."""

    def empty(self) -> Snapshot: ...
    def current(self) -> Snapshot: ...
    def snapshot(self, number: int) -> Snapshot: ...
    def numbers(self) -> list[int]: ...
    def history(self) -> Iterator[Snapshot]: ...
    def begin(self, *, run_id: str, now: datetime, base: Snapshot | None = None) -> Transaction: ...
    def recover(self) -> None: ...
    def expire(self, *, keep_count: int, keep_days: int, now: datetime) -> list[int]: ...
    def verify(self, watch: Watch = iter) -> Iterator[Damage]: ...


class LocalStore(Lake):
    """The lake in the folder of a home."""

    is_shared = False

    def begin(self, *, run_id: str, now: datetime, base: Snapshot | None = None) -> Transaction:
        return Transaction(self, run_id=run_id, now=now, base=base)

    def recover(self) -> None:
        recover(self)

    def expire(self, *, keep_count: int, keep_days: int, now: datetime) -> list[int]:
        return expire(self, keep_count=keep_count, keep_days=keep_days, now=now)

    def verify(self, watch: Watch = iter) -> Iterator[Damage]:
        return verify(self, watch)


def open_store(home: Home) -> Store:
    """The lake of a home: its own, or the one it shares with others."""
    if home.shared is None:
        return LocalStore(home.lake)
    from warehouse.lake.ducklake.store import SharedStore  # noqa: PLC0415 - only who shares needs it

    return SharedStore(home.shared)


def shared_lake(lake: str, data: str | None) -> SharedLake:
    """The address of a shared lake from its two settings.

    Raises `ValueError` that says what to write, and no secret.
    """
    from warehouse.lake.ducklake.address import parse_address  # noqa: PLC0415 - as above

    return parse_address(lake, data)
