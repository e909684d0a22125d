"""However a run ends, the ledger says so and readers have a whole publication."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.pipeline.run import running
from schemas.ops import RUNS
from tests.support.folders import ROOT
from tests.support.process import started
from tests.support.samples import AFTERWARDS, API, items_of, write_items
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger
from warehouse.publication.published import published_snapshot
from warehouse.storage.home import Home
from warehouse.storage.landing import DamagedBody
from warehouse.storage.writer_lock import WriterBusy

pytestmark = pytest.mark.slow

HOLD = """
import sys
from pathlib import Path
from flows.pipeline.run import running
from warehouse.storage.home import Home
with running(Home(Path(sys.argv[1])), "ingest", run_id="first"):
    print("held", flush=True)
    sys.stdin.read()
"""
OPEN_FOR_WRITING = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def runs_of(home: Path) -> list[dict[str, Any]]:
    with open_ledger(home / "ledger.sqlite") as ledger:
        return ledger.rows(RUNS)


def run_in(home: Path, run_id: str, error: type[BaseException] | None = None) -> None:
    with running(Home(home), "ingest", run_id=run_id, clock=lambda: AFTERWARDS) as run:
        (row,) = runs_of(home)
        assert (row["run_id"], row["outcome"]) == (run.run_id, "running")
        if error:
            raise error("gone wrong")


def test_a_run_that_did_nothing_is_unchanged_and_publishes_nothing(home: Path) -> None:
    run_in(home, "one")
    (row,) = runs_of(home)
    assert (row["outcome"], row["exit_code"], row["snapshot"]) == ("unchanged", 0, None)
    assert row["started_at"] == row["ended_at"] == AFTERWARDS
    assert not (home / "warehouse.duckdb").exists()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_run_that_raised_is_failed_and_says_why(home: Path, error: type[BaseException]) -> None:
    with pytest.raises(error, match="gone wrong"):
        run_in(home, "one", error)
    (row,) = runs_of(home)
    assert (row["outcome"], row["exit_code"]) == ("failed", 1)
    assert row["error"] == f"{error.__name__}: gone wrong"


def test_a_second_run_is_refused_and_leaves_no_row(home: Path) -> None:
    with (
        started(HOLD, home),
        pytest.raises(WriterBusy, match="ingest first"),
        running(Home(home), "ingest", run_id="second"),
    ):
        pytest.fail("two runs were admitted")
    assert [row["run_id"] for row in runs_of(home)] == ["first"]


def test_a_run_after_one_that_was_killed_tells_that_it_crashed(home: Path) -> None:
    with started(HOLD, home) as first:
        first.kill()
        first.wait()
    with running(Home(home), "ingest", run_id="second"):
        pass
    outcomes = {row["run_id"]: row["outcome"] for row in runs_of(home)}
    assert outcomes == {"first": "crashed", "second": "unchanged"}


def test_a_load_that_raised_leaves_what_is_published(loaded: Warehouse, tmp_path: Path) -> None:
    before = loaded.state()
    few = write_items(tmp_path / "2026-11-06.json", items_of(API / "2026-11-06.json")[:2])
    (held,) = loaded.ingest(few).faults
    (damaged,) = (loaded.home / "landing").rglob(f"{held.payload_sha256}*")
    damaged.write_bytes(b"")
    with pytest.raises(DamagedBody):
        loaded.ingest(few, at=AFTERWARDS + timedelta(days=1))
    assert loaded.state() == before
    assert loaded.leftovers() == []
    newest = max(runs_of(loaded.home), key=lambda row: row["started_at"])
    assert newest["outcome"] == "failed"
    assert newest["error"].startswith("DamagedBody: ")


@pytest.mark.parametrize("content", [None, b"", b"not a database"])
def test_a_publication_that_is_missing_or_damaged_is_built_again(
    loaded: Warehouse, content: bytes | None
) -> None:
    loaded.file.unlink() if content is None else loaded.file.write_bytes(content)
    assert loaded.ingest(API).outcome == "unchanged"
    assert published_snapshot(loaded.file) == 1
    assert loaded.value("SELECT count(*) FROM core.listings") == 240


def test_somebody_who_has_the_publication_open_for_writing_does_not_fail_a_run(
    loaded: Warehouse,
) -> None:
    with started(OPEN_FOR_WRITING, loaded.file):
        assert loaded.ingest(API).exit_code == 0
    assert loaded.value("SELECT count(*) FROM core.listings") == 240


def test_freshness_tells_the_newest_issue_of_each_edition(loaded: Warehouse) -> None:
    (row,) = loaded.rows("SELECT * FROM ops.freshness")
    assert (row["source"], row["edition"], row["n_issues"]) == ("huggingface", "daily", 15)
    assert str(row["last_issue_on"]) == "2026-11-13"
    assert row["as_of"] - row["last_loaded_at"] == timedelta(0)


def test_a_hand_made_load_starts_without_prefect_and_without_great_expectations() -> None:
    code = (
        "import sys, flows.jobs.ingest, flows.monitoring.status, warehouse.query.read_only\n"
        "slow = {'prefect', 'great_expectations'} & sys.modules.keys()\n"
        "assert not slow, slow"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
