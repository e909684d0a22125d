"""Whether two warehouses hold the same rows, and which rows only one of them has."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from schemas import LAKE, OPS
from tests.support.warehouse import Warehouse
from warehouse.lake.snapshot import Snapshot
from warehouse.publication.marts import views

KEYS = {
    "core.papers": ["paper_id"],
    "core.listings": ["issue_id", "paper_id"],
    "core.paper_authors": ["paper_id", "position"],
}
"""Tables of things that last, and what tells their rows apart."""


def snapshot_rows(snapshot: Snapshot) -> dict[str, pa.Table]:
    """Every table of the lake in key order, less the columns that tell of the run alone."""
    return {
        table.full_name: snapshot.dataset(table)
        .to_table(columns=[c for c in table.column_names if c not in ("run_id", "loaded_at")])
        .sort_by([(name, "ascending") for name in table.key])
        for table in LAKE
    }


def current_rows(warehouse: Warehouse) -> dict[str, pa.Table]:
    """`snapshot_rows` of the current snapshot of a warehouse."""
    return snapshot_rows(warehouse.lake.current())


def differences(one: dict[str, pa.Table], other: dict[str, pa.Table]) -> dict[str, list[Any]]:
    """For each table that is not the same: up to three rows that one side has alone."""
    found: dict[str, list[Any]] = {}
    for name, table in one.items():
        if not table.equals(other[name]):
            left, right = table.to_pylist(), other[name].to_pylist()
            found[name] = [row for row in (*left, *right) if row not in left or row not in right][
                :3
            ]
    return found


def differing_tables(file: Path, whole: Path) -> list[str]:
    """The tables of two published files, materialized marts among them, whose rows differ."""
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute(f"ATTACH '{whole}' AS whole (READ_ONLY)")
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE database_name != 'whole'"
        ).fetchall()
        assert {name for (name,) in tables} == {
            *(table.full_name for table in (*LAKE, *OPS)),
            *(view.full_name for view in views() if view.is_materialized),
        }
        filled = connection.execute(
            "SELECT DISTINCT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE estimated_size > 0"
        ).fetchall()
        return [
            name
            for (name,) in filled
            for one, other in ((name, f"whole.{name}"), (f"whole.{name}", name))
            if connection.execute(f"FROM {one} EXCEPT ALL FROM {other} LIMIT 1").fetchall()
        ]


def by_key(rows: list[dict[str, Any]], *key: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by the values of their key."""
    return {tuple(row[name] for name in key): row for row in rows}


def assert_nothing_became_null(before: Warehouse, after: Warehouse) -> None:
    """Every value that was known is still known, in all tables of things that last."""
    for table, key in KEYS.items():
        now = by_key(after.rows(f"SELECT * FROM {table}"), *key)
        for id_, row in by_key(before.rows(f"SELECT * FROM {table}"), *key).items():
            lost = [n for n, value in row.items() if value is not None and now[id_][n] is None]
            assert not lost, (table, id_, lost)
