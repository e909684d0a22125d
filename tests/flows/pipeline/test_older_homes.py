"""A home written by an earlier version opens, is upgraded, and loses nothing.

`tests/fixtures/home-<version>` is such a home, frozen: it is never written anew. It has no
publication; the first run makes one.
"""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from schemas import TABLES
from schemas.ops import RUNS
from tests.support.compare import current_rows
from tests.support.folders import FIXTURES
from tests.support.issues import T0, day, item
from tests.support.warehouse import Warehouse
from warehouse.lake.diff import diff
from warehouse.ledger import Ledger
from warehouse.publication.published import published_snapshot

FROZEN = sorted((FIXTURES).glob("home-*"))
NEW_COLUMNS = {"source", "witness", "n_witnesses", "is_current"}
"""Columns that tables of papers have since 0.2; `source` is older in other tables."""


@pytest.mark.parametrize("frozen", FROZEN, ids=lambda path: path.name)
def test_a_home_of_an_earlier_version_is_loaded_into_and_keeps_its_rows(
    frozen: Path, tmp_path: Path
) -> None:
    warehouse = Warehouse(frozen).copy_to(tmp_path / "home")
    before = current_rows(warehouse)

    body = day("2026-11-17", [item("2611.00003")], minutes=99)
    report = warehouse.load([body], now=T0 + timedelta(days=2))

    assert report.exit_code == 0
    assert published_snapshot(warehouse.file) == report.snapshot == 3
    lake = warehouse.lake
    assert diff(lake.snapshot(2), lake.snapshot(3))["core.listings"].added == 1
    after = current_rows(warehouse)
    for name, rows in before.items():
        filled = [column for column in rows.column_names if column not in NEW_COLUMNS]
        kept = after[name].select(filled).to_pylist()
        assert all(row in kept for row in rows.select(filled).to_pylist()), name
    assert after["core.paper_versions"]["source"].null_count == 0, "of a month that is rewritten"


def test_a_ledger_of_fewer_columns_gets_the_new_ones_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as old:
        old.execute(
            "CREATE TABLE runs (run_id TEXT NOT NULL, command TEXT NOT NULL, "
            "started_at TEXT NOT NULL, ended_at TEXT, outcome TEXT NOT NULL, "
            "version TEXT NOT NULL, PRIMARY KEY (run_id)) STRICT"
        )
        old.execute(
            "INSERT INTO runs VALUES ('r', 'ingest', '2026-11-20T00:00:00+00:00', NULL, 'ok', '0')"
        )
    old.close()

    ledger = Ledger(path)
    (row,) = ledger.rows(RUNS)
    ledger.close()

    assert set(row) == set(TABLES["ops.runs"].column_names)
    assert (row["run_id"], row["outcome"], row["snapshot"]) == ("r", "ok", None)


@pytest.mark.parametrize("frozen", FROZEN, ids=lambda path: path.name)
def test_what_adds_no_paper_publishes_a_home_of_an_earlier_version(
    frozen: Path, tmp_path: Path
) -> None:
    warehouse = Warehouse(frozen).copy_to(tmp_path / "home")
    done = warehouse.command("maintain")
    assert (done.returncode, done.stderr) == (0, "")
    assert warehouse.value("SELECT count(*) FROM core.papers") == 2
    past = warehouse.command("sql", "--as-of", "1", "SELECT count(*) FROM core.paper_authors")
    assert past.returncode == 0, past.stderr
