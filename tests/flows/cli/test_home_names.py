"""A home may be called whatever the file system takes, or is refused before anything is written."""

import os
import tempfile
from pathlib import Path

import pyarrow.compute as pc
import pytest

from schemas import Table
from schemas.core import ISSUES
from tests.support.command import called
from tests.support.moved import move_partition
from tests.support.samples import API, items_of
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.lake import snapshot

DAYS = sorted(API.glob("*.json"))[:2]
LISTED = "SELECT issue_id, count(*) AS n FROM core.listings GROUP BY ALL ORDER BY ALL"
LONGEST_NAME = "x" * 255
IN_A_LAKE = "lake/snapshots/1/core.listings/issue_month=2020-02"
USABLE = {
    "partitions": f"{IN_A_LAKE}/observed_month=2026-11/paper_month=x/issue_month=2020-01",
    "addresses and options": "s3:x/file:x/md:x/:memory:/-v/~/x.parquet",
    "blanks and what is filled in": " a  b /a\nb/a\tb/Häuser/$HOME/{{ home }}/100%25/a#b",
    "patterns and quotes": '[ab]*{c,d}/a\\*b/it\'s "so"',
    "a statement and the longest name": f"'; DROP TABLE x; --/{LONGEST_NAME}",
}
"""Names of folders, one below the other where none hides what another one does wrong."""
REFUSED = {
    "question mark": (b"sta?r", "question mark"),
    "only a question mark": (b"?", "question mark"),
    "below a question mark": (b"what?/a", "question mark"),
    "no UTF-8": (b"caf\xe9", "not UTF-8"),
    "too long": (b"/".join([b"y" * 200] * 3), "SQLite"),
}


def listed() -> list[dict[str, object]]:
    """What the files of two days list."""
    return [{"issue_id": f"huggingface:daily:{f.stem}", "n": len(items_of(f))} for f in DAYS]


@pytest.mark.slow
@pytest.mark.parametrize("name", USABLE.values(), ids=USABLE.keys())
def test_commands_that_read_and_write_work_in_a_home_of_any_name(tmp_path: Path, name: str) -> None:
    warehouse = Warehouse(tmp_path / name)
    for file in DAYS:
        assert warehouse.called("ingest", file).returncode == 0
    assert warehouse.rows(LISTED) == listed()
    commands = [
        *(["status"], ["maintain"], ["diff", "1", "2"], ["sql", LISTED]),
        *(["sql", "--as-of", "2", LISTED], ["issues", "list"], ["search", "model"]),
        *(["rollback", "1"], ["docs", "build"], ["replay"], ["doctor"]),
    ]
    for command in commands:
        done = warehouse.called(*command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert warehouse.rows(LISTED) == listed()
    months = [path.name for path in (warehouse.home / "lake/current/core.issues").iterdir()]
    assert months == ["issue_month=2026-10"]


def test_a_partition_above_the_home_is_not_taken_for_that_of_the_rows(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "paper_month=x" / "issue_month=2020-01")
    warehouse.ingest(*DAYS[:1])
    warehouse.ingest(*DAYS[1:])
    assert warehouse.rows(LISTED) == listed()


@pytest.mark.parametrize("name", ["md:x", "-v", "~", ":memory:", "file:x"])
def test_a_home_may_be_named_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    warehouse = Warehouse(Path(name))
    assert warehouse.called("ingest", DAYS[0]).returncode == 0
    assert warehouse.called("sql", LISTED).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


@pytest.mark.parametrize(("name", "why"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("command", [["ingest", str(DAYS[0])], ["status"], ["maintain"]])
def test_another_home_is_refused_in_one_line_and_nothing_is_written(
    tmp_path: Path, name: bytes, why: str, command: list[str]
) -> None:
    warehouse = Warehouse(tmp_path / os.fsdecode(name))
    done = warehouse.called(*command)
    assert done.returncode == 2, done.stdout
    (line,) = done.stderr.splitlines()
    assert why in line
    assert "PAPERHOUSE_HOME" in line
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_a_home_that_cannot_be(tmp_path: Path) -> None:
    done = Warehouse(tmp_path / "sta?r").called("doctor")
    assert done.returncode == 1
    assert "WRONG configuration" in done.stdout
    assert "question mark" in done.stdout


def test_rows_that_an_older_version_lost_are_named_and_replay_mends_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path / "issue_month=2020-01")
    with monkeypatch.context() as older:
        older.setattr(snapshot, "_partition", _guessed)
        warehouse.ingest(*DAYS[:1])
        warehouse.ingest(*DAYS[1:])
    assert warehouse.rows(LISTED) == listed()[1:]
    for command in ("doctor", "maintain"):
        done = warehouse.called(command)
        assert done.returncode == 1
        said = done.stdout + done.stderr
        assert untold(said, "core.issues: snapshot 2 has 1 rows", "make 2", "replay") == []
    assert warehouse.called("replay").returncode == 0
    assert warehouse.rows(LISTED) == listed()
    for command in ("doctor", "maintain"):
        assert warehouse.called(command).returncode == 0


def _guessed(table: Table, path: Path) -> pc.Expression | None:
    """The partition as an older version found it: in the first folder that has such a name."""
    if table.partition is None:
        return None
    names = (part.partition("=") for part in path.parts)
    return pc.field(table.partition) == next(n[2] for n in names if n[0] == table.partition)


def test_rows_that_an_older_version_put_into_a_folder_above_are_named_and_replay_mends_them(
    loaded: Warehouse,
) -> None:
    move_partition(loaded, ISSUES, "2026-10", "2020-01")
    for command in ("doctor", "maintain"):
        done = loaded.called(command)
        assert done.returncode == 1
        said = done.stdout + done.stderr
        assert untold(said, "core.issues/2020-01", "belong to other months", "replay") == []
    assert loaded.called("replay").returncode == 0
    assert loaded.called("maintain").returncode == 0
    assert "2020-01" not in {file.partition for file in loaded.lake.current().table(ISSUES).files}


@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "xlsx"])
@pytest.mark.parametrize("name", [b"a?b", b"#", b"s3:x", b"caf\xe9", b"%s", b"x\ny"], ids=repr)
def test_rows_are_written_into_a_file_of_any_name(
    sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes, ending: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = f"{os.fsdecode(name)}.{ending}"
    done = called("sql", LISTED, "--output", file, home=sample_home)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [file]
    assert (tmp_path / file).stat().st_size > 100


def test_a_digest_in_a_file_of_any_name_is_loaded_and_names_its_file(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    folder = tmp_path / "issue_month=2020-01"
    folder.mkdir()
    latin = os.fsdecode(b"caf\xe9")
    for file in DAYS:
        name = f"{file.stem}?#%\n{latin}.json"
        (folder / name).write_bytes(file.read_bytes())
    (folder / os.fsdecode(b"no digest\xff")).write_bytes(b"nothing")
    done = warehouse.called("ingest", folder)
    assert done.returncode == 3, done.stderr
    assert warehouse.rows(LISTED) == listed()
    origins = {record.origin for record in warehouse.capture_records()}
    expected = {f"{file.stem}?#%\ncaf\\xe9.json" for file in DAYS}
    assert origins == {*expected, "no digest\\xff"}


def test_temporary_files_may_lie_in_a_folder_with_a_quote(
    sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "it's"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert called("sql", LISTED, home=sample_home).returncode == 0
    assert called("sql", "--as-of", "1", LISTED, home=sample_home).returncode == 0


def test_a_home_named_like_a_pattern_reads_no_files_of_its_neighbours(tmp_path: Path) -> None:
    neighbour, warehouse = Warehouse(tmp_path / "ab"), Warehouse(tmp_path / "[a]*\\")
    neighbour.ingest(*DAYS)
    warehouse.ingest(DAYS[0])
    assert warehouse.rows(LISTED) == listed()[:1]
