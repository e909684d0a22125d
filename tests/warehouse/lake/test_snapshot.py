"""A snapshot never changes, and any engine reads it as a plain hive-partitioned dataset."""

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from schemas import Change
from schemas.core import LISTINGS, PAPER_ALIASES
from tests.support.rows import NOW, commit, listings, rows_of
from warehouse.lake.snapshot import Lake, NoSuchSnapshot, as_dataset
from warehouse.lake.transaction import Transaction

FOLDER = "core.listings"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with two months of listings in snapshot 1."""
    lake = Lake(tmp_path / "lake")
    commit(lake, listings("2026-10", "2610.00001"), listings("2026-11", "2611.00001", "2611.00002"))
    return lake


def file_of(lake: Lake, number: int, month: str) -> Path:
    (file,) = (lake.snapshots / str(number) / FOLDER / f"issue_month={month}").iterdir()
    return file


def test_an_unchanged_month_is_the_same_file_and_a_changed_one_a_new_file(lake: Lake) -> None:
    old_october, old_november = (file_of(lake, 1, f"2026-{n}") for n in (10, 11))
    before = old_november.read_bytes()
    commit(lake, listings("2026-11", "2611.00001", "2611.00002", "2611.00003"))

    new_october, new_november = (file_of(lake, 2, f"2026-{n}") for n in (10, 11))
    assert new_october.stat().st_ino == old_october.stat().st_ino
    assert new_november.stat().st_ino != old_november.stat().st_ino
    assert new_november.name != old_november.name
    assert old_november.read_bytes() == before


def test_an_older_snapshot_reads_as_it_did(lake: Lake) -> None:
    before = lake.snapshot(1).dataset(LISTINGS).to_table()
    commit(lake, listings("2026-11", "2611.00003"))
    assert lake.snapshot(1).dataset(LISTINGS).to_table() == before
    assert lake.snapshot(2).dataset(LISTINGS).count_rows() == 2


def test_removing_an_old_snapshot_leaves_the_new_one_whole(lake: Lake) -> None:
    commit(lake, listings("2026-11", "2611.00003"))
    for path in sorted((lake.snapshots / "1").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (lake.snapshots / "1").rmdir()
    papers = lake.current().dataset(LISTINGS).to_table()["paper_id"].to_pylist()
    assert sorted(papers) == ["2610.00001", "2611.00003"]


def test_arrow_reads_a_table_as_a_plain_hive_dataset(lake: Lake) -> None:
    plain = ds.dataset(
        lake.link / FOLDER,
        partitioning=ds.partitioning(pa.schema([("issue_month", pa.string())]), flavor="hive"),
    )
    assert plain.count_rows() == 3
    months = plain.to_table()["issue_month"]
    assert months.type == pa.string()
    assert set(months.to_pylist()) == {"2026-10", "2026-11"}


def test_duckdb_reads_a_table_as_a_plain_hive_dataset_and_the_month_stays_text(lake: Lake) -> None:
    pattern = lake.link / FOLDER / "**" / "*.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT issue_month, typeof(issue_month), count(*) "
            "FROM read_parquet(?, hive_partitioning = true) GROUP BY ALL ORDER BY ALL",
            [str(pattern)],
        ).fetchall()
    assert rows == [("2026-10", "VARCHAR", 1), ("2026-11", "VARCHAR", 2)]


def test_our_own_readers_see_the_month_as_text_too(lake: Lake) -> None:
    read = lake.current().dataset(LISTINGS).to_table()
    assert read.schema.equals(LISTINGS.arrow)
    assert sorted(read["issue_month"].to_pylist()) == ["2026-10", "2026-11", "2026-11"]


def test_ids_that_look_like_numbers_stay_text_for_every_reader(lake: Lake) -> None:
    commit(lake, listings("2026-12", "2503.02130"))
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT paper_id FROM read_parquet(?)", [str(file_of(lake, 2, "2026-12"))]
        ).fetchone()
    assert found == ("2503.02130",)


def test_the_manifest_tells_true_row_counts_sizes_and_sha256(lake: Lake) -> None:
    snapshot = lake.current()
    (files,) = snapshot.tables.values()
    assert files.n_rows == 3
    for file, path in snapshot.places(LISTINGS).items():
        assert file.n_rows == pq.read_metadata(path).num_rows
        assert file.n_bytes == path.stat().st_size
        assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert f"issue_month={file.partition}" == path.parent.name
    assert len(snapshot.places(LISTINGS)) == len(list(snapshot.root.rglob("*.parquet")))


def test_the_manifest_says_what_the_table_looked_like_and_what_changed(lake: Lake) -> None:
    files = lake.current().table(LISTINGS)
    assert files.columns == {column.name: str(column.type) for column in LISTINGS.columns}
    assert files.change == Change(added=3)


def test_a_manifest_reads_back_as_it_was_written(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    written = commit(lake, listings("2026-11", "2611.00001"), run_id="run-7")
    assert lake.current() == written
    assert (written.run_id, written.created_at) == ("run-7", NOW)


def test_a_column_that_an_old_file_does_not_have_reads_as_null(tmp_path: Path) -> None:
    new = listings("2026-11", "2611.00002", submitter=["reader-2"])
    old = listings("2026-10", "2610.00001").drop_columns(["submitter", "media_urls", "issue_month"])
    paths = []
    for rows, month in ((old, "2026-10"), (new.drop_columns(["issue_month"]), "2026-11")):
        path = tmp_path / f"issue_month={month}" / "part.parquet"
        path.parent.mkdir()
        pq.write_table(rows, path)
        paths.append(path)
    read = as_dataset(LISTINGS, paths).to_table()
    assert read.schema.equals(LISTINGS.arrow)
    assert read["submitter"].to_pylist() == [None, "reader-2"]
    assert read["media_urls"].to_pylist() == [None, None]


def test_a_month_whose_values_are_all_null_has_the_declared_types(lake: Lake) -> None:
    declared = LISTINGS.file_arrow
    for month in ("2026-10", "2026-11"):
        in_file = pq.read_schema(file_of(lake, 1, month))
        assert in_file.names == declared.names
        assert [field.type for field in in_file] == [field.type for field in declared]
    submitters = lake.current().dataset(LISTINGS).to_table()["submitter"]
    assert submitters.null_count == len(submitters)
    assert submitters.type == pa.string()


def test_a_table_without_partitions_lies_directly_in_its_folder(lake: Lake) -> None:
    transaction = Transaction(lake, run_id="run", now=NOW)
    transaction.replace(PAPER_ALIASES, None, rows_of(PAPER_ALIASES, 2), Change(added=2))
    snapshot = transaction.commit()
    (file,) = (snapshot.root / "core.paper_aliases").iterdir()
    assert pq.read_metadata(file).num_rows == 2
    assert lake.current().dataset(PAPER_ALIASES).count_rows() == 2


def test_an_empty_lake_is_snapshot_zero_with_empty_tables_of_the_declared_types(
    tmp_path: Path,
) -> None:
    current = Lake(tmp_path / "lake").current()
    assert current.number == 0
    assert current.dataset(LISTINGS).to_table() == LISTINGS.empty()
    assert Lake(tmp_path / "lake").numbers() == []


def test_a_snapshot_that_is_not_kept_is_named_with_those_that_are(lake: Lake) -> None:
    with pytest.raises(NoSuchSnapshot, match=r"no snapshot 9.* 1$"):
        lake.snapshot(9)
