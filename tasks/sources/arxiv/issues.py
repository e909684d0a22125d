"""The names of arXiv's issues, and which issues there should be."""

import re
from datetime import date, datetime
from urllib.parse import quote_plus, unquote_plus

from tasks.errors import BadIssueId
from tasks.parse.model import IssueRef
from tasks.sources.arxiv.announcements import ZONE, issue_days
from tasks.sources.arxiv.names import is_edition
from tasks.sources.arxiv.taxonomy import unknown_in

ARCHIVE_BEGINS = date(1991, 8, 14)
_IDS = re.compile(r"[\w.,/-]+", re.ASCII)
_SAFE = ':()[]",/'


def newest_day(now: datetime) -> date:
    """The day whose feed is out: feeds change at midnight in New York."""
    return now.astimezone(ZONE).date()


def expected(first: date, last: date, editions: tuple[str, ...] | None = None) -> list[IssueRef]:
    """One issue of each category and announcement; none of any category by default."""
    categories = editions or ()
    for category in categories:
        if not is_edition(category):
            raise BadIssueId(f"arxiv has no category {category!r}; write it as cs.CL or astro-ph")
        if doubt := unknown_in(category):
            raise BadIssueId(doubt)
    days = issue_days(max(first, ARCHIVE_BEGINS), last) if categories else []
    return [IssueRef("arxiv", category, str(day)) for day in days for category in categories]


def is_valid_key(edition: str, key: str) -> bool:
    """Whether an issue of this edition can have this key."""
    if edition == "query":
        return is_query_key(key)
    if edition == "ids":
        return _IDS.fullmatch(key) is not None
    try:
        return is_edition(edition) and str(date.fromisoformat(key)) == key
    except ValueError:
        return False


def query_key(query: str) -> str:
    """A query as the key of its issue: blanks as `+`, as in arXiv's own examples."""
    return quote_plus(query, safe=_SAFE)


def is_query_key(key: str) -> bool:
    """Whether a key is a query written that way."""
    query = unquote_plus(key)
    return bool(query.strip()) and query_key(query) == key


def doubt(issue: IssueRef) -> str | None:
    """What is wrong with an issue whose key is valid: a category that arXiv does not have."""
    return None if issue.edition in ("query", "ids") else unknown_in(issue.edition)
