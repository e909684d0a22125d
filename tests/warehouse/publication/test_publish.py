"""Readers see one whole snapshot, always; and the file explains itself."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from schemas import LAKE, OPS, TABLES
from schemas.core import LISTINGS
from schemas.ops import RUNS
from schemas.papers import COLUMNS
from tests.support.process import run_python, started
from tests.support.rows import NOW, november, rows_of
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.lake.snapshot import DataFile, LakeUnreadable, Snapshot, TableFiles
from warehouse.publication.marts import views
from warehouse.publication.publish import layout_of
from warehouse.publication.published import PublicationUnreadable, published_snapshot

COUNT = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    print(connection.sql("SELECT count(*) FROM core.listings").fetchone()[0])
"""
HOLD_FOR_WRITING = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""
READ = "SELECT count(*) FROM core.listings"


@pytest.mark.parametrize("n_mib", [1, 10, 100, 1_000, 100_000])
def test_a_file_is_built_within_the_same_memory_however_large_the_lake(
    n_mib: int, tmp_path: Path
) -> None:
    files = tuple(DataFile(f"{n}.parquet", f"{n}", 1, 2**20, "") for n in range(n_mib))
    layout = layout_of(Snapshot(1, tmp_path, tables={"core.listings": TableFiles(files)}))
    assert layout.memory_mib <= 256


def test_the_file_stands_alone(published: Warehouse) -> None:
    names = {path.name for path in published.home.iterdir()}
    assert names == {"lake", "warehouse.duckdb"}


def test_it_has_everything_that_is_described_and_nothing_else(published: Warehouse) -> None:
    found = published.tuples(
        "SELECT schema_name || '.' || table_name, 'TABLE' FROM duckdb_tables() UNION ALL "
        "SELECT schema_name || '.' || view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal",
    )
    tables = {(table.full_name, "TABLE") for table in (*LAKE, *OPS)}
    marts = {(view.full_name, view.kind) for view in views()}
    assert set(found) == {*tables, *marts, ("core.papers", "VIEW")}


def test_everything_carries_its_description(published: Warehouse) -> None:
    found: dict[str, str] = dict(
        published.tuples(
            "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() UNION ALL "
            "SELECT schema_name || '.' || view_name, comment FROM duckdb_views() "
            "WHERE NOT internal",
        )
    )
    assert untold(found.pop("core.papers"), "paper", "current", "core.paper_versions") == []
    tables = {name: table.prose for name, table in TABLES.items()}
    assert found == tables | {view.full_name: view.prose for view in views()}


def test_every_column_of_a_table_carries_its_description_type_and_nullability(
    published: Warehouse,
) -> None:
    found = published.tuples(
        "SELECT c.schema_name || '.' || c.table_name, c.column_name, c.comment, c.is_nullable, "
        "replace(c.data_type, 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ') "
        "FROM duckdb_columns() AS c JOIN duckdb_tables() USING (table_oid, database_oid) "
        "WHERE c.schema_name != 'mart'",
    )
    described = {
        (name, column.name, column.comment, column.nullable, column.duckdb_type)
        for name, table in TABLES.items()
        for column in table.columns
    }
    assert set(found) == described


def test_every_column_of_every_mart_carries_its_meaning(published: Warehouse) -> None:
    found = published.tuples(
        "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() "
        "WHERE schema_name = 'mart' OR (schema_name = 'core' AND table_name = 'papers')",
    )
    described = {
        (view.full_name, column, meaning)
        for view in views()
        for column, meaning in view.columns.items()
    }
    papers = {row for row in found if row[0] == "core.papers"}
    assert len(papers) == len(COLUMNS)
    assert set(found) - papers == described
    assert [row for row in found if not row[2]] == []


def test_every_view_can_be_read_and_has_no_nested_columns_in_the_marts(
    published: Warehouse,
) -> None:
    for view in views():
        published.tuples(f"SELECT * FROM {view.full_name}")
    nested = published.tuples(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'mart' "
        "AND (data_type LIKE '%[]' OR data_type LIKE 'STRUCT%' OR data_type LIKE 'MAP%')",
    )
    assert nested == []


def test_it_says_in_one_row_what_it_shows(published: Warehouse) -> None:
    rows = published.tuples("SELECT snapshot, run_id, published_at, version FROM ops.publication")
    assert rows == [(1, "run-1", NOW, "0.0")]
    assert published_snapshot(published.file) == 1


def test_the_ops_tables_it_is_given_are_in_it(published: Warehouse) -> None:
    published.publish(runs=rows_of(RUNS, 2))
    assert published.tuples("SELECT count(*) FROM ops.runs") == [(2,)]


def test_nothing_is_published_where_there_is_no_file(tmp_path: Path) -> None:
    assert published_snapshot(tmp_path / "warehouse.duckdb") is None


def test_an_empty_lake_can_be_published(home: Path, warehouse: Warehouse) -> None:
    home.mkdir()
    warehouse.publish()
    assert warehouse.tuples(READ) == [(0,)]


def test_a_reader_keeps_the_old_file_and_a_new_connection_elsewhere_sees_the_new_one(
    published: Warehouse,
) -> None:
    with duckdb.connect(str(published.file), read_only=True) as reader:
        assert reader.execute(READ).fetchall() == [(2,)]
        published.commit(november("2611.00001", "2611.00002", "2611.00003"))
        published.publish()
        assert reader.execute(READ).fetchall() == [(2,)]
        assert reader.execute("SELECT max(paper_id) FROM core.listings").fetchall() == [
            ("2611.00002",)
        ]
        assert run_python(COUNT, published.file) == "3"


def test_a_failed_build_leaves_the_old_file_and_nothing_else(published: Warehouse) -> None:
    before = published.file.read_bytes()
    entries = sorted(published.home.iterdir())
    published.commit(november("2611.00009"))
    without_ids = rows_of(RUNS, 1).set_column(0, "run_id", pa.nulls(1, pa.string()))
    with pytest.raises(duckdb.ConstraintException):
        published.publish(runs=without_ids)
    assert published.file.read_bytes() == before
    assert sorted(published.home.iterdir()) == entries


def test_somebody_who_has_the_file_open_for_writing_does_not_stop_the_next_one(
    published: Warehouse,
) -> None:
    published.commit(november("2611.00009"))
    with started(HOLD_FOR_WRITING, published.file):
        with pytest.raises(PublicationUnreadable, match="Could not set lock"):
            published_snapshot(published.file)
        published.publish()
        assert run_python(COUNT, published.file) == "1"


def test_a_log_left_by_somebody_who_wrote_does_not_make_the_next_file_unopenable(
    published: Warehouse,
) -> None:
    code = (
        "import duckdb, os, sys\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "connection.execute('CREATE TABLE mine AS SELECT 1')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    with pytest.raises(AssertionError):
        run_python(code, published.file)
    log = published.file.with_name("warehouse.duckdb.wal")
    assert log.exists()
    published.publish()
    assert not log.exists()
    assert run_python(COUNT, published.file) == "2"


def test_a_damaged_file_is_told_from_none(published: Warehouse) -> None:
    published.file.write_bytes(b"not a database")
    with pytest.raises(PublicationUnreadable, match="cannot be opened"):
        published_snapshot(published.file)


@pytest.mark.parametrize("fault", ["cut short", "gone", "other bytes"])
def test_a_file_of_the_lake_that_cannot_be_read_is_named_with_what_helps(
    loaded: Warehouse, fault: str
) -> None:
    path, *_ = loaded.lake.current().places(LISTINGS).values()
    content, before = path.read_bytes(), loaded.file.read_bytes()
    if fault == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:100] if fault == "cut short" else b"x" * len(content))
    with pytest.raises(LakeUnreadable, match=f"(?s){path.name}: .*`paperhouse replay`") as told:
        loaded.publish()
    assert "\n" not in str(told.value)
    assert loaded.file.read_bytes() == before
    assert not list(loaded.home.glob("*warehouse.duckdb*unfinished*"))
    path.write_bytes(content)
    loaded.publish()
