"""arXiv's announcements: every weekday, what is new, cross-listed or replaced in a category.

Issues are `arxiv:<category>:<date>`, whether they come as a feed or as the daily mailing, and
`arxiv:query:<query>` or `arxiv:ids:<id>,<id>` for an answer of the query API. A feed holds one
announcement only, so an issue can be fetched on its own day and never again.
"""

import re
from datetime import date, datetime, timedelta

from tasks.errors import BadIssueId
from tasks.model import IssueRef
from tasks.sources import Request, Source
from tasks.sources.arxiv.announced import ZONE, issue_days
from tasks.sources.arxiv.atom import ATOM_FEED
from tasks.sources.arxiv.mailing import MAILING
from tasks.sources.arxiv.names import CATEGORY
from tasks.sources.arxiv.query import QUERY, is_query_key, query_request
from tasks.sources.arxiv.rss import RSS

ARCHIVE_BEGINS = date(1991, 8, 14)
_IDS = re.compile(r"[\w.,/-]+", re.ASCII)


def newest_day(now: datetime) -> date:
    """The day whose feed is out: feeds change at midnight in New York."""
    return now.astimezone(ZONE).date()


def expected(first: date, last: date, editions: tuple[str, ...] | None = None) -> list[IssueRef]:
    """One issue of each category and announcement; none of any category by default."""
    categories = editions or ()
    for category in categories:
        if not _is_category(category):
            raise BadIssueId(f"arxiv has no category {category!r}; write it as cs.CL or astro-ph")
    days = issue_days(max(first, ARCHIVE_BEGINS), last) if categories else []
    return [IssueRef("arxiv", category, str(day)) for day in days for category in categories]


def is_valid_key(edition: str, key: str) -> bool:
    """Whether an issue of this edition can have this key."""
    if edition == "query":
        return is_query_key(key)
    if edition == "ids":
        return _IDS.fullmatch(key) is not None
    try:
        return _is_category(edition) and str(date.fromisoformat(key)) == key
    except ValueError:
        return False


def request(issue: IssueRef) -> Request:
    """How an issue is asked for. A feed shows the day it is asked on, whichever day is wanted."""
    if issue.edition in ("query", "ids"):
        return query_request(issue.edition, issue.key)
    return Request(
        path=f"/rss/{issue.edition}",
        parameters=(),
        form=RSS.name,
        accept="application/rss+xml, application/xml, text/xml",
    )


def _is_category(edition: str) -> bool:
    return edition not in ("query", "ids") and CATEGORY.fullmatch(edition) is not None


SOURCE = Source(
    name="arxiv",
    forms=(RSS, ATOM_FEED, QUERY, MAILING),
    is_valid_key=is_valid_key,
    base_url="https://rss.arxiv.org",
    request=request,
    expected=expected,
    newest_day=newest_day,
    promise=timedelta(hours=30),
    fetchable_days=1,
    min_interval_s=3.0,
)
