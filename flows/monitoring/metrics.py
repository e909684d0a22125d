"""The state of a warehouse as text files for Prometheus: `metrics.prom` in the home, and
`digest.prom` for the digest by mail, which is sent more often than a night runs.

A node exporter's textfile collector reads it (decision 24), so paperhouse needs no server for them.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import get_args

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flows.monitoring.alerts import ENDED
from flows.monitoring.digest_state import DigestState
from flows.monitoring.status import Status
from flows.pipeline.report import RunReport
from warehouse.mails import State as MailState
from warehouse.storage.durable_files import write_whole
from warehouse.storage.home import Home
from warehouse.subscriber import State as PersonState


def write_metrics(home: Home, status: Status, report: RunReport) -> None:
    """Write the numbers of a run and of the warehouse's state, whole or not at all."""
    write_whole(home.metrics, generate_latest(metrics_of(status, report)))


def metrics_of(status: Status, report: RunReport) -> CollectorRegistry:
    """The numbers, each with its unit in its name."""
    registry = CollectorRegistry()

    gauge = partial(_gauge, registry)
    command = {"command": report.command}
    gauge(
        "run_outcome",
        "1 for the outcome of the last run, 0 for the others.",
        [({**command, "outcome": o}, float(o == report.outcome)) for o in ENDED],
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
    # the metric keeps its old name, because dashboards and alert rules use it
    gauge("broken_promises", "Missed objectives.", [({}, float(len(status.all_missed)))])
    lists = [({"source": f.source, "edition": f.edition}, f) for f in status.freshness]
    gauge(
        "list_behind_hours",
        "How far the oldest late issue of a list is behind; 0 when none is late.",
        [(labels, (f.behind_h or 0.0) if f.late else 0.0) for labels, f in lists],
    )
    gauge(
        "list_loaded_timestamp_seconds",
        "When a list was last loaded.",
        [(labels, _seconds(f.last_loaded_at)) for labels, f in lists],
    )
    gauge(
        "list_empty_in_a_row",
        "Expected issues without records since the newest one with some.",
        [(labels, f.n_empty_in_a_row) for labels, f in lists],
    )
    gauge(
        "list_issues",
        "Issues that are expected by now, by what became of them.",
        [
            ({"source": c.source, "edition": c.edition, "state": state}, float(n))
            for c in status.completeness
            for state, n in c.n_by_state.items()
        ],
    )
    return registry


def write_digest_metrics(home: Home, state: DigestState) -> None:
    """Write the numbers of the digest by mail, whole or not at all."""
    write_whole(home.digest_metrics, generate_latest(digest_metrics_of(state)))


def digest_metrics_of(state: DigestState) -> CollectorRegistry:
    """The numbers of the digest by mail."""
    registry = CollectorRegistry()
    gauge = partial(_gauge, registry)
    subscribers = dict.fromkeys(get_args(PersonState), 0) | dict(state.n_subscribers)
    mails = dict.fromkeys(get_args(MailState), 0) | dict(state.n_mails)
    gauge(
        "digest_subscribers",
        "People who asked for the digest, by state.",
        [({"state": name}, float(n)) for name, n in subscribers.items()],
    )
    gauge(
        "digest_mails",
        "Mails of the last half year, by state.",
        [({"state": name}, float(n)) for name, n in mails.items()],
    )
    gauge("digest_requests", "Requests without an answer.", [({}, float(state.n_requests))])
    gauge("digest_pending", "Mails due and not sent.", [({}, float(state.n_pending))])
    gauge("digest_late", "Of these, late.", [({}, float(state.n_late))])
    gauge(
        "digest_oldest_pending_seconds",
        "How long the oldest of these is due; 0 when there is none.",
        [({}, state.pending_s)],
    )
    gauge(
        "digest_run_timestamp_seconds", "When mails were last sent.", [({}, _seconds(state.as_of))]
    )
    return registry


def _gauge(
    registry: CollectorRegistry,
    name: str,
    says: str,
    values: Iterable[tuple[dict[str, str], float | None]],
) -> None:
    """Add a gauge; a value that is not known is left out."""
    found = [(labels, value) for labels, value in values if value is not None]
    if found:
        made = Gauge(f"paperhouse_{name}", says, list(found[0][0]), registry=registry)
        for labels, value in found:
            (made.labels(**labels) if labels else made).set(value)


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
