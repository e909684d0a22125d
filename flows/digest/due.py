"""Which mails are wanted by now: for whom, about which issue, and since when.

The one place that says so: sending follows it, and so does what is told of mails that are late.
Everything is a value, and the time is passed in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.digest.issues import Issue
from warehouse.mails import OPEN, Mail
from warehouse.subscriber import Subscriber, Wishes


@dataclass(frozen=True)
class Wanted:
    """A mail that somebody wants and does not have yet. `mail` is what is recorded of it."""

    person: Subscriber
    issue: Issue
    due_at: datetime
    mail: Mail | None


def wanted_mails(
    issues: Iterable[Issue],
    people: Iterable[Subscriber],
    recorded: Mapping[tuple[str, str, str], Mail],
    now: datetime,
) -> list[Wanted]:
    """The mails that are due, those that are due longest first. `recorded` has what is known of
    them, by subscriber, frequency and key.

    A mail is wanted when its hour came after the person consented and became active, so nobody gets
    what was out before, nor what was out during a pause.
    """
    active = [person for person in people if person.state == "active"]
    found = []
    for issue in issues:
        for person in active:
            if not wants(person, issue):
                continue
            due_at = when_due(issue, person.wishes)
            mail = recorded.get((person.subscriber_id, issue.frequency, issue.key))
            is_open = mail is None or mail.state in OPEN
            if is_open and _active_since(person) <= due_at <= now:
                found.append(Wanted(person, issue, due_at, mail))
    return sorted(found, key=lambda wanted: wanted.due_at)


def wants(person: Subscriber, issue: Issue) -> bool:
    """Whether the issue is of the person's rhythm, and sure enough."""
    wishes = person.wishes
    is_sure = issue.is_confirmed or wishes.unconfirmed == "mark"
    return wishes.frequency == issue.frequency and is_sure


def when_due(issue: Issue, wishes: Wishes) -> datetime:
    """When the person's hour comes: on the day after the last one of the issue, whose list closes
    at its end. An hour that a change of the clocks skips comes an hour later, and one that comes
    twice counts the first time."""
    local = datetime.combine(issue.on + timedelta(days=1), time(wishes.hour))
    return local.replace(tzinfo=_zone(wishes.time_zone)).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    """The time zone; UTC for a name that the time zones of this machine do not have any more."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _active_since(person: Subscriber) -> datetime:
    return max(person.consented_at or person.state_since, person.state_since)
