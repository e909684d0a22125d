"""What a load of an older version left below a folder named like a partition: rows in its month."""

import json

from schemas import Table
from tests.support.warehouse import Warehouse


def move_partition(warehouse: Warehouse, table: Table, month: str, to: str) -> None:
    """Give the files of one month to another one, in folder and manifest."""
    root = warehouse.lake.current().root
    folder = root / table.full_name
    (folder / f"{table.partition}={month}").rename(folder / f"{table.partition}={to}")
    manifest = root / "snapshot.json"
    stored = json.loads(manifest.read_bytes())
    for file in stored["tables"][table.full_name]["files"]:
        if file["partition"] == month:
            file["partition"] = to
            file["path"] = file["path"].replace(f"={month}/", f"={to}/")
    manifest.write_text(json.dumps(stored), encoding="utf-8")
