"""Readers in processes of their own, against many publications: no error, no mixture.

Publication n holds exactly n listings and n versions, so a reader that sees two different numbers
has seen a mixture. Long-lived readers keep what they opened; reconnecting ones may only go forward.
"""

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Empty

import duckdb
import pyarrow.dataset as ds
import pytest

from schemas.core import LISTINGS, PAPER_VERSIONS
from tests.support.rows import november, rows_of
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

N_PUBLICATIONS = int(os.environ.get("PAPERHOUSE_TEST_PUBLICATIONS", "8"))
N_READERS_EACH = 2 if N_PUBLICATIONS < 100 else 4
"""Of those that keep open and those that reconnect: readers need a core's time too."""
ASK = """
SELECT (SELECT snapshot FROM ops.publication),
       (SELECT count(*) FROM core.listings), (SELECT count(*) FROM core.paper_versions)
"""


@dataclass(frozen=True)
class Told:
    """What a reader has seen: how often it looked, the numbers in order, and any trouble."""

    kind: str
    n_looks: int
    seen: tuple[int, ...]
    troubles: tuple[str, ...]


def _write(warehouse: Warehouse, number: int) -> None:
    """Snapshot and publication `number`, with that many rows in two tables."""
    papers = [f"2611.{n:05}" for n in range(number)]
    months = ["2026-11"] * number
    versions = rows_of(PAPER_VERSIONS, number, paper_id=papers, paper_month=months)
    warehouse.commit(november(*papers), (PAPER_VERSIONS, "2026-11", versions))
    warehouse.publish()


def _keep_open(home: Path) -> Callable[[], tuple[int, ...]]:
    connection = duckdb.connect(str(home / "warehouse.duckdb"), read_only=True)
    return lambda: tuple(connection.execute(ASK).fetchall()[0])


def _reconnect(home: Path) -> Callable[[], tuple[int, ...]]:
    def look() -> tuple[int, ...]:
        with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
            return tuple(connection.execute(ASK).fetchall()[0])

    return look


def _read_lake(home: Path) -> Callable[[], tuple[int, ...]]:
    def look() -> tuple[int, ...]:
        folder = (home / "lake" / "current").resolve()
        rows = [ds.dataset(folder / t.full_name).count_rows() for t in (LISTINGS, PAPER_VERSIONS)]
        return int(folder.name), *rows

    return look


_KINDS = {"keeps open": _keep_open, "reconnects": _reconnect, "reads the lake": _read_lake}


def _reader(kind: str, home: Path, stop: Event, told: "multiprocessing.Queue[Told]") -> None:
    look = _KINDS[kind](home)
    n_looks = 0
    seen: list[int] = []
    troubles: list[str] = []
    while not stop.is_set() or not n_looks:
        n_looks += 1
        try:
            numbers = look()
        except Exception as error:  # noqa: BLE001 - any failure to read is what is looked for
            troubles.append(repr(error))
            continue
        if len(set(numbers)) != 1:
            troubles.append(f"a mixture: {numbers}")
        if not seen or seen[-1] != numbers[0]:
            seen.append(numbers[0])
        time.sleep(0.03)
    told.put(Told(kind, n_looks, tuple(seen), tuple(troubles)))


def test_readers_see_every_publication_without_an_error_or_a_mixture(
    warehouse: Warehouse,
) -> None:
    _write(warehouse, 1)
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.Queue()
    kinds = [kind for kind in _KINDS for _ in range(N_READERS_EACH)]
    readers = [context.Process(target=_reader, args=(k, warehouse.home, stop, told)) for k in kinds]
    for reader in readers:
        reader.start()
    try:
        time.sleep(2)
        for number in range(2, N_PUBLICATIONS + 1):
            _write(warehouse, number)
        stop.set()
        reports = [told.get(timeout=60) for _ in readers]
    except Empty:
        pytest.fail("a reader did not report")
    finally:
        for reader in readers:
            reader.join(10)
            reader.kill()

    assert {report.kind: report.troubles for report in reports if report.troubles} == {}
    for report in reports:
        assert report.n_looks >= 20, report
        assert list(report.seen) == sorted(set(report.seen)), "numbers only grow"
        is_long_lived = report.kind == "keeps open"
        n_seen = len(report.seen)
        assert n_seen == 1 if is_long_lived else n_seen > N_PUBLICATIONS // 4, report
