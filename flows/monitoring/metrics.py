"""The state of a warehouse as a text file for Prometheus: `metrics.prom` in the home.

A node exporter's textfile collector reads it (decision 24), so nothing of ours has to listen.
"""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flows.monitoring.status import Status
from flows.pipeline.report import RunReport
from warehouse.storage.durable_files import write_whole
from warehouse.storage.home import Home

OUTCOMES = ("ok", "unchanged", "covered", "partial", "failed")


def write_metrics(home: Home, status: Status, report: RunReport) -> None:
    """Write what a run did and how the warehouse stands now, whole or not at all."""
    write_whole(home.metrics, generate_latest(metrics_of(status, report)))


def metrics_of(status: Status, report: RunReport) -> CollectorRegistry:
    """The numbers, each with its unit in its name."""
    registry = CollectorRegistry()

    def gauge(name: str, says: str, values: Iterable[tuple[dict[str, str], float | None]]) -> None:
        found = [(labels, value) for labels, value in values if value is not None]
        if found:
            made = Gauge(f"paperhouse_{name}", says, list(found[0][0]), registry=registry)
            for labels, value in found:
                (made.labels(**labels) if labels else made).set(value)

    command = {"command": report.command}
    gauge(
        "run_outcome",
        "1 for the outcome of the last run, 0 for the others.",
        [({**command, "outcome": o}, float(o == report.outcome)) for o in OUTCOMES],
    )
    gauge("run_ended_timestamp_seconds", "When it ended.", [(command, _seconds(report.ended_at))])
    duration = (report.ended_at - report.started_at).total_seconds()
    gauge("run_duration_seconds", "How long it took.", [(command, duration)])
    gauge(
        "run_rows",
        "Rows it added, changed or removed.",
        [
            ({"table": table, "change": name}, float(getattr(change, name)))
            for table, change in sorted(report.changes.items())
            for name in ("added", "changed", "removed")
        ],
    )
    gauge("snapshot", "The lake's newest snapshot.", [({}, float(status.lake_snapshot))])
    gauge("published_snapshot", "The one that readers see.", [({}, status.published_snapshot)])
    gauge("quarantine_open", "Records in quarantine.", [({}, float(status.n_quarantined))])
    gauge("broken_promises", "Promises that are broken.", [({}, float(len(status.broken)))])
    gauge(
        "list_behind_hours",
        "How far the oldest late issue of a list is behind; 0 when none is late.",
        [
            ({"source": f.source, "edition": f.edition}, (f.behind_h or 0.0) if f.late else 0.0)
            for f in status.freshness
        ],
    )
    gauge(
        "list_loaded_timestamp_seconds",
        "When a list was last loaded.",
        [
            ({"source": f.source, "edition": f.edition}, _seconds(f.last_loaded_at))
            for f in status.freshness
        ],
    )
    return registry


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
