"""Captures staged ahead, by any executor and in chunks of any size, end in the same rows."""

import gzip
import os
import pickle
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from distributed import default_client

import flows.pipeline.ahead
from flows.jobs.ingest import ingest
from flows.jobs.replay import replay
from flows.pipeline.executors import IN_PROCESS, InProcess, dask, processes
from flows.settings import Settings
from schemas.ops import QUARANTINE
from tasks.parse.model import Outline
from tests.support.arxiv_bodies import mailing
from tests.support.compare import current_rows, differences
from tests.support.mails import mail
from tests.support.samples import API, FIRST, HTML, LATER, SEARCH, items_of, write_items
from tests.support.warehouse import Warehouse
from warehouse.ledger import Ledger
from warehouse.storage.landing import Landing

LATE = FIRST.replace(hour=3)
Rows = dict[str, pa.Table]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's days, with whatever a folder may hold besides."""
    made = tmp_path_factory.mktemp("digests")
    for file in API.iterdir():
        shutil.copy(file, made / file.name)
    days = sorted(made.iterdir())
    items = items_of(days[0])
    # a record that cannot be read, one twice, one that another day lists too
    odd = [*items, {"paper": {"id": "?"}}, items[0], items_of(days[1])[0]]
    write_items(days[0], odd)
    long = items_of(days[2])
    long[0]["paper"]["id"] = "2610.99999999999999"
    write_items(days[2], long)
    shutil.copy(HTML / "2026-11-13.html", made)
    shutil.copy(SEARCH, made)
    (made / "2026-10-27 again.json").write_bytes(days[1].read_bytes())
    (made / "packed 2026-11-11.json.gz").write_bytes(gzip.compress(days[11].read_bytes() + b"\n"))
    (made / "no digest.txt").write_text("Nothing of the kind.", encoding="utf-8")
    (made / "empty.json").write_text("[]", encoding="utf-8")
    (made / "cut 2026-10-30.json").write_bytes(days[4].read_bytes()[:-40])
    (made / "list.eml").write_text(mailing(), encoding="utf-8")
    (made / "digest.eml").write_bytes(mail())
    box = b"".join(b"From x Thu Nov 12 00:00:00 2026\n" + mail() + b"\n" for _ in range(2))
    (made / "box.mbox").write_bytes(box)
    return made


def loaded(home: Path, folder: Path, executor: Executor | None) -> Warehouse:
    """What a first load, later captures, and late ones make."""
    warehouse = Warehouse(home)
    for target, at in ((folder, FIRST), (LATER, FIRST.replace(day=18)), (API, LATE)):
        ingest(
            Settings(home=home),
            [str(target)],
            captured_at=at if target is not folder else None,
            clock=lambda: FIRST.replace(day=19),
            executor=executor,
        )
    return warehouse


def kept_out(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """What is in quarantine, by its bytes."""
    ledger = Ledger(warehouse.paths.ledger)
    names = ("quarantine_id", "issue_id", "rules", "reason", "state", "paper_id", "raw")
    rows = sorted(tuple(row[name] for name in names) for row in ledger.rows(QUARANTINE))
    ledger.close()
    return rows


@pytest.fixture(scope="module")
def here(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, list[Any]]:
    warehouse = loaded(tmp_path_factory.mktemp("here") / "home", folder, None)
    assert kept_out(warehouse), "nothing is in quarantine, so nothing is shown"
    return current_rows(warehouse), kept_out(warehouse)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 7])
def test_chunks_of_any_size_end_in_the_same_rows(
    size: int,
    folder: Path,
    here: tuple[Rows, list[Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flows.pipeline.ahead, "CHUNK_BODIES", size)
    warehouse = loaded(tmp_path / "home", folder, IN_PROCESS)
    assert differences(here[0], current_rows(warehouse)) == {}
    assert kept_out(warehouse) == here[1]
    replay(Settings(home=warehouse.home), clock=lambda: FIRST.replace(day=20), executor=IN_PROCESS)
    assert differences(here[0], current_rows(warehouse)) == {}


class Elsewhere(InProcess):
    """Workers that do not see the files of this machine: they get bodies as bytes."""

    sees_files = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        given = pickle.loads(pickle.dumps((args, kwargs)))  # noqa: S301 - as another machine gets it
        landing = Landing(Path("/nowhere"))
        return super().submit(fn, *(landing if isinstance(a, Landing) else a for a in given[0]))


@contextmanager
def dask_losing_a_worker() -> Iterator[Executor]:
    """A Dask cluster, of which one worker is killed while it works."""
    with dask(None) as executor:
        pids = default_client().run(os.getpid)  # type: ignore[no-untyped-call]
        killed = threading.Timer(0.5, os.kill, (min(pids.values()), signal.SIGKILL))
        killed.start()
        yield executor
        killed.join()


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [lambda: processes(2), dask_losing_a_worker, lambda: nullcontext(Elsewhere())],
    ids=["cores", "dask losing a worker", "elsewhere"],
)
def test_any_executor_ends_in_the_same_rows(
    make: Any,
    folder: Path,
    here: tuple[Rows, list[Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flows.pipeline.ahead, "CHUNK_BODIES", 4)
    with make() as executor:
        warehouse = loaded(tmp_path / "home", folder, executor)
    assert differences(here[0], current_rows(warehouse)) == {}
    assert kept_out(warehouse) == here[1]


def test_bodies_of_files_staged_ahead_are_in_packs_and_the_others_in_files(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.pipeline.ahead, "CHUNK_BODIES", 4)
    warehouse = loaded(tmp_path / "home", folder, IN_PROCESS)
    files = {path.name for path in warehouse.paths.landing.rglob("*.zst")}
    packs = {name for name in files if name.endswith(".pack.zst")}
    records = list(Landing(warehouse.paths.landing).capture_records())
    packed = [record for record in records if record.offset is not None]
    assert len(packs) >= 2
    assert len(packed) > len(packs)
    assert {Path(record.file).name for record in records} == files
    for record in records:
        assert Landing(warehouse.paths.landing).read(record)


def test_an_outline_has_no_value_that_could_be_taken_for_missing() -> None:
    outline = Outline(0, "A title", None, None, None)
    with pytest.raises(AttributeError):
        getattr(outline, "abstract")  # noqa: B009 - whoever reads it must fail
