"""The text file for Prometheus says what the report and the status say."""

from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from flows.monitoring.metrics import write_metrics
from flows.monitoring.status import read_status
from flows.settings import Settings
from tests.support.samples import API, FIRST
from tests.support.warehouse import Warehouse

NOW = datetime(2026, 11, 21, 7, tzinfo=UTC)
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(file: Path) -> Samples:
    """Every sample by name and labels."""
    families = text_string_to_metric_families(file.read_text(encoding="utf-8"))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_run_and_the_state_of_the_warehouse_are_read_back_as_they_are(
    warehouse: Warehouse,
) -> None:
    report = warehouse.ingest(API / "2026-11-12.json", at=FIRST)
    status = read_status(Settings(home=warehouse.home), now=NOW)
    home = warehouse.paths

    write_metrics(home, status, report)

    found = samples(home.metrics)
    command = ("command", "ingest")
    assert found["paperhouse_run_outcome", (command, ("outcome", "ok"))] == 1
    assert found["paperhouse_run_outcome", (command, ("outcome", "failed"))] == 0
    assert found["paperhouse_run_ended_timestamp_seconds", (command,)] == FIRST.timestamp()
    added = (("change", "added"), ("table", "core.issues"))
    assert found["paperhouse_run_rows", added] == 1
    assert found["paperhouse_snapshot", ()] == found["paperhouse_published_snapshot", ()] == 1
    assert found["paperhouse_broken_promises", ()] == len(status.missed) > 0
    daily = (("edition", "daily"), ("source", "huggingface"))
    assert found["paperhouse_list_behind_hours", daily] > 0
    assert found["paperhouse_list_loaded_timestamp_seconds", daily] == FIRST.timestamp()
    assert warehouse.leftovers() == []
