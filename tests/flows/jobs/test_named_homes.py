"""A home may be called anything that DuckDB can open; its rows are all there, or it is refused."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.support.samples import API, FIRST
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.lake.maintenance import miscounted
from warehouse.storage.home import Home, HomeUnusable

pytestmark = pytest.mark.slow

DAYS = ["2026-11-06", "2026-11-09"]
N_LISTINGS = 22
LIKE_PARTITIONS = ["issue_month=2020-01", "paper_month=x", "issue_month=2020-01/a/b", "x=1"]
ODD = ["a#b", "a%20b", "a b", "it's", 'say "x"', "[ab]", "{a}", "*", "u\u0308 \u65e5", "new\nline"]
MORE = ["-dash", "a;b", "a$b", "a\\b", "x" * 200, "a:b", "~", "tab\tx", "data.wal"]
TABLES = "core.listings", "core.issues", "core.papers", "core.paper_authors"


def loaded(home: Path) -> Warehouse:
    """A home with two days, loaded one after the other."""
    warehouse = Warehouse(home)
    for day in DAYS:
        warehouse.ingest(API / f"{day}.json", at=FIRST)
    return warehouse


@pytest.mark.parametrize("name", [*LIKE_PARTITIONS, *ODD, *MORE], ids=ascii)
def test_whatever_a_home_is_called_all_its_rows_are_there(tmp_path: Path, name: str) -> None:
    warehouse = loaded(tmp_path / name)
    counts = {table: warehouse.value(f"SELECT count(*) FROM {table}") for table in TABLES}
    assert (counts["core.listings"], counts["core.issues"]) == (N_LISTINGS, 2)
    months = warehouse.tuples("SELECT DISTINCT issue_month FROM core.listings")
    assert months == [("2026-11",)]
    assert list(miscounted(warehouse.lake.current())) == []
    assert list(warehouse.leftovers()) == []


def test_the_commands_work_below_a_folder_named_like_a_partition(tmp_path: Path) -> None:
    warehouse = loaded(tmp_path / "issue_month=2020-01" / "paper_month=x")
    counted = "SELECT count(*) FROM core.listings"
    for arguments in (["maintain"], ["doctor"], ["replay"], ["docs", "build"]):
        done = warehouse.called(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    assert str(N_LISTINGS) in warehouse.called("sql", counted).stdout
    assert str(len(DAYS)) in warehouse.called("sql", "--as-of", "2", "FROM core.issues").stdout
    assert warehouse.value(counted) == N_LISTINGS


@pytest.mark.parametrize("name", [b"a?b", b"below?/home", b"bad\xff"], ids=ascii)
def test_a_home_that_duckdb_cannot_open_is_refused_before_anything_is_written(
    tmp_path: Path, name: bytes
) -> None:
    home = tmp_path / os.fsdecode(name)
    with pytest.raises(HomeUnusable, match="PAPERHOUSE_HOME"):
        Home(home).create()
    done = Warehouse(home).called("ingest", API / f"{DAYS[0]}.json")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert untold(done.stderr, "DuckDB", "PAPERHOUSE_HOME") == []
    assert list(tmp_path.iterdir()) == []


def test_rows_that_a_reader_does_not_find_are_named_by_doctor_and_maintain(tmp_path: Path) -> None:
    warehouse = loaded(tmp_path / "home")
    listings = tmp_path / "home" / "lake" / "current" / "core.listings"
    (file,) = listings.rglob("*.parquet")
    moved = listings / "issue_month=2020-01" / file.name
    moved.parent.mkdir()
    shutil.move(file, moved)
    manifest = tmp_path / "home" / "lake" / "current" / "snapshot.json"
    text = manifest.read_text(encoding="utf-8")
    path = f"issue_month=2026-11/{file.name}"
    manifest.write_text(text.replace(path, f"issue_month=2020-01/{file.name}"), encoding="utf-8")

    (first, second) = map(str, miscounted(warehouse.lake.current()))

    assert untold(first, "2020-01", f"readers find {N_LISTINGS} rows, not 0") == []
    assert untold(second, "2026-11", f"readers find 0 rows, not {N_LISTINGS}") == []
    for command in ("doctor", "maintain"):
        done = warehouse.called(command)
        assert done.returncode == 1
        assert "readers find" in done.stdout + done.stderr


def test_the_file_is_what_duckdb_itself_reads_below_such_a_folder(tmp_path: Path) -> None:
    warehouse = loaded(tmp_path / "issue_month=2020-01")
    with duckdb.connect(str(warehouse.file), read_only=True) as connection:
        (n,) = connection.execute("SELECT count(*) FROM core.listings").fetchall()
    assert n == (N_LISTINGS,)
