"""Sends signals by Apprise to the addresses in `PAPERHOUSE_NOTIFY_URLS`, once a day for each cause.

An address is a URL of Apprise: `json://host/path` for a webhook, `mailtos://user:password@host` for
mail, and a hundred services more. It holds secrets, so it comes from the environment alone, and
neither the ledger nor a log names more of it than its kind and place in the list. What cannot be
delivered never fails a run: it is on record, and the next run of the day tries again.
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


def notify(home: Home, alerts: Iterable[Alert], *, now: datetime) -> list[Alert]:
    """Send what was not sent today; gives the signals that reached a channel just now."""
    wanted = list(alerts)
    addresses = os.environ.get(URLS, "").split()
    if not wanted or not addresses:
        return []
    channels = list(_channels(addresses))
    sent: list[Alert] = []
    try:
        with closing(Ledger(home.ledger)) as ledger:
            for alert in wanted:
                told = [_tell(ledger, home, alert, channel, now) for channel in channels]
                sent += [alert] if any(told) else []
    except (OSError, sqlite3.Error) as error:
        log.warning("no message is sent, because none can be put on record: %s", error)
    return sent


class _Channel(NamedTuple):
    """Something to send to, under a name that tells no secret."""

    name: str
    target: Any
    """Apprise's; None for an address it does not know."""


def _channels(addresses: Sequence[str]) -> Iterator[_Channel]:
    import apprise  # noqa: PLC0415 - takes a while, and is needed only when there is news

    for number, address in enumerate(addresses, 1):
        target = apprise.Apprise.instantiate(address, suppress_exceptions=True)
        yield _Channel(f"{target.service_name if target else 'address'} {number}", target)


def _tell(ledger: Ledger, home: Home, alert: Alert, channel: _Channel, now: datetime) -> bool:
    """Send one signal to one channel, unless that is done; whether it was delivered just now."""
    key = [now.astimezone(UTC).date(), alert.cause, channel.name]
    known = ledger.rows(
        NOTIFICATIONS,
        "is_sent AND sent_on = ? AND cause = ? AND channel = ?",
        [str(part) for part in key],
    )
    if known:
        return False
    error = _send(channel.target, home, alert)
    if error:
        log.warning("%s could not be told to %s: %s", alert.cause, channel.name, error)
    row = dict(zip(NOTIFICATIONS.key, key, strict=True))
    row |= {"tried_at": now, "headline": alert.headline, "is_sent": not error, "error": error}
    ledger.record(NOTIFICATIONS, [row])
    return not error


def _send(target: Any, home: Home, alert: Alert) -> str | None:
    """Send one message; gives what went wrong, in words without the address."""
    import apprise  # noqa: PLC0415 - as above

    if target is None:
        return (
            f"{URLS} has an address that Apprise does not know; a webhook is json://host/path, "
            "mail is mailtos://user:password@host?to=…"
        )
    title = f"paperhouse {home.root.name}: {alert.headline}"
    with apprise.LogCapture(level=logging.WARNING) as said:  # type: ignore[no-untyped-call]
        is_sent = target.notify(title=title, body=alert.text())
        words = " ".join(said.getvalue().split())
    return None if is_sent else words[:200] or "not delivered"
