"""Answer requests for the digest API and pages the way huggingface.co does.

Rules are those of the digest notes: `limit` defaults to 50 and stops at 100, the next page is
announced only in `Link`, a weekend is an empty list in the API and the last issue on the pages,
a date to come is an error. Pure: no sockets, no clock; `today` is given.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from tests.replica import page, periods
from tests.replica.bodies import Bodies

JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}
HTML_TYPE = {"Content-Type": "text/html; charset=utf-8"}
DEFAULT_LIMIT, MAX_LIMIT = 50, 100
DATED_PAGE = "/papers/date/"
PAGE_STOPS_AT = 105


@dataclass(frozen=True)
class Request:
    """What the site looks at: `base` is the scheme and host the client used."""

    base: str
    path: str
    query: Mapping[str, str]

    @property
    def bucket(self) -> str:
        """The quota this request counts against: API calls and pages have one each."""
        return "api" if self.path.startswith("/api/") else "pages"


@dataclass(frozen=True)
class Answer:
    """A complete response; `headers` without the ones the server adds to every response."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class BadRequestError(ValueError):
    """The query is one the real site answers with 400."""


@dataclass(frozen=True)
class Site:
    """The site on a given day."""

    bodies: Bodies
    today: date
    page_size: int = MAX_LIMIT
    """The most rows of a page, whatever limit is asked for."""

    def answer(self, request: Request) -> Answer:
        """The answer to a GET, errors included."""
        route = self._route(request.path)
        if route is None:
            return error(404, f"no such path: {request.path}")
        try:
            return route(request)
        except BadRequestError as problem:
            return error(400, str(problem))

    def _route(self, path: str) -> Callable[[Request], Answer] | None:
        if path == "/api/daily_papers":
            return self._issue
        if path.startswith("/api/papers/"):
            return self._paper
        if path == "/papers" or path.startswith(DATED_PAGE):
            return self._page
        if re.fullmatch(r"/papers/(?:week/[^/]+|month/[^/]+|trending)", path):
            return self._period_page
        return None

    def _issue(self, request: Request) -> Answer:
        asked = whole_number(request.query, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
        limit = min(asked, self.page_size)
        number = whole_number(request.query, "p", 0, 0, 1_000_000)
        if request.query.keys() & {"week", "month", "sort"}:
            rows = json.dumps(self._period(request.query), ensure_ascii=False).encode()
            return one_page(request, rows, limit, number)
        if "date" in request.query:
            day: date | None = calendar_day(request.query["date"])
        else:
            day = self.bodies.latest(self.today)
        if day is not None and day > self.today:
            raise BadRequestError(f"date {day} is after today, {self.today}")
        body = self.bodies.issue(day) if day is not None else None
        return one_page(request, body or b"[]", limit, number)

    def _period(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        if "week" in query:
            return periods.week(self.bodies, self.today, query["week"])
        if "month" in query:
            return periods.month(self.bodies, self.today, query["month"])
        if query["sort"] == "trending":
            return periods.trending(self.bodies, self.today)
        raise BadRequestError(f"the replica does not sort by {query['sort']}")

    def _paper(self, request: Request) -> Answer:
        identifier = request.path.removeprefix("/api/papers/")
        found = periods.paper(self.bodies, self.today, identifier)
        if found is None:
            return error(404, f"no paper {identifier}")
        return Answer(200, json.dumps(found, ensure_ascii=False).encode(), JSON_TYPE)

    def _period_page(self, request: Request) -> Answer:
        kind, _, key = request.path.removeprefix("/papers/").partition("/")
        query = {"sort": "trending"} if kind == "trending" else {kind: key}
        return self._page_of(self._period(query)[:PAGE_STOPS_AT], periodType=kind, dateString=key)

    def _page_of(self, rows: list[dict[str, Any]], **props: Any) -> Answer:
        text = page.render(rows, self.today, None, **props)
        return Answer(200, text.encode(), HTML_TYPE)

    def _page(self, request: Request) -> Answer:
        if "q" in request.query:
            query = {"q": request.query["q"]}
            rows = periods.search(self.bodies, self.today, query["q"])
            return self._page_of(rows[:PAGE_STOPS_AT], query=query)
        wanted = self.today
        if request.path.startswith(DATED_PAGE):
            wanted = min(wanted, calendar_day(request.path.removeprefix(DATED_PAGE)))
        shown = self.bodies.latest(wanted)
        if shown is None:
            return error(404, f"no issue up to {wanted}")
        return Answer(200, self.bodies.page(shown), HTML_TYPE)


def one_page(request: Request, body: bytes, limit: int, number: int) -> Answer:
    """Page `number` of an issue. An issue that fits on one page is sent byte for byte."""
    start, end = number * limit, (number + 1) * limit
    rows = list_in(body)
    if rows is None or (number == 0 and len(rows) <= limit):
        return Answer(200, body, JSON_TYPE)
    part = json.dumps(rows[start:end], ensure_ascii=False, separators=(",", ":")).encode()
    if end >= len(rows):
        return Answer(200, part, JSON_TYPE)
    following = urlencode({**request.query, "limit": limit, "p": number + 1})
    link = f'<{request.base}{request.path}?{following}>; rel="next"'
    return Answer(200, part, {**JSON_TYPE, "Link": link})


def list_in(body: bytes) -> list[object] | None:
    """The rows of a body, or None for one that holds no list and cannot be cut into pages."""
    try:
        rows = json.loads(body)
    except ValueError:
        return None
    return rows if isinstance(rows, list) else None


def calendar_day(text: str) -> date:
    """The day, or a 400 for anything but YYYY-MM-DD."""
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise BadRequestError(f"date {text!r} is not of the form YYYY-MM-DD") from problem
    if day.isoformat() != text:
        raise BadRequestError(f"date {text!r} is not of the form YYYY-MM-DD")
    return day


def whole_number(query: Mapping[str, str], key: str, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high`, or a 400."""
    text = query.get(key, str(default))
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise BadRequestError(f"{key} {text!r} is not a whole number from {low} to {high}")
    return int(text)


def error(status: int, message: str) -> Answer:
    """An error the way the API words one."""
    return Answer(status, json.dumps({"error": message}).encode(), JSON_TYPE)
