"""The dead man's check: it needs no Prefect, and fires when nothing ran.

`paperhouse status --notify` is called by something that does not depend on what it watches, such as
cron on the same machine or on another that sees the home.
"""

from datetime import datetime

from flows.monitoring import alerts
from flows.monitoring.alerts import Alert
from flows.monitoring.notify import notify
from flows.monitoring.status import Status
from flows.settings import Settings
from schemas.ops import RUNS
from warehouse.ledger import open_ledger


def tell(settings: Settings, status: Status, *, now: datetime) -> list[Alert]:
    """Send what is broken and whether all is silent; gives what was sent just now."""
    home = settings.warehouse()
    with open_ledger(home.ledger) as ledger:
        silence = alerts.of_silence(ledger.rows(RUNS), now, settings.silent_after_h)
    return notify(home, [*silence, *alerts.of_missed_objectives(status.broken)], now=now)
