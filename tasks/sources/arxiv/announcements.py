"""When arXiv announces: Sunday to Thursday at 20:00 in New York, but not on its holidays.

What is announced on an evening has the date of the next day: feeds from midnight in New York,
mailings because they are sent about midnight UTC. So issues are dated Monday to Friday, but never
on the day after a holiday. Days from arXiv's page "Availability of submissions", its lists of 2023
and 2024: six of the federal holidays, and some evenings chosen year by year.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")

_HOLIDAYS = frozenset(
    {
        "Martin Luther King Jr. Day",
        "Juneteenth National Independence Day",
        "Independence Day",
        "Labor Day",
        "Thanksgiving Day",
        "Christmas Day",
    }
)
_DEFERRED = frozenset({"2023-06-14", "2023-12-27", "2024-05-22", "2024-12-26", "2024-12-31"})
"""Evenings without announcement that follow no rule. A day missing here is fetched and empty."""


def issue_days(first: date, last: date) -> list[date]:
    """The days from `first` to `last` that should be the date of an announcement."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and _is_announced(day - timedelta(days=1))]


def _is_announced(evening: date) -> bool:
    """Whether papers are announced on an evening from Sunday to Thursday."""
    import holidays  # noqa: PLC0415 - takes a while, and only the calendar needs it

    names = holidays.country_holidays("US", years=evening.year).get_list(evening)
    is_holiday = any(name.removesuffix(" (observed)") in _HOLIDAYS for name in names)
    return not is_holiday and str(evening) not in _DEFERRED
