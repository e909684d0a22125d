"""The watch flow: what `paperhouse status --notify` does, started by an automation of Prefect.

`prefect.yaml` starts it when no run of the warehouse has ended for 26 hours. It cannot notice that
Prefect itself is down; a line in cron can (docs/alerts.md).
"""

from pathlib import Path

from prefect import flow, get_run_logger

from flows.digest.state import with_digest
from flows.monitoring.silence import send_alerts
from flows.monitoring.status import read_status
from flows.pipeline.run import utc_now
from flows.settings import load_settings


@flow(name="watch", flow_run_name="watch")
def watch(home: Path | None = None) -> list[str]:
    """Send alerts for missed objectives and for silence; returns the causes sent now.

    `home` is the warehouse folder instead of the configured one.
    """
    settings, now = load_settings(home=home), utc_now()
    status = with_digest(read_status(settings, now=now), settings)
    sent = [alert.cause for alert in send_alerts(settings, status, now=now)]
    get_run_logger().info("sent: %s", ", ".join(sent) or "nothing")
    return sent
