"""After an outage one run does the work of all that were missed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.orchestration import scheduling

DUE = datetime(2026, 11, 14, 5, 45, tzinfo=UTC)
LATE = DUE + timedelta(days=3)


def ran(command: str, outcome: str, *, hours: float) -> dict[str, Any]:
    """A row of ops.runs that began so many hours after the moment in question."""
    began = DUE + timedelta(hours=hours)
    return {"run_id": "other", "command": command, "started_at": began, "outcome": outcome}


def superseding_run(command: str, runs: list[dict[str, Any]]) -> str | None:
    """The run that covers one that was due at `DUE` and has its turn three days later."""
    return scheduling.superseding_run(command, DUE, runs, now=LATE)


@pytest.mark.parametrize("outcome", ["ok", "unchanged", "partial"])
def test_a_night_that_began_later_and_ended_covers_those_that_were_due_before(outcome: str) -> None:
    assert superseding_run("nightly", [ran("nightly", outcome, hours=0)]) == "other"
    assert superseding_run("nightly", [ran("nightly", outcome, hours=60)]) == "other"


@pytest.mark.parametrize("outcome", ["failed", "crashed", "running", "covered"])
def test_a_night_that_did_not_end_well_covers_nothing(outcome: str) -> None:
    assert superseding_run("nightly", [ran("nightly", outcome, hours=1)]) is None


def test_a_rehearsal_of_a_moment_to_come_covers_nothing() -> None:
    assert superseding_run("nightly", [ran("nightly", "ok", hours=72)]) == "other"
    assert superseding_run("nightly", [ran("nightly", "ok", hours=73)]) is None


def test_what_began_before_covers_nothing() -> None:
    assert superseding_run("nightly", [ran("nightly", "ok", hours=-0.1)]) is None
    assert superseding_run("nightly", []) is None


@pytest.mark.parametrize(
    ("command", "other", "is_covered"),
    [
        ("refresh", "nightly", True),
        ("refresh", "sweep", True),
        ("nightly", "sweep", True),
        ("nightly", "refresh", False),
        ("sweep", "nightly", False),
        ("nightly", "ingest", False),
        ("nightly", "backfill", False),
    ],
)
def test_only_a_run_that_looks_back_as_far_covers_another(
    command: str, other: str, is_covered: bool
) -> None:
    assert (superseding_run(command, [ran(other, "ok", hours=1)]) is not None) == is_covered
