"""Which mails people are owed, worked out apart from the code that sends them.

It walks through the moments of a life and asks at each of them, by the calendar and the clock of
each person's own place, what `docs/digest.md` promises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from warehouse.subscriber import Wishes

NEW_YORK = ZoneInfo("America/New_York")
THERE = {"loaded": True, "empty": True, "unconfirmed": False}
"""States of a day that can be mailed, and whether it is sure then."""


@dataclass
class Person:
    """Somebody with wishes, and when they were active: from the first moment to the second."""

    address: str
    wishes: Wishes
    active: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    is_disturbed: bool = False
    """Whether they stop or pause, so that a mail may come too late for them."""

    def active_since(self, moment: datetime) -> datetime | None:
        """Since when they are active at a moment; None when they are not."""
        return next(
            (begin for begin, end in self.active if begin <= moment and (not end or moment < end)),
            None,
        )


Owed = dict[tuple[str, str], datetime]
"""The mails owed, by address and issue, and from when on."""


def owed(
    people: Sequence[Person],
    moments: Sequence[tuple[datetime, Mapping[date, str]]],
    *,
    oldest_days: int,
) -> Owed:
    """What everybody is owed at these moments, given the states of the days as they were then."""
    found: Owed = {}
    for moment, known in moments:
        today = moment.astimezone(UTC).date()
        days = [today - timedelta(days=back) for back in range(oldest_days + 1)]
        for person in people:
            since = person.active_since(moment)
            if since is None:
                continue
            for day in days:
                key = _key(person.wishes, day)
                if key is None or (person.address, key) in found:
                    continue
                if (
                    _has_come(person.wishes, day, moment)
                    and not _has_come(person.wishes, day, since)
                    and _is_out(person.wishes, day, moment, known)
                ):
                    found[person.address, key] = moment
    return found


def _key(wishes: Wishes, day: date) -> str | None:
    if wishes.frequency == "daily":
        return f"{day}"
    return f"{day:%G-W%V}" if day.isoweekday() == 7 else None


def _has_come(wishes: Wishes, day: date, moment: datetime) -> bool:
    """Whether it is the day after, and the hour, where the person is."""
    there = moment.astimezone(ZoneInfo(wishes.time_zone))
    return (there.date(), there.hour) >= (day + timedelta(days=1), wishes.hour)


def _is_out(wishes: Wishes, day: date, moment: datetime, known: Mapping[date, str]) -> bool:
    """Whether the day, or the week that ends with it, can be mailed as sure as it is. A week can
    when its last day with a list is there, else when it is over."""
    days = [day - timedelta(days=n) for n in range(7 if wishes.frequency == "weekly" else 1)]
    expected = [one for one in days if known.get(one, "not expected") != "not expected"]
    there = [one for one in expected if known[one] in THERE and _has_closed(one, moment)]
    if not there or not (_has_closed(day, moment) or expected[0] in there):
        return False
    is_sure = len(there) == len(expected) and all(THERE[known[one]] for one in there)
    return is_sure or wishes.unconfirmed == "mark"


def _has_closed(day: date, moment: datetime) -> bool:
    """The list of a day grows until half past nine in the evening in New York."""
    there = moment.astimezone(NEW_YORK)
    return (there.date(), there.hour, there.minute) >= (day, 21, 30)
