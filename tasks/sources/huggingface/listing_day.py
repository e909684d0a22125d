"""When an item of a Hugging Face list says that it was listed.

Measured on 319 real lists of 2024-03 to 2026-08 (4,787 records): `submittedOnDailyAt` is on the
list's date in all 1,941 that have it. Before it appeared, in March 2025, the item's `publishedAt`
is on the list's date in 2,353 of 2,729, and after 21:00 UTC on the day before it in the other 376.
In the 117 items between, and in later ones, `publishedAt` is the time at arXiv, shifted by New
York's offset, and says nothing about the list.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from tasks.parse.model import Listed

_ARXIV_SHIFTS = (timedelta(hours=-4), timedelta(hours=-5), timedelta())
"""What the item's `publishedAt` differs by from the paper's where both are the time at arXiv."""
_LISTING_TIMES_UNTIL = date(2025, 3, 11)
"""From this day on no item's `publishedAt` is the time of its listing."""
_NEXT_DAY_FROM = 21
"""What was submitted after 21:00 UTC was for the next day's list in 376 of 377 cases."""
_DAY = timedelta(days=1)


def submitted_at(
    submitted: datetime | None, item_at: datetime | None, paper_at: datetime | None
) -> datetime | None:
    """When the paper was submitted to the digest: `submittedOnDailyAt`, or an item's `publishedAt`
    that is not the time at arXiv."""
    if submitted or item_at is None or paper_at is None:
        return submitted
    return None if item_at - paper_at in _ARXIV_SHIFTS else item_at


def listed(
    submitted: datetime | None, item_at: datetime | None, paper_at: datetime | None
) -> Listed | None:
    """When the paper was listed; None if the item does not say."""
    if submitted:
        return Listed.exactly(submitted.date())
    found = submitted_at(submitted, item_at, paper_at)
    is_listing = found and paper_at and found > paper_at and found.date() < _LISTING_TIMES_UNTIL
    return _about(found) if found and is_listing else None


def listed_by_stored(stored: datetime) -> Listed | None:
    """When a paper was listed by its `submitted_at` in core.listings, which may be either time."""
    moment = stored.astimezone(UTC)
    if moment.date() >= _LISTING_TIMES_UNTIL:
        return Listed.exactly(moment.date())
    return _about(moment)


def _about(item_at: datetime) -> Listed | None:
    """By an item's `publishedAt`: no list is of a day before it, nor of one two days or more
    after it."""
    return _about_day(item_at.date(), item_at.hour >= _NEXT_DAY_FROM)


@lru_cache(maxsize=4096)
def _about_day(day: date, is_late: bool) -> Listed | None:
    """The same for a day; loads ask for the same few thousand again and again."""
    with suppress(OverflowError):
        return Listed(day + _DAY if is_late else day, (day, day + _DAY))
    return None
