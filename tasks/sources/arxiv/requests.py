"""The requests for arXiv's issues: a category's feed, or the query API."""

from urllib.parse import unquote_plus

from tasks.parse.model import IssueRef
from tasks.sources import Request

PAGE_SIZE = 200
"""Papers on one page of an answer of the query API."""


def request(issue: IssueRef) -> Request:
    """The request for an issue, for the first page of a query or of a list of ids.

    A feed always shows today, whichever day the issue names.
    """
    if issue.edition not in ("query", "ids"):
        accept = "application/rss+xml, application/xml, text/xml"
        return Request(f"/rss/{issue.edition}", (), format="rss", accept=accept)
    is_list = issue.edition == "ids"
    asked = ("id_list", issue.key) if is_list else ("search_query", unquote_plus(issue.key))
    return Request(
        path="/api/query",
        parameters=(
            asked,
            ("sortBy", "submittedDate"),
            ("sortOrder", "descending"),
            ("start", "0"),
            ("max_results", str(PAGE_SIZE)),
        ),
        format="query",
        accept="application/atom+xml",
        base_url="https://export.arxiv.org",
    )
