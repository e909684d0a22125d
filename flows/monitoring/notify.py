"""Sends alerts by Apprise to the addresses in `PAPERHOUSE_NOTIFY_URLS`, once a day for each cause.
An alert that says when its cause began is sent once in all.

An address is a URL of Apprise: `json://host/path` for a webhook, `mailtos://user:password@host` for
mail, and a hundred other services. It contains secrets, so it comes from the environment only, and
ledger and log name only its kind and its place in the list. A failed delivery never fails a run: it
is recorded, and the next run of the day tries again.
"""

import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flows.monitoring.alerts import Alert
from flows.pipeline.run import log
from schemas.ops import NOTIFICATIONS
from warehouse.ledger import Ledger
from warehouse.storage.home import Home

URLS = "PAPERHOUSE_NOTIFY_URLS"


def notify(
    home: Home, alerts: Iterable[Alert], *, now: datetime, pages: str | None = None
) -> list[Alert]:
    """Send the alerts that were not sent yet, with the address of the pages, if there is one;
    returns those that reached a channel now."""
    wanted = list(alerts)
    addresses = os.environ.get(URLS, "").split()
    if not wanted or not addresses:
        return []
    channels = list(_channels(addresses))
    sent: list[Alert] = []
    try:
        with closing(Ledger(home.ledger)) as ledger:
            for alert in wanted:
                message = _Message(
                    f"paperhouse {home.root.name}: {alert.headline}", alert.text(pages)
                )
                delivered = [_send_once(ledger, alert, message, to, now) for to in channels]
                sent += [alert] if any(delivered) else []
    except (OSError, sqlite3.Error) as error:
        log.warning("no message is sent, because none can be recorded: %s", error)
    return sent


class _Channel(NamedTuple):
    """A receiver of alerts, under a name without secrets."""

    name: str
    target: Any
    """Apprise's target; None for an address that it does not know."""


class _Message(NamedTuple):
    """What a receiver reads."""

    title: str
    body: str


def _channels(addresses: Sequence[str]) -> Iterator[_Channel]:
    import apprise  # noqa: PLC0415 - slow to import, and needed only to send something

    for number, address in enumerate(addresses, 1):
        target = apprise.Apprise.instantiate(address, suppress_exceptions=True)
        yield _Channel(f"{target.service_name if target else 'address'} {number}", target)


def _send_once(
    ledger: Ledger, alert: Alert, message: _Message, channel: _Channel, now: datetime
) -> bool:
    """Send one alert to one channel, unless sent today, or since it began; returns whether it was
    delivered now."""
    key = [alert.began_on or now.astimezone(UTC).date(), alert.cause, channel.name]
    known = ledger.rows(
        NOTIFICATIONS,
        "is_sent AND sent_on = ? AND cause = ? AND channel = ?",
        [str(part) for part in key],
    )
    if known:
        return False
    error = _send(channel.target, message)
    if error:
        log.warning("%s could not be sent to %s: %s", alert.cause, channel.name, error)
    row = dict(zip(NOTIFICATIONS.key, key, strict=True))
    row |= {"tried_at": now, "headline": alert.headline, "is_sent": not error, "error": error}
    ledger.record(NOTIFICATIONS, [row])
    return not error


def _send(target: Any, message: _Message) -> str | None:
    """Send one message; returns the error, without the address, or None."""
    import apprise  # noqa: PLC0415 - as above

    if target is None:
        return (
            f"{URLS} has an address that Apprise does not know; a webhook is json://host/path, "
            "mail is mailtos://user:password@host?to=…"
        )
    with apprise.LogCapture(level=logging.WARNING) as said:  # type: ignore[no-untyped-call]
        is_sent = target.notify(title=message.title, body=message.body)
        words = " ".join(said.getvalue().split())
    return None if is_sent else words[:200] or "not delivered"
