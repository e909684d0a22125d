"""Work done in processes or on Dask ends in the rows of work done here, and leaves no process."""

import signal
import subprocess
import sys
import time
from concurrent.futures import Executor
from pathlib import Path

import pyarrow as pa
import pytest

import flows.pipeline.derive
from flows.pipeline.executors import IN_PROCESS, dask, processes
from schemas.core import PAPER_VERSIONS
from tasks.derive import READS, derived_tables
from tests.support.compare import current_rows, differences
from tests.support.samples import API, FIRST
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow


def test_papers_read_on_all_cores_or_on_dask_end_in_the_same_rows(
    loaded: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    papers = loaded.lake.current().dataset(PAPER_VERSIONS).to_table(list(READS))
    parts = [papers.slice(start, 60) for start in range(0, papers.num_rows, 60)]
    here = _results(IN_PROCESS, parts)
    with processes(2) as spread:
        assert _results(spread, parts) == here
    with dask(None) as spread:
        assert _results(spread, parts) == here

    monkeypatch.setattr(flows.pipeline.derive, "POOL_FROM", 1)
    monkeypatch.setattr(flows.pipeline.derive, "CHUNK", 7)
    warehouse = Warehouse(tmp_path / "spread")
    warehouse.ingest(API, at=FIRST)
    found, expected = (current_rows(h) for h in (warehouse, loaded))
    assert differences(expected, found) == {}


def _results(executor: Executor, parts: list[pa.Table]) -> list[dict[str, pa.Table]]:
    return [result.result() for result in [executor.submit(derived_tables, part) for part in parts]]


def test_a_script_that_its_workers_cannot_import_is_told_how_to_begin(tmp_path: Path) -> None:
    file = tmp_path / "load.py"
    file.write_text(
        "from flows.pipeline.executors import processes\n"
        "with processes(2) as spread:\n"
        "    print([spread.submit(abs, n).result() for n in range(8)])\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    # Python may tell of what the broken processes left, after that
    (told,) = [
        line for line in done.stderr.splitlines() if line.startswith("flows.pipeline.executors.")
    ]
    assert told.startswith("flows.pipeline.executors.WorkersLost: ")
    assert "`if __name__ == '__main__':`" in told


def test_a_worker_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """Killed with SIGKILL, a load leaves no process behind."""
    script = (
        "import multiprocessing, os, signal\n"
        "from flows.pipeline.executors import processes\n"
        "if __name__ == '__main__':\n"
        "    with processes(2) as spread:\n"
        "        for result in [spread.submit(abs, n) for n in range(8)]:\n"
        "            result.result()\n"
        "        print(*[p.pid for p in multiprocessing.active_children()], flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    file = tmp_path / "load.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    pids = list(map(int, done.stdout.split()))
    assert len(pids) == 2
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, "a worker is left"
        time.sleep(0.1)
