"""Hugging Face Daily Papers: one list a weekday, as JSON from the API or as a web page.

Facts about the digest are from its public documentation and from bodies of 2024 to 2026. The date
of an issue is the date asked for: bodies of the API do not carry one.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tasks.model import IssueRef
from tasks.sources import Request, Source
from tasks.sources.huggingface.api import API
from tasks.sources.huggingface.page import PAGE

FEED_ZONE = ZoneInfo("America/New_York")
FEED_ROLLS_AT = time(21, 30)
"""The feed of the next day opens at 21:30 in New York."""

PROMISE = timedelta(hours=30)
"""Two nightly runs come within it: some three hours after a list has opened, and a day later."""

ARCHIVE_BEGINS = date(2023, 5, 4)
PAGE_LIMIT = 100
"""The API gives at most this many rows a page; without a limit it silently stops at 50."""


def newest_day(now: datetime) -> date:
    """The newest day whose issue can be out: the feed's day, but never after today in UTC."""
    in_zone = now.astimezone(FEED_ZONE)
    feed_day = in_zone.date() + timedelta(days=in_zone.time() >= FEED_ROLLS_AT)
    return min(feed_day, now.astimezone(ZoneInfo("UTC")).date())


def expected(first: date, last: date) -> list[IssueRef]:
    """One daily issue each weekday; nothing at weekends, as a rule."""
    begin = max(first, ARCHIVE_BEGINS)
    days = (begin + timedelta(days=n) for n in range((last - begin).days + 1))
    return [IssueRef("huggingface", "daily", str(day)) for day in days if day.weekday() < 5]


def is_valid_key(edition: str, key: str) -> bool:
    """Whether an issue of this edition can have this key."""
    if edition != "daily":
        return False
    try:
        return str(date.fromisoformat(key)) == key
    except ValueError:
        return False


def request(issue: IssueRef) -> Request:
    """How the API is asked for one issue."""
    return Request(
        path="/api/daily_papers",
        parameters=(("date", issue.key), ("limit", str(PAGE_LIMIT))),
        form=API.name,
        accept="application/json",
    )


SOURCE = Source(
    name="huggingface",
    forms=(API, PAGE),
    is_valid_key=is_valid_key,
    base_url="https://huggingface.co",
    request=request,
    expected=expected,
    newest_day=newest_day,
    promise=PROMISE,
    token_variable="HF_TOKEN",  # noqa: S106 - the name of a variable, not a token
    edition_of_name="daily",
)
