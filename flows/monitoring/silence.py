"""Sends an alert when nothing runs any more, which no run could send itself. Needs no Prefect.

`paperhouse status --notify` must be started by something that does not depend on what it watches,
such as cron on this machine or on another one that can read the home.
"""

from datetime import datetime

from flows.monitoring import alerts
from flows.monitoring.alerts import Alert
from flows.monitoring.notify import notify
from flows.monitoring.status import Status
from flows.settings import Settings
from schemas.ops import RUNS
from warehouse.ledger import open_ledger


def send_alerts(settings: Settings, status: Status, *, now: datetime) -> list[Alert]:
    """Send alerts for missed objectives and when nothing runs; returns those sent now."""
    home = settings.warehouse()
    with open_ledger(home.ledger) as ledger:
        silence = alerts.of_silence(ledger.rows(RUNS), now, settings.silent_after_h)
    digest = alerts.of_digest(status.digest) if status.digest else []
    found = [*silence, *alerts.of_status(status.missed, status.silences), *digest]
    return notify(home, found, now=now, pages=settings.site.address)
