"""The names of Hugging Face's issues, and which issues there should be.

daily `2026-11-20`, weekly `2026-W47`, monthly `2026-11`; trending and search lists have no date and
are named by the moment of their capture: `20261125T064500Z`, `protein+folding@20261125T064500Z`. To
fetch them, write `trending:now` and `search:protein+folding`.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote_plus, unquote_plus
from zoneinfo import ZoneInfo

from schemas.core import ARXIV_ID
from tasks.errors import BadIssueId
from tasks.parse.model import IssueRef

NAME = "huggingface"
FEED_ZONE = ZoneInfo("America/New_York")
FEED_ROLLS_AT = time(21, 30)
"""The feed of the next day opens at 21:30 in New York."""

FRESHNESS_OBJECTIVE = timedelta(hours=30)
"""Leaves time for two nightly runs: about three hours after a list opens, and a day later."""

FEWEST_RECORDS = {"daily": 4}
"""Of the 292 weekdays known to us, 2024 to 2026, seven have fewer: days after holidays, and
days saved early in the morning."""

ARCHIVE_BEGINS = date(2023, 5, 4)
NOW = "now"
_KEYS = {"daily": "%Y-%m-%d", "weekly": "%G-W%V", "monthly": "%Y-%m"}
_STAMP = "%Y%m%dT%H%M%SZ"
_LONGEST_QUERY = 200


def newest_day(now: datetime) -> date:
    """The newest day whose issue can be out: the feed's day, but never after today in UTC."""
    in_zone = now.astimezone(FEED_ZONE)
    feed_day = in_zone.date() + timedelta(days=in_zone.time() >= FEED_ROLLS_AT)
    return min(feed_day, now.astimezone(UTC).date())


def expected(first: date, last: date, editions: tuple[str, ...] | None = None) -> list[IssueRef]:
    """What should have been published in these editions; by default, the daily lists.

    Raises `BadIssueId` for a list that has no calendar, such as a search.
    """
    begin = max(first, ARCHIVE_BEGINS)
    days = [begin + timedelta(days=n) for n in range((last - begin).days + 1)]
    editions = editions or ("daily",)
    known = (*_KEYS, "trending")
    for edition in editions:
        if edition not in known:
            raise BadIssueId(
                f"{NAME} has no {edition!r} to ask for every night, but {', '.join(known)}"
            )
    return [IssueRef(NAME, edition, key) for edition in editions for key in _keys(edition, days)]


def is_valid_key(edition: str, key: str) -> bool:
    """Whether an issue of this edition can have this key."""
    if edition == "search":
        return _is_search(key)
    begins_on = IssueRef(NAME, edition, key).begins_on
    if edition in _KEYS:
        return begins_on is not None and begins_on.strftime(_KEYS[edition]) == key
    if edition == "trending":
        return key == NOW or (key.endswith("Z") and begins_on is not None)
    return edition == "paper" and re.fullmatch(ARXIV_ID, key) is not None


def stamped(issue: IssueRef, moment: datetime) -> IssueRef:
    """The name of a list without a date when captured at a moment; other issues as they are.

    Raises `BadIssueId` for the capture of another moment, which cannot be fetched any more.
    """
    if issue.edition not in ("trending", "search"):
        return issue
    stamp = moment.astimezone(UTC).strftime(_STAMP)
    query = quote_plus(query_of(issue) or "")
    fetchable = IssueRef(NAME, issue.edition, query or NOW)
    if "@" in issue.key or (not query and issue.key != NOW):
        raise BadIssueId(f"{issue}: a capture of the past cannot be fetched; use {fetchable}")
    return IssueRef(NAME, issue.edition, f"{query}@{stamp}" if query else stamp)


def query_of(issue: IssueRef) -> str | None:
    """What a search issue searched for."""
    return unquote_plus(issue.key.partition("@")[0]) if issue.edition == "search" else None


def _is_search(key: str) -> bool:
    query, _, stamp = key.partition("@")
    is_stamp = not stamp or (IssueRef(NAME, "search", key).begins_on and stamp.endswith("Z"))
    return bool(is_stamp) and 0 < len(unquote_plus(query).strip()) <= _LONGEST_QUERY


def _keys(edition: str, days: list[date]) -> Iterable[str]:
    """Keys of the lists of these days: each weekday (usually there is none at weekends), ISO week
    or month; trending as it is now, one capture in each run."""
    if edition == "trending":
        return [NOW]
    issued = [day for day in days if day.weekday() < 5] if edition == "daily" else days
    return dict.fromkeys(day.strftime(_KEYS[edition]) for day in issued)
