"""A lake that several homes share: a real PostgreSQL, and an object storage on loopback.

The storage is moto, which speaks S3 and keeps all in memory: it proves what is asked and answered,
and nothing of a storage that is slow or fails. `python -m tests.soak.ducklake_writers` loads the
real months.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.ingest import ingest
from flows.jobs.maintenance import maintain
from flows.jobs.replay import replay
from flows.jobs.snapshots import published_as_of, rollback
from flows.pipeline.executors import InProcess
from flows.pipeline.intake import land_files
from flows.pipeline.load import load
from flows.pipeline.report import RunReport
from flows.pipeline.run import running
from flows.settings import Settings
from schemas import Change
from schemas.core import LISTINGS
from tests.soak.ducklake_writers import TAKEN_AT, Load, prove
from tests.support.compare import differences, snapshot_rows
from tests.support.issues import item
from tests.support.lakehouse import Lakehouse, is_missing, lakehouse
from tests.support.rows import NOW, listings
from tests.support.samples import write_items
from tests.support.warehouse import Warehouse
from warehouse.lake.ducklake.address import LakeUnreachable
from warehouse.lake.ducklake.store import SharedStore
from warehouse.lake.interface import open_store
from warehouse.lake.transaction import CommitConflict, Transaction
from warehouse.query.read_only import query

pytestmark = pytest.mark.slow
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def servers() -> Iterator[Lakehouse]:
    if why := is_missing():
        pytest.skip(why)
    with lakehouse() as running_servers:
        yield running_servers


@pytest.fixture(autouse=True)
def _access(servers: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in servers.environment.items():
        monkeypatch.setenv(name, value)


@dataclass(frozen=True)
class Shared:
    """A home on a lake of the test's own."""

    settings: Settings

    @property
    def lake(self) -> SharedStore:
        store = open_store(self.settings.warehouse())
        assert isinstance(store, SharedStore)
        return store

    def ingest(self, file: Path, *, days: int = 0) -> RunReport:
        return ingest(self.settings, [str(file)], clock=lambda: NOW + timedelta(days=days))

    def n_listed(self) -> int:
        path = self.settings.warehouse().publication
        return int(query(path, "SELECT count(*) AS n FROM core.listings")["n"][0].as_py())


@pytest.fixture
def shared(servers: Lakehouse, tmp_path: Path) -> Shared:
    name = f"lake{next(_NUMBERS)}"
    servers.create(name)
    return Shared(servers.settings(tmp_path / "home", name))


def day_of(folder: Path, day: str, *numbers: int) -> Path:
    """A file with a day's issue of papers that are its month's own."""
    month = day[2:4] + day[5:7]
    return write_items(folder / f"{day}.json", [item(f"{month}.{n:05}") for n in numbers])


def draft_with(lake: SharedStore, month: str, paper: str) -> Transaction:
    transaction = lake.begin(run_id=f"run of {paper}", now=NOW)
    transaction.dataset(LISTINGS, {month}).to_table()
    transaction.replace(LISTINGS, month, listings(month, paper), Change(added=1))
    return transaction


def test_two_writers_at_once_with_readers_throughout_end_in_the_rows_of_the_local_lake(
    servers: Lakehouse, tmp_path: Path
) -> None:
    writers = [
        [
            Load(
                (
                    day_of(tmp_path, f"2026-{month:02}-11", 1, 2),
                    day_of(tmp_path, f"2026-{month:02}-12", 2, 3),
                ),
                TAKEN_AT + timedelta(days=month),
            )
            for month in months
        ]
        for months in ((4, 6), (5, 7))
    ]
    found = prove(writers, servers, tmp_path, "months")
    assert found.faults == []
    assert (found.n_days, min(found.n_states.values()) > 1) == (8, True)
    assert min(found.n_looks.values()) > 20


def test_writers_of_different_months_both_stand_and_of_the_same_month_the_second_is_told(
    shared: Shared,
) -> None:
    one, other, late = (
        draft_with(shared.lake, month, paper)
        for month, paper in (("2026-05", "2605.1"), ("2026-06", "2606.1"), ("2026-05", "2605.2"))
    )
    one.commit()
    other.commit()
    with pytest.raises(CommitConflict, match=r"another writer changed core\.listings of 2026-05"):
        late.commit()
    late.abandon()
    rows = shared.lake.current().dataset(LISTINGS).to_table()
    assert sorted(rows["paper_id"].to_pylist()) == ["2605.1", "2606.1"]
    assert list(shared.lake.verify()) == []


class Interfering(InProcess):
    """Does what it is given in this process; before it does the first, another writer commits."""

    def __init__(self, lake: SharedStore) -> None:
        self.n_given = 0
        self._lake = lake

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.n_given += 1
        if self.n_given == 1:
            draft_with(self._lake, "2026-11", "2611.00009").commit()
        return super().submit(fn, *args, **kwargs)


def test_a_load_is_done_again_when_another_writer_was_first_and_is_told_once(
    shared: Shared, tmp_path: Path
) -> None:
    other = Interfering(shared.lake)
    with running(shared.settings.warehouse(), "ingest", run_id="run", clock=lambda: NOW) as run:
        landed = land_files(run, [day_of(tmp_path, "2026-11-11", 1)])
        run.add(load(run, landed, batch_issues=10, executor=other))
    assert other.n_given == 2, "papers to derive, once for each try"
    report = run.report()
    assert [outcome.outcome for outcome in report.outcomes] == ["settled"]
    assert report.changes["core.listings"] == Change(added=1)
    rows = shared.lake.current().dataset(LISTINGS).to_table()
    assert sorted(rows["paper_id"].to_pylist()) == ["2611.00001", "2611.00009"]


def test_the_past_of_a_shared_lake_answers_and_its_upkeep_finds_it_whole(
    shared: Shared, tmp_path: Path
) -> None:
    assert shared.ingest(day_of(tmp_path, "2026-11-11", 1, 2)).outcome == "ok"
    assert shared.ingest(day_of(tmp_path, "2026-11-12", 2, 3), days=1).outcome == "ok"
    assert shared.n_listed() == 4
    older, newest = shared.lake.numbers()
    with published_as_of(shared.settings.warehouse(), str(older)) as path:
        assert query(path, "SELECT count(*) AS n FROM core.listings")["n"].to_pylist() == [2]

    rollback(shared.settings, older, clock=lambda: NOW + timedelta(days=2))
    assert shared.n_listed() == 2
    rollback(shared.settings, newest, clock=lambda: NOW + timedelta(days=3))
    before = snapshot_rows(shared.lake.current())
    assert before["core.listings"].num_rows == 4
    assert replay(shared.settings, clock=lambda: NOW + timedelta(days=4)).changes == {}
    maintain(shared.settings, clock=lambda: NOW + timedelta(days=5))
    assert differences(before, snapshot_rows(shared.lake.current())) == {}


def test_a_file_of_a_shared_lake_that_is_damaged_is_named(shared: Shared, tmp_path: Path) -> None:
    shared.ingest(day_of(tmp_path, "2026-11-11", 1, 2))
    snapshot = shared.lake.current()
    place = str(next(iter(snapshot.places(LISTINGS).values())))
    with snapshot.storage.open_output_stream(place) as stream:
        stream.write(b"not what was written")
    (damage,) = shared.lake.verify()
    assert (str(damage.path), damage.what) == (place, "its bytes are not those that were written")


def test_a_lake_that_does_not_answer_is_one_clear_line_without_a_secret(
    shared: Shared, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGPASSWORD", "hush-hush")
    lost = str(shared.settings.lake).replace("dbname=lake", "dbname=hush-hush-lake")
    settings = shared.settings.model_copy(update={"lake": lost})
    with pytest.raises(LakeUnreachable) as told:
        ingest(settings, [str(day_of(tmp_path, "2026-11-11", 1))], clock=lambda: NOW)
    assert "does not work" in str(told.value)
    assert "look at PAPERHOUSE_LAKE" in str(told.value)
    assert "\n" not in str(told.value)
    assert "hush-hush" not in str(told.value)
    assert not Warehouse(settings.home).file.exists()
