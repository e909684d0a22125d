"""The requests for Hugging Face's issues: the API first, the page if the API is broken or gone."""

from dataclasses import replace
from urllib.parse import quote

from tasks.parse.model import IssueRef
from tasks.sources import Request
from tasks.sources.huggingface.issues import query_of
from tasks.sources.huggingface.parse_api import API
from tasks.sources.huggingface.parse_page import PAGE
from tasks.sources.huggingface.parse_paper import PAPER

PAGE_LIMIT = 100
"""The API gives at most this many rows a page; without a limit it silently stops at 50."""

PAGE_STOPS_AT = 105
"""Pages of weeks and months stop at so many papers, so the page of a longer list is incomplete."""

_JSON, _HTML = "application/json", "text/html"
_PERIOD = {"daily": "date", "weekly": "week", "monthly": "month"}


def request(issue: IssueRef) -> Request:
    """The request for an issue of any edition."""
    if issue.edition == "paper":
        return Request(f"/api/papers/{quote(issue.key)}", (), PAPER.name, _JSON)
    if issue.edition == "search":
        return _page("/papers", (("q", query_of(issue) or ""),))
    if issue.edition == "trending":
        # the list has no end; its first page is what readers see as trending
        return _api(("sort", "trending"), _page("/papers/trending"), follows_pages=False)
    page = _page(f"/papers/{_PERIOD[issue.edition]}/{issue.key}")
    if issue.edition != "daily":
        page = replace(page, cut_off_at=PAGE_STOPS_AT)
    return _api((_PERIOD[issue.edition], issue.key), page)


def _api(what: tuple[str, str], otherwise: Request, *, follows_pages: bool = True) -> Request:
    return Request(
        path="/api/daily_papers",
        parameters=(what, ("limit", str(PAGE_LIMIT))),
        format=API.name,
        accept=_JSON,
        follows_pages=follows_pages,
        otherwise=otherwise,
    )


def _page(path: str, parameters: tuple[tuple[str, str], ...] = ()) -> Request:
    return Request(path, parameters, PAGE.name, _HTML, bucket="pages")
