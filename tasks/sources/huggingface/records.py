"""One item of a Hugging Face list, from the API or from a page's hydration data, as a record.

The shape drifts (new keys every few months), so what
is not known is noted and left alone, what is optional may be missing, and only what is required or
of the wrong type makes a record unreadable.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tasks.model import Author, FieldSeen, Record, Reject, Span
from tasks.text import unwrap, without_version

_JSON_TYPES = {
    dict: "object",
    list: "list",
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}
_ARXIV_SHIFTS = (timedelta(hours=-4), timedelta(hours=-5))
"""Since March 2025 an item's publishedAt is the paper's, shifted by New York's offset."""

_DEEPEST = 50
"""Fields nested deeper than this are not noted: no digest has any, but a hostile body may."""
_INTEGERS = range(-(2**63), 2**63)

Shapes = Counter[tuple[str, tuple[str, ...], tuple[type, ...]]]


class BadField(Exception):
    """A field that is missing or of another type than the digest's own documentation gives it."""


def read_items(items: list[Any]) -> tuple[list[Record], list[Reject], Counter[FieldSeen]]:
    """Records, rejects and fields seen of a list of items. Never raises on a bad item.

    Spans of rejects are empty: the caller knows where the items stand in its body.
    """
    records: list[Record] = []
    rejects: list[Reject] = []
    shapes: Shapes = Counter()
    for place, item in enumerate(items):
        _note_shapes(item, "", shapes)
        try:
            records.append(_read_item(place, item))
        except BadField as error:
            rejects.append(Reject(place, str(error), "", Span(0, 0)))
    return records, rejects, _fields_of(shapes)


def _read_item(place: int, item: Any) -> Record:
    if type(item) is not dict:
        raise BadField(f"expected an object for each paper, found {json_type(item)}")
    paper = _get(item, "paper", dict)
    if paper is None:
        raise BadField("the item has no `paper`")
    listed_title = _get(item, "title", str)
    title = _get(paper, "title", str) or listed_title
    if not title or not title.strip():
        raise BadField("the paper has no title")
    published_at = _time(paper, "publishedAt")
    submitter = _get(item, "submittedBy", dict) or _get(paper, "submittedOnDailyBy", dict) or {}
    return Record(
        place=place,
        title_as_listed=unwrap(listed_title or title),
        title=unwrap(title),
        arxiv_id=_arxiv_id(paper),
        abstract=_abstract(item, paper),
        authors=tuple([_author(author) for author in _get(paper, "authors", list) or ()]),
        published_at=published_at,
        withdrawn_at=_time(paper, "withdrawnAt"),
        github_repo=_trimmed(paper, "githubRepo"),
        project_page=_trimmed(paper, "projectPage"),
        ai_summary=_trimmed(paper, "ai_summary"),
        ai_keywords=_texts(paper, "ai_keywords"),
        paper_organization=_organization(paper),
        submitter=_get(submitter, "name", str) or _get(submitter, "user", str),
        submitted_at=_submitted_at(item, paper, published_at),
        is_author_participating=_get(item, "isAuthorParticipating", bool),
        discussion_id=_get(paper, "discussionId", str),
        thumbnail_url=_trimmed(item, "thumbnail"),
        media_urls=_media_urls(item, paper),
        listing_organization=_organization(item),
        upvotes=_get(paper, "upvotes", int),
        comments=_get(item, "numComments", int),
        github_stars=_get(paper, "githubStars", int),
    )


def _get(holder: dict[str, Any], key: str, kind: type) -> Any:
    """The value of a key; None when it is missing or null.

    Raises `BadField` for another type, and for an integer that 64 bits do not hold.
    """
    value = holder.get(key)
    if value is None or (type(value) is kind and (kind is not int or value in _INTEGERS)):
        return value
    raise BadField(f"`{key}`: expected {_JSON_TYPES[kind]}, found {json_type(value)} {value!r:.80}")


def _trimmed(holder: dict[str, Any], key: str) -> str | None:
    text: str | None = _get(holder, key, str)
    return text.strip() or None if text else None


def _texts(holder: dict[str, Any], key: str) -> tuple[str, ...] | None:
    values = _get(holder, key, list)
    if values is None:
        return None
    for value in values:
        if type(value) is not str:
            raise BadField(f"`{key}`: expected a list of text, found {json_type(value)} in it")
    return tuple(values)


def _time(holder: dict[str, Any], key: str) -> datetime | None:
    text = _get(holder, key, str)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadField(f"`{key}`: expected an ISO 8601 time, found {text!r:.80}") from error


def _arxiv_id(paper: dict[str, Any]) -> str:
    """The id, which must be text: as a number it may already have lost a digit."""
    identifier = without_version((_get(paper, "id", str) or "").strip())
    if not identifier:
        raise BadField("the paper has no `id`")
    return identifier


def _abstract(item: dict[str, Any], paper: dict[str, Any]) -> str | None:
    text = _get(paper, "summary", str) or _get(item, "summary", str)
    return unwrap(text) or None if text else None


def _author(author: Any) -> Author:
    if type(author) is not dict:
        raise BadField(f"`authors`: expected objects, found {json_type(author)}")
    name = _get(author, "name", str)
    if name is None:
        raise BadField("`authors`: an author has no `name`")
    user = _get(author, "user", dict)
    return Author(
        unwrap(name),
        _get(user, "user", str) if user else None,
        _get(author, "status", str),
        _get(author, "hidden", bool),
    )


def _organization(holder: dict[str, Any]) -> str | None:
    organization = _get(holder, "organization", dict)
    if organization is None:
        return None
    name: str | None = _get(organization, "fullname", str) or _get(organization, "name", str)
    return name


def _submitted_at(
    item: dict[str, Any], paper: dict[str, Any], published_at: datetime | None
) -> datetime | None:
    """When the paper was put on the digest.

    Until March 2025 that is the item's `publishedAt`; since then it has a field of its own and the
    item's `publishedAt` repeats the arXiv time, shifted, which says nothing about the listing.
    """
    submitted = _time(paper, "submittedOnDailyAt")
    listed = _time(item, "publishedAt")
    if submitted or listed is None or published_at is None:
        return submitted
    lag = listed - published_at
    return None if lag in _ARXIV_SHIFTS or not lag else listed


def _media_urls(item: dict[str, Any], paper: dict[str, Any]) -> tuple[str, ...] | None:
    """`mediaUrls`, a list since June 2024; `mediaUrl`, one text, before."""
    urls = _texts(item, "mediaUrls") or _texts(paper, "mediaUrls")
    if urls is None:
        url = _trimmed(item, "mediaUrl")
        return (url,) if url else None
    return urls


def json_type(value: Any) -> str:
    """The JSON name of a value's type."""
    return _JSON_TYPES[type(value)]


def _note_shapes(value: Any, path: str, shapes: Shapes, depth: int = 0) -> None:
    """Count the shape (keys and types) of every object below a value; cheaper than every key."""
    if depth > _DEEPEST:
        return
    if type(value) is dict:
        shapes[path, tuple(value), tuple(map(type, value.values()))] += 1
        for key, child in value.items():
            if type(child) in (dict, list):
                _note_shapes(child, f"{path}.{key}" if path else key, shapes, depth + 1)
    elif type(value) is list:
        for child in value:
            if type(child) in (dict, list):
                _note_shapes(child, f"{path}[]", shapes, depth + 1)


def _fields_of(shapes: Shapes) -> Counter[FieldSeen]:
    fields: Counter[FieldSeen] = Counter()
    for (path, keys, types), n_seen in shapes.items():
        for key, kind in zip(keys, types, strict=True):
            fields[FieldSeen(f"{path}.{key}" if path else key, _JSON_TYPES[kind])] += n_seen
    return fields


def loaded_paths(paths: Iterable[str]) -> frozenset[str]:
    """Which of the paths have a home in the tables."""
    return frozenset(paths) & _LOADED


_LISTED_PERSON = {"name", "user"}
_ORGANIZATION = {"fullname", "name"}
_LOADED = frozenset(
    {
        *("paper", "title", "summary", "publishedAt", "numComments", "thumbnail", "submittedBy"),
        *("isAuthorParticipating", "organization", "mediaUrl", "mediaUrls", "submittedBy.name"),
        *(f"organization.{name}" for name in _ORGANIZATION),
        *(f"paper.organization.{name}" for name in _ORGANIZATION),
        *(f"paper.submittedOnDailyBy.{name}" for name in _LISTED_PERSON),
        *(f"paper.authors[].{name}" for name in ("name", "hidden", "status", "user", "user.user")),
        *(
            f"paper.{name}"
            for name in (
                *("id", "title", "summary", "publishedAt", "withdrawnAt", "upvotes", "authors"),
                *("discussionId", "submittedOnDailyAt", "submittedOnDailyBy", "githubRepo"),
                *("githubStars", "projectPage", "ai_summary", "ai_keywords", "organization"),
                "mediaUrls",
            )
        ),
    }
)
