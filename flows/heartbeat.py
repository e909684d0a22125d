"""The watch flow: what `paperhouse status --notify` does, for Prefect's automation to start.

`prefect.yaml` has it run when no run of the warehouse has told of its end for 26 hours. It cannot
notice that Prefect itself is down; a line in cron can (docs/alerts.md).
"""

from pathlib import Path

from prefect import flow, get_run_logger

from flows.monitoring.silence import tell
from flows.monitoring.status import read_status
from flows.pipeline.run import utc_now
from flows.settings import load_settings


@flow(name="watch", flow_run_name="watch")
def watch(home: Path | None = None) -> list[str]:
    """Send what is broken and whether all is silent; gives the causes told just now.

    `home` is the warehouse folder instead of the configured one.
    """
    settings, now = load_settings(home=home), utc_now()
    status = read_status(settings, now=now)
    told = [alert.cause for alert in tell(settings, status, now=now)]
    get_run_logger().info("told: %s", ", ".join(told) or "nothing")
    return told
