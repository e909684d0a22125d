"""Rows are counted as readers see them: a reader that loses or moves rows is found."""

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from schemas import Table
from schemas.core import ISSUES, OBSERVATIONS, PAPER_VERSIONS
from tests.support.moved import move_partition
from tests.support.rows import commit, listings
from tests.support.warehouse import Warehouse
from warehouse.lake.row_counts import lost_rows, miscounts, miscounts_in
from warehouse.lake.snapshot import Lake, Snapshot


class GuessingSnapshot(Snapshot):
    """Reads partitions from the whole path, as paperhouse once did."""

    def dataset(self, table: Table) -> ds.Dataset:
        places = list(map(str, self.places(table).values()))
        if not places or not table.partition:
            return super().dataset(table)
        schema = pa.schema([(table.partition, pa.string())])
        guess = ds.partitioning(schema, flavor="hive")
        return ds.dataset(places, schema=table.arrow, format="parquet", partitioning=guess)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two months of listings below a folder that is named like a partition."""
    lake = Lake(tmp_path / "issue_month=2020-01" / "lake")
    commit(lake, listings("2026-10", "2610.00001"), listings("2026-11", "2611.00001", "2611.00002"))
    return lake


def test_rows_are_read_in_the_partition_in_which_they_were_written(lake: Lake) -> None:
    assert list(miscounts(lake.current())) == []


def test_a_reader_that_takes_a_folder_above_for_the_partition_is_found(lake: Lake) -> None:
    guessing = GuessingSnapshot(**vars(lake.current()))
    assert list(map(str, miscounts(guessing))) == [
        "core.listings of 2020-01: readers find 3 rows, not 0",
        "core.listings of 2026-10: readers find 0 rows, not 1",
        "core.listings of 2026-11: readers find 0 rows, not 2",
    ]


def test_rows_that_a_reader_misses_are_found(lake: Lake) -> None:
    snapshot = lake.current()
    ((name, files),) = snapshot.tables.items()
    recorded = replace(files, files=(replace(files.files[0], n_rows=5), *files.files[1:]))
    (said,) = map(str, miscounts(replace(snapshot, tables={name: recorded})))
    assert said == "core.listings of 2026-10: readers find 1 rows, not 5"


def test_rows_that_a_load_lost_are_found_until_all_is_rebuilt(lake: Lake) -> None:
    commit(lake, listings("2026-11", "2611.00003"))  # in the place of two others, as one more
    commit(lake, listings("2026-12", "2612.00001"))
    assert list(map(str, lost_rows(lake.history(), rebuilt=0))) == [
        "core.listings: snapshot 2 has 2 rows, where snapshot 1 and the changes since make 4"
    ]
    assert list(lost_rows(lake.history(), rebuilt=2)) == []


def test_an_expired_snapshot_is_no_loss(lake: Lake) -> None:
    commit(lake, listings("2026-12", "2612.00001"))
    commit(lake, listings("2027-01", "2701.00001"))
    shutil.rmtree(lake.snapshots / "2")
    assert list(lost_rows(lake.history(), rebuilt=0)) == []


def test_a_sample_of_every_table_is_counted_right_in_lake_and_file(loaded: Warehouse) -> None:
    snapshot = loaded.lake.current()
    assert list(miscounts(snapshot)) == []
    with loaded.reading() as connection:
        assert list(miscounts_in(connection, snapshot)) == []
        assert {found.table.name for found in miscounts_in(connection, loaded.lake.empty())} == {
            files.partition(".")[2] for files, table in snapshot.tables.items() if table.n_rows
        }


@pytest.mark.parametrize("table", [ISSUES, PAPER_VERSIONS, OBSERVATIONS], ids=lambda t: t.name)
def test_rows_that_an_older_version_put_into_another_month_are_named(
    loaded: Warehouse, table: Table
) -> None:
    month = loaded.lake.current().table(table).files[0].partition
    assert month
    move_partition(loaded, table, month, "2020-01")
    (found,) = miscounts(loaded.lake.current())
    assert (found.table, found.partition) == (table, "2020-01")
    assert found.what.endswith("rows belong to other months")
