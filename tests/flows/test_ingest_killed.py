"""A run that is killed at any moment leaves what is published, and the next run completes."""

import signal
from typing import NamedTuple

import pytest

from tests.flows.crashes import ingest_killed_at
from tests.flows.house import LATER, House
from warehouse.publication import published_snapshot

LISTED_BEFORE, LISTED_AFTER = 240, 245


class Moment(NamedTuple):
    """Just before which event the run dies, and what it leaves behind."""

    event: str
    text: str
    is_crash_on_record: bool = True
    """False when the ledger row had been closed already."""


MOMENTS = {
    "before a body has its name": Moment("os.rename", ".api.zst"),
    "before the receipts are written": Moment("open", "receipts.jsonl a"),
    "while months are being written": Moment("open", "core.issues/issue_month=2026-10"),
    "while unchanged files are being linked": Moment("os.link", "core.observations"),
    "before the snapshot has its name": Moment("os.rename", "lake/snapshots/2"),
    "before the new snapshot is the current one": Moment("os.rename", "lake/current"),
    "before the new publication takes the place of the old": Moment(
        "os.rename", "warehouse.duckdb", is_crash_on_record=False
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_a_killed_run_leaves_the_old_publication_and_the_next_one_completes(
    loaded: House, moment: Moment
) -> None:
    before = loaded.sha256()
    assert ingest_killed_at(loaded, moment.event, moment.text, LATER) == -signal.SIGKILL
    assert loaded.sha256() == before
    assert loaded.value("SELECT count(*) FROM core.listings") == LISTED_BEFORE

    assert loaded.ingest(LATER).exit_code == 0
    assert loaded.value("SELECT count(*) FROM core.listings") == LISTED_AFTER
    assert loaded.value("SELECT count(*) FROM core.issue_captures") == 18
    assert published_snapshot(loaded.file) == loaded.lake.current().number == 2
    assert loaded.leftovers() == []
    crashed = loaded.value("SELECT count(*) FROM ops.runs WHERE outcome = 'crashed'")
    assert crashed == moment.is_crash_on_record

    state = loaded.state()
    assert loaded.ingest(LATER).outcome == "unchanged"
    assert loaded.state() == state
