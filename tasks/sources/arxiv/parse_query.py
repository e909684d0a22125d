"""`export.arxiv.org/api/query`: an answer of the query API, page by page, as Atom.

An error is an answer with one entry that links to `/api/errors`. The order of equal dates is not
stable, so a paper may be on two pages: a duplicate within its capture. Elements from the API's user
manual and from answers of 2026.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from xml.etree.ElementTree import Element

from tasks.errors import BadBody
from tasks.parse.model import Author, ParsedBody, Record
from tasks.parse.parts import Unreadable
from tasks.sources import Format, Request
from tasks.sources.arxiv.issues import query_key
from tasks.sources.arxiv.markup import (
    ARXIV,
    ATOM,
    OPENSEARCH,
    Feed,
    Kind,
    locate,
    open_feed,
    read_records,
    required,
    text,
)
from tasks.sources.arxiv.names import categories, paper_and_version
from tasks.sources.arxiv.requests import PAGE_SIZE

MOST_RECORDS = 1_000
"""A query's newest papers are fetched, at most this many."""

_KIND = Kind("an answer of arXiv's query API", root="feed", record="entry", closing="</feed>")
LOADED = frozenset(
    {"id", "title", "summary", "published", "updated", "category", "category@term", "author"}
    | {"link", "link@href", "author.name", "arxiv:primary_category", "arxiv:primary_category@term"}
)


def next_page(content: bytes, request: Request) -> Request | None:
    """The request for the papers after those of a page; None when there are no more."""
    try:
        n_found = _number(open_feed(content, _KIND), "totalResults") or 0
    except BadBody:
        return None  # parsing the page raises the error
    start = int(dict(request.parameters)["start"]) + PAGE_SIZE
    if start >= min(n_found, MOST_RECORDS):
        return None
    parameters = ((k, str(start) if k == "start" else v) for k, v in request.parameters)
    return replace(request, parameters=tuple(parameters))


def recognise(content: bytes) -> bool:
    """Whether the bytes begin like an Atom feed from arXiv with the API's counts."""
    head = content[:4096]
    return b"<feed" in head and b"opensearch" in head and b"arxiv.org" in head


def parse(content: bytes) -> ParsedBody:
    """Read an answer. Raises `BadBody` when it is none, with arXiv's own words for an error.

    `n_declared` is the number of papers that this page must have.
    """
    feed = open_feed(content, _KIND)
    n_found, size, start = (
        _number(feed, name) for name in ("totalResults", "itemsPerPage", "startIndex")
    )
    if n_found is None:
        raise BadBody(_KIND.expects, "an Atom feed that does not say how much was found")
    n_declared = None if size is None else max(0, min(size, n_found - (start or 0)))
    n_whole = sum(unit.fault is None for unit in feed.units)
    parsed = read_records(feed, partial(read_entry, is_only=n_whole == 1))
    return replace(parsed, n_declared=n_declared, query=_asked(feed)[0])


def read_entry(place: int, entry: Element, *, is_only: bool) -> Record:
    """An entry as a record. Raises `BadBody` for an error of arXiv, which is the only entry."""
    link = text(entry, f"{ATOM}id")
    if is_only and "/api/errors" in (link or ""):
        raise BadBody(_KIND.expects, f"arXiv's error: {text(entry, f'{ATOM}summary') or link:.200}")
    title = required(entry, f"{ATOM}title")
    links = [e for e in entry.findall(f"{ATOM}link") if e.get("rel", "alternate") == "alternate"]
    arxiv_id, version = paper_and_version(link, *(found.get("href") for found in links))
    terms = [*entry.findall(f"{ARXIV}primary_category"), *entry.findall(f"{ATOM}category")]
    names = [text(author, f"{ATOM}name") for author in entry.findall(f"{ATOM}author")]
    return Record(
        place=place,
        title_as_listed=title,
        title=title,
        arxiv_id=arxiv_id,
        abstract=text(entry, f"{ATOM}summary"),
        authors=tuple(Author(name) for name in names if name),
        published_at=_time(entry, f"{ATOM}published"),
        categories=categories(found.get("term") for found in terms),
        submitted_at=_time(entry, f"{ATOM}updated"),
        version=version,
    )


def _time(entry: Element, tag: str) -> datetime | None:
    value = text(entry, tag)
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if value else None
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"expected an ISO 8601 time, found {value!r:.80}") from error


def _number(feed: Feed, name: str) -> int | None:
    value = text(feed.head, f"{OPENSEARCH}{name}") or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 12 else None


def _asked(feed: Feed) -> tuple[str | None, str | None]:
    """Query and list of ids, as the answer's title repeats them."""
    _, _, asked = (text(feed.head, f"{ATOM}title") or "").partition("search_query=")
    query, _, rest = asked.partition("&id_list=")
    return query or None, rest.partition("&")[0] or None


def _issue_of(content: bytes) -> str | None:
    """`query:<query>` or `ids:<id>,<id>`, from the title that repeats what was asked."""
    query, ids = _asked(open_feed(content, _KIND))
    if query and not ids:
        return f"query:{query_key(query)}"
    return f"ids:{ids}" if ids and not query and not any(map(str.isspace, ids)) else None


QUERY = Format(
    name="query",
    version=1,
    closes_with=b"</feed>",
    expects=_KIND.expects,
    recognise=recognise,
    parse=parse,
    locate=partial(locate, kind=_KIND),
    issue_of=_issue_of,
    loaded_paths=LOADED.intersection,
    next_page=next_page,
    witness="feed",
)
