"""Readers ask all the time while a load of real days runs; none of them ever fails."""

import subprocess
import threading
import time
from pathlib import Path

import duckdb
import pytest

from tests.support.command import COMMAND, paperhouse
from tests.support.folders import digests
from tests.support.samples import items_of
from tests.support.warehouse import Warehouse

PAUSE_S = 0.005
"""Between two questions, so that the load gets on too."""
QUESTION = "SELECT (SELECT count(*) FROM core.listings), (SELECT sum(n_accepted) FROM core.issues)"


def ask_the_command(
    warehouse: Warehouse, is_over: threading.Event, answers: list[tuple[int, str]]
) -> None:
    while not is_over.is_set():
        done = paperhouse("sql", QUESTION, "-f", "csv", home=warehouse.home)
        answers.append((done.returncode, done.stdout.splitlines()[-1] if done.stdout else ""))


@pytest.mark.slow
def test_over_a_hundred_readers_during_a_load_see_the_old_or_the_new_and_never_an_error(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    days = sorted(digests("huggingface/api").glob("*.json"))[:120]
    warehouse.ingest(*days[:20])
    before = warehouse.value("SELECT count(*) FROM core.listings")
    after = sum(len(items_of(day)) for day in days)

    is_over = threading.Event()
    by_command: list[tuple[int, str]] = []
    asking = threading.Thread(target=ask_the_command, args=(warehouse, is_over, by_command))
    seen: list[tuple[int, int]] = []
    loading = subprocess.Popen(
        [str(COMMAND), "--home", str(warehouse.home), "ingest", *map(str, days)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    asking.start()
    try:
        while loading.poll() is None:
            with duckdb.connect(str(warehouse.file), read_only=True) as connection:
                found = connection.execute(QUESTION).fetchone()
            assert found is not None
            seen.append(found)
            time.sleep(PAUSE_S)
    finally:
        is_over.set()
        asking.join()
        output, errors = loading.communicate()

    assert loading.returncode == 0, errors.decode() + output.decode()
    assert len(seen) >= 100
    assert len(by_command) >= 3
    assert set(seen) <= {(before, before), (after, after)}
    assert {code for code, _ in by_command} == {0}
    assert {answer for _, answer in by_command} <= {f"{before},{before}", f"{after},{after}"}
    assert warehouse.value("SELECT count(*) FROM core.listings") == after
