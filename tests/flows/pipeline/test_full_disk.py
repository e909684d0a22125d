"""A full or read-only disk: one clear line, what is published stays, and the next run mends it."""

import os
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest

from flows.jobs.ingest import ingest
from flows.monitoring.status import read_status
from flows.pipeline.executors import processes
from flows.settings import Settings
from tests.support.compare import current_rows
from tests.support.issues import T0, day, item
from tests.support.warehouse import Warehouse
from warehouse.publication.published import published_snapshot
from warehouse.query.read_only import query
from warehouse.storage.errors import StorageError
from warehouse.storage.home import HomeUnusable
from warehouse.storage.landing import Landing
from warehouse.subscriber import Wishes
from warehouse.subscribers import open_subscribers

pytestmark = pytest.mark.slow


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path, leave: int) -> Path:
    """Take the disk's space but for so many bytes."""
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    filler = folder / "filler"
    filler.write_bytes(b"\0" * max(0, free - leave))
    return filler


def _papers(n_papers: int) -> list[dict[str, object]]:
    return [item(f"2611.{n:05}", summary=os.urandom(600).hex()) for n in range(n_papers)]


@pytest.mark.parametrize("leave", [0, 60_000, 400_000, 1_500_000])
def test_a_full_disk_is_one_clear_error_and_the_next_run_with_space_succeeds(
    disk: Path, leave: int
) -> None:
    warehouse = Warehouse(disk / "home")
    warehouse.load([day("2026-11-16", [item("2611.00001")])], now=T0)
    before = warehouse.file.read_bytes()
    filler = _fill(disk, leave)
    body = day("2026-11-17", _papers(400), minutes=1)

    with pytest.raises(StorageError, match="disk is full"):
        warehouse.load([body], now=T0 + timedelta(days=1))

    assert warehouse.file.read_bytes() == before
    assert query(warehouse.file, "SELECT paper_id FROM core.listings").num_rows == 1
    filler.unlink()
    report = warehouse.load([body], now=T0 + timedelta(days=2))
    assert report.exit_code == 0
    assert current_rows(warehouse)["core.listings"].num_rows == 401
    assert query(warehouse.file, "SELECT paper_id FROM core.listings").num_rows == 401
    assert list(warehouse.home.rglob(".unfinished-*")) == []


@pytest.mark.parametrize("leave", [0, 60_000, 300_000, 900_000])
def test_a_disk_that_fills_while_workers_land_packs_is_one_clear_error_and_loses_nothing(
    disk: Path, tmp_path: Path, leave: int
) -> None:
    folder = tmp_path / "days"
    folder.mkdir()
    for number in range(130):
        on = date(2026, 6, 1) + timedelta(days=number)
        made = [item(f"{on:%y%m}.{number:03}{n:02}", summary=os.urandom(900).hex()) for n in (1, 2)]
        (folder / f"{on}.json").write_bytes(orjson.dumps(made))
    warehouse = Warehouse(disk / "home")
    warehouse.load([day("2026-11-16", [item("2611.00001")])], now=T0)
    before = warehouse.file.read_bytes()
    filler = _fill(disk, leave)

    with processes(2) as workers, pytest.raises(StorageError, match="disk is full"):
        ingest(Settings(home=warehouse.home), [str(folder)], captured_at=T0, executor=workers)
    assert warehouse.file.read_bytes() == before

    filler.unlink()
    with processes(2) as workers:
        settings = Settings(home=warehouse.home)
        report = ingest(settings, [str(folder)], captured_at=T0, executor=workers)
    assert report.exit_code == 0, report.fault_line()
    assert query(warehouse.file, "SELECT paper_id FROM core.listings").num_rows == 261
    assert list(warehouse.home.rglob(".unfinished-*")) == []
    landing = Landing(warehouse.paths.landing)
    assert list(landing.verify()) == []
    assert {record.offset is None for record in landing.capture_records()} == {True, False}


def test_a_read_only_home_refuses_a_load_and_still_answers(disk: Path) -> None:
    warehouse = Warehouse(disk / "home")
    warehouse.load([day("2026-11-16", [item("2611.00001")])], now=T0)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    with pytest.raises(HomeUnusable, match="Read-only"):
        warehouse.load([], now=T0 + timedelta(days=1))
    assert query(warehouse.file, "SELECT paper_id FROM core.listings").num_rows == 1
    status = read_status(Settings(home=warehouse.home), now=T0)
    assert status.published_snapshot == 1
    assert [run["outcome"] for run in status.runs] == ["ok"]

    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    body = day("2026-11-17", [item("2611.00002")], minutes=1)
    warehouse.load([body], now=T0 + timedelta(days=2))
    assert published_snapshot(warehouse.file) == 2


def test_a_subscriber_on_a_full_disk_is_one_clear_error_and_those_there_stay(disk: Path) -> None:
    path = disk / "home" / "subscribers.sqlite"
    with open_subscribers(path) as people:
        people.add("a@example.org", Wishes(), state="active", origin="form", now=T0)
    filler = _fill(disk, 0)
    with pytest.raises(StorageError, match="cannot write below"), open_subscribers(path) as people:
        people.add("b@example.org", Wishes(), state="active", origin="form", now=T0)
    filler.unlink()
    with open_subscribers(path) as people:
        people.add("b@example.org", Wishes(), state="active", origin="form", now=T0)
        assert [person.address for person in people.all()] == ["a@example.org", "b@example.org"]
