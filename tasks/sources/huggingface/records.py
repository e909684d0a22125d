"""One item of a Hugging Face list, from the API or from a page's hydration data, as a record.

Items drift (new keys every few months). Unknown fields are recorded but not read, null is the same
as missing, and a value of another type is converted if it can mean only one thing. `FIELDS` lists
everything that is loaded: its kind, and what an unusable value costs.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

from tasks.errors import BadBody
from tasks.parse.coerce import COUNT, FLAG, LINE, LIST, OBJECT, TEXT, TEXTS, TIME, Kind, Unusable
from tasks.parse.field_paths import Paths, json_type
from tasks.parse.json_reader import DamagedValue, NotJson, read_json
from tasks.parse.model import Author, Conversion, ParsedBody, Raw, Record, Reject, Span
from tasks.parse.text import unwrap, without_version
from tasks.sources.huggingface.listing_day import listed, submitted_at

Need = Literal["required", "optional", "spare"]
"""What happens to a record without a usable value in a field.

- `required`: a missing or unusable value rejects the record.
- `optional`: it may be missing; an unusable value rejects the record, because NULL would mean that
  the digest gave no value.
- `spare`: it may be missing; an unusable value is dropped and recorded as a conversion to nothing.
  Only for values shown beside a paper and never counted or joined by. A later body fills it in.
"""


class Field(NamedTuple):
    """A field that is loaded. A required one may be missing if `instead` is there."""

    path: str
    kind: Kind
    need: Need = "optional"
    instead: str | None = None


FIELDS = (
    Field("title", LINE),
    Field("summary", TEXT),
    Field("publishedAt", TIME),
    Field("numComments", COUNT),
    Field("thumbnail", TEXT, "spare"),
    Field("mediaUrl", TEXT, "spare"),
    Field("mediaUrls", TEXTS, "spare"),
    Field("isAuthorParticipating", FLAG),
    Field("submittedBy", OBJECT),
    Field("submittedBy.name", TEXT),
    Field("submittedBy.user", TEXT),
    Field("organization", OBJECT),
    Field("organization.fullname", TEXT),
    Field("organization.name", TEXT),
    Field("paper", OBJECT, "required"),
    Field("paper.id", TEXT, "required"),
    Field("paper.title", LINE, "required", instead="title"),
    Field("paper.summary", TEXT),
    Field("paper.publishedAt", TIME),
    Field("paper.withdrawnAt", TIME),
    Field("paper.upvotes", COUNT),
    Field("paper.githubRepo", TEXT),
    Field("paper.githubStars", COUNT),
    Field("paper.projectPage", TEXT),
    Field("paper.ai_summary", TEXT, "spare"),
    Field("paper.ai_keywords", TEXTS, "spare"),
    Field("paper.discussionId", TEXT, "spare"),
    Field("paper.mediaUrls", TEXTS, "spare"),
    Field("paper.submittedOnDailyAt", TIME),
    Field("paper.submittedOnDailyBy", OBJECT),
    Field("paper.submittedOnDailyBy.name", TEXT),
    Field("paper.submittedOnDailyBy.user", TEXT),
    Field("paper.organization", OBJECT),
    Field("paper.organization.fullname", TEXT),
    Field("paper.organization.name", TEXT),
    Field("paper.authors", LIST),
    Field("paper.authors[]", OBJECT),
    Field("paper.authors[].name", LINE, "required"),
    Field("paper.authors[].hidden", FLAG),
    Field("paper.authors[].status", TEXT, "spare"),
    Field("paper.authors[].user", OBJECT),
    Field("paper.authors[].user.user", TEXT),
)
"""Everything that is loaded, by path. Other paths are recorded, but their values not read."""

_BELOW: dict[str, list[tuple[str, type, Callable[[Any], Any] | None, Field, bool]]] = {}
"""The fields of each object, by its path: key, usual type, how that is read, the field, and whether
the record is rejected without it."""
for _field in FIELDS:
    _holder, _, _key = _field.path.rpartition(".")
    _is_needed = _field.need == "required" and not _field.instead
    _BELOW.setdefault(_holder, []).append(
        (_key, _field.kind.type, _field.kind.read, _field, _is_needed)
    )

loaded_paths = frozenset(
    {field.path for field in FIELDS}
    | {f"{field.path}[]" for field in FIELDS if field.kind is TEXTS}
).intersection
"""(field paths) → those that are loaded into the tables."""
_new_author = partial(tuple.__new__, Author)
"""Makes an author from a tuple of four values, in half the time of the class's constructor."""

Values = dict[str, Any]


class BadField(Exception):
    """A field that is missing or unusable, so the record cannot be read."""


class Items(NamedTuple):
    """What a list of items contains. The spans of rejects are empty; the caller knows them."""

    records: list[Record]
    rejects: list[Reject]
    paths: Paths
    conversions: Counter[Conversion]


def read_items(items: list[Any]) -> Items:
    """Read a list of items. Never raises on a bad one: that becomes a reject."""
    found = Items([], [], Paths(), Counter())
    for place, item in enumerate(items):
        found.paths.add(item)
        conversions: list[Conversion] = []
        try:
            found.records.append(_read_item(place, item, conversions))
        except BadField as error:
            found.rejects.append(Reject(place, str(error), "", Span(0, 0)))
        else:
            if conversions:
                found.conversions.update(conversions)
    return found


def body_of(found: Items, locate: Callable[[int], Raw], **about: Any) -> ParsedBody:
    """The parsed body; `locate` finds an item's raw text, `about` are fields about the whole."""
    values, records = found.paths.counts()
    rejects = [Reject(r.place, r.reason, *locate(r.place)) for r in found.rejects]
    return ParsedBody(
        tuple(found.records),
        tuple(rejects),
        values,
        records_with=records,
        conversions=found.conversions,
        **about,
    )


def load_json(
    content: bytes,
    expects: str,
    is_expected: Callable[[Any], bool],
    *,
    takes_last: bool = False,
) -> Any:
    """The JSON of a body, with a `DamagedValue` in the place of each value that cannot be read;
    `takes_last` as for `read_json`.

    Raises `BadBody` when it is no JSON, or not what is expected.
    """
    try:
        value = read_json(content.removeprefix(b"\xef\xbb\xbf"), takes_last=takes_last)
    except NotJson as error:
        raise BadBody(expects, f"bytes that are not JSON ({error})") from error
    if not is_expected(value):
        raise BadBody(expects, f"JSON {json_type(value)} {content[:60].decode(errors='replace')!r}")
    return value


def _read_item(place: int, item: Any, conversions: list[Conversion]) -> Record:
    if type(item) is not dict:
        raise BadField(_instead_of("an object for each paper", item))
    listing = _values(item, "", conversions)
    paper = _values(listing["paper"], "paper", conversions)
    title = paper.get("title") or listing.get("title")
    if title is None:
        raise BadField("`paper.title` is missing, and so is `title`")
    abstract = paper.get("summary") or listing.get("summary")
    of_listing = _values(listing.get("submittedBy"), "submittedBy", conversions)
    of_paper = _values(paper.get("submittedOnDailyBy"), "paper.submittedOnDailyBy", conversions)
    submitter = of_listing or of_paper
    times = paper.get("submittedOnDailyAt"), listing.get("publishedAt"), paper.get("publishedAt")
    return Record(
        place=place,
        title_as_listed=listing.get("title") or title,
        title=title,
        arxiv_id=without_version(paper["id"]),
        abstract=unwrap(abstract) if abstract else None,
        authors=tuple([_author(author, conversions) for author in paper.get("authors", ())]),
        published_at=paper.get("publishedAt"),
        withdrawn_at=paper.get("withdrawnAt"),
        github_repo=paper.get("githubRepo"),
        project_page=paper.get("projectPage"),
        ai_summary=paper.get("ai_summary"),
        ai_keywords=paper.get("ai_keywords"),
        paper_organization=_organization(paper, "paper.organization", conversions),
        submitter=submitter.get("name") or submitter.get("user"),
        submitted_at=submitted_at(*times),
        is_author_participating=listing.get("isAuthorParticipating"),
        discussion_id=paper.get("discussionId"),
        thumbnail_url=listing.get("thumbnail"),
        media_urls=_media_urls(listing, paper),
        listing_organization=_organization(listing, "organization", conversions),
        upvotes=paper.get("upvotes"),
        comments=listing.get("numComments"),
        github_stars=paper.get("githubStars"),
        listed=listed(*times),
    )


def _values(holder: Any, path: str, conversions: list[Conversion]) -> Values:
    """The values of an object's fields, without missing and null ones; none for a missing object.

    Adds what it converts to `conversions`. Raises `BadField` when a required field is missing or a
    value is unusable.
    """
    values: Values = {}
    if holder is None:
        return values
    if type(holder) is not dict:
        raise BadField(f"`{path}`: {_instead_of('object', holder)}")
    for key, kind, read, field, is_needed in _BELOW[path]:
        value = holder.get(key)
        if value is not None:
            try:
                if type(value) is not kind:
                    value = _converted(field, value, conversions)
                elif read is not None:
                    value = read(value)
            except Unusable as error:
                _drop(field, value, error, conversions)
                value = None
        if value is not None and value != "":
            values[key] = value
        elif is_needed:
            raise BadField(f"`{field.path}` is missing")
    return values


def _instead_of(expected: str, found: Any) -> str:
    """What is wrong with a value in the place of an object."""
    if isinstance(found, DamagedValue):
        return found.fault
    return f"expected {expected}, found {json_type(found)}"


def _converted(field: Field, value: Any, conversions: list[Conversion]) -> Any:
    """A value converted to its field's kind. Raises `Unusable`."""
    converted = field.kind.converted(value)
    conversions.append(Conversion(field.path, json_type(value), field.kind.name))
    return converted


def _drop(field: Field, value: Any, error: Unusable, conversions: list[Conversion]) -> None:
    """Record that a value is dropped. Raises `BadField` if the field is not `spare`."""
    if field.need != "spare":
        raise BadField(f"`{field.path}`: {error}") from error
    conversions.append(Conversion(field.path, json_type(value), "nothing"))


def _author(author: Any, conversions: list[Conversion]) -> Author:
    """An entry of the author list.

    Usual types are read directly, because most of a digest is authors. Anything else is read by
    `FIELDS`, which says what an unusual value costs; the results are the same.
    """
    if type(author) is not dict:
        return _odd_author(author, conversions)
    get = author.get
    name, user, status, hidden = get("name"), get("user"), get("status"), get("hidden")
    handle = user.get("user") if type(user) is dict else None
    if (
        type(name) is str
        and (name := name.strip())
        and "\n" not in name
        and "\r" not in name
        and type(hidden) is bool
        and (user is None or type(handle) is str)
        and (status is None or type(status) is str)
    ):
        handle = handle.strip() or None if handle else None
        status = status.strip() or None if status else None
        return _new_author((name, handle, status, hidden))
    return _odd_author(author, conversions)


def _odd_author(author: Any, conversions: list[Conversion]) -> Author:
    if author is None:
        raise BadField("`paper.authors[]`: expected object, found null")
    values = _values(author, "paper.authors[]", conversions)
    return Author(
        values["name"],
        _values(values.get("user"), "paper.authors[].user", conversions).get("user"),
        values.get("status"),
        values.get("hidden"),
    )


def _organization(holder: Values, path: str, conversions: list[Conversion]) -> str | None:
    named = _values(holder.get("organization"), path, conversions)
    name: str | None = named.get("fullname") or named.get("name")
    return name


def _media_urls(listing: Values, paper: Values) -> tuple[str, ...] | None:
    """`mediaUrls`, a list since June 2024; `mediaUrl`, one text, before."""
    urls: tuple[str, ...] | None = listing.get("mediaUrls") or paper.get("mediaUrls")
    if urls is None and "mediaUrl" in listing:
        return (listing["mediaUrl"],)
    return urls
