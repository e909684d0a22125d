"""One run of the digest from start to end: answer who asked for it, send what is due, write the
metrics, send alerts."""

import time
from collections.abc import Callable

from flows.digest.answer import answer_requests
from flows.digest.relay import RelayNotSet
from flows.digest.report import DigestReport
from flows.digest.send import send_due
from flows.digest.state import read_digest_state
from flows.monitoring import alerts
from flows.monitoring.metrics import write_digest_metrics
from flows.monitoring.notify import notify
from flows.pipeline.run import Clock, log
from flows.settings import Settings
from warehouse.storage.writer_lock import MailerBusy


def is_set_up(settings: Settings) -> bool:
    """Whether the settings say how mails go out."""
    return settings.digest.smtp is not None and settings.digest.sender is not None


def run_digest(
    settings: Settings, *, clock: Clock, sleep: Callable[[float], None] = time.sleep
) -> DigestReport:
    """Send the mails that are due and report. Before them go the links to confirm, which the served
    pages send otherwise; if they have to wait, the mails do not.

    An error is sent as an alert and goes through; `MailerBusy` is none, because the process that
    sends reports itself.
    """
    home = settings.warehouse()
    try:
        try:
            answer_requests(settings, clock=clock, sleep=sleep)
        except RelayNotSet as error:
            log.warning("who asked for the digest waits for a link: %s", error)
        report = send_due(settings, clock=clock, sleep=sleep)
    except MailerBusy:
        raise
    except Exception as error:
        notify(home, [alerts.of_failed_digest(error)], now=clock(), pages=settings.site.address)
        raise
    state = read_digest_state(settings, now=clock())
    if state is not None:
        write_digest_metrics(home, state)
        found = alerts.of_digest(state, relay_fault=report.relay_fault, given_up=report.given_up)
        notify(home, found, now=clock(), pages=settings.site.address)
    return report
