"""The same bodies loaded by several runs, in one order or another, and what they list then."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from tests.support.compare import current_rows
from tests.support.issues import T0, Body
from tests.support.warehouse import Warehouse


def loaded_apart(folder: Path, bodies: Sequence[Body], size: int = 1) -> Warehouse:
    """A warehouse into which bodies were loaded in this order, some at a time."""
    warehouse = Warehouse(folder)
    for number, start in enumerate(range(0, len(bodies), size)):
        now = T0 + timedelta(days=1, minutes=number)
        warehouse.load(bodies[start : start + size], now=now)
    return warehouse


def listings(warehouse: Warehouse) -> list[tuple[str, str]]:
    """Day and paper of every listing, also of those removed later."""
    rows = current_rows(warehouse)["core.listings"].to_pylist()
    return sorted((row["issue_id"].rpartition(":")[2], row["paper_id"]) for row in rows)
