"""The digests paperhouse can read. Each is a package here that defines `SOURCE`.

A source says how its issues are named, where they are fetched, and how a body becomes records. The
packages in this folder are discovered, so adding a digest changes no other code.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import BinaryIO, Protocol

from tasks.errors import BadIssueId
from tasks.parse.capture import Capture
from tasks.parse.model import IssueRef, Listed, ParsedBody, Raw


@dataclass(frozen=True)
class Request:
    """One request for an issue, relative to the source's base address."""

    path: str
    parameters: tuple[tuple[str, str], ...]
    format: str
    accept: str
    """The accepted content types, separated by commas."""
    bucket: str = "api"
    """Which of the source's quotas it counts against."""
    follows_pages: bool = True
    """Whether the next page that an answer links to is part of the issue."""
    base_url: str | None = None
    """Another of the source's addresses; one set by an operator takes precedence."""
    cut_off_at: int | None = None
    """So many records are all that an answer can have: one with them may lack the rest."""
    otherwise: "Request | None" = None
    """The request to send instead when the answer is unusable or the endpoint is gone."""


@dataclass(frozen=True)
class Format:
    """A format of a source's bodies.

    `recognise` says whether bytes have this format; `parse` raises `BadBody` when they are not an
    issue; `locate` finds the raw text of one record, by its place.
    """

    name: str
    version: int
    expects: str
    recognise: Callable[[bytes], bool | ParsedBody]
    parse: Callable[[bytes], ParsedBody]
    locate: Callable[[bytes, int], Raw]
    issue_of: Callable[[bytes], str | None] = lambda _: None
    """Edition and key, `daily:2024-08-01`, if the bytes themselves contain it."""
    reads_headers: bool = False
    """Whether its texts begin with the `Date:` and `Subject:` of the mail they came in."""
    made_at: Callable[[bytes], datetime | None] = lambda _: None
    """When the bytes were made, to the second, if they contain it."""
    loaded_paths: Callable[[Iterable[str]], frozenset[str]] = frozenset
    """Which of the given field paths are loaded into the tables."""
    closes_with: bytes | None = None
    """The end of every complete body, for a format whose parser accepts a cut-off one: a fetched
    body without it is fetched again and not mistaken for a shorter issue."""
    next_page: Callable[[bytes, Request], Request | None] = lambda _, __: None
    """(body, its request) → the request for the next page, if no header links to it."""
    witness: str = "text"
    """The kind of body: with the source, whose word its records are (schemas/witnesses)."""

    @property
    def parser_version(self) -> str:
        """`api/1`: which parser read the bytes, for lineage."""
        return f"{self.name}/{self.version}"


class Expected(Protocol):
    """(first, last, editions) → the issues that should have been published on those days.

    `editions` are chosen by the operator; None means the source's own. Raises `BadIssueId` for an
    edition that has no calendar.
    """

    def __call__(
        self, first: date, last: date, editions: tuple[str, ...] | None = None, /
    ) -> list[IssueRef]: ...


@dataclass(frozen=True)
class Container:
    """A kind of file that holds several bodies.

    `recognise` says from a file's first bytes whether it is one; `bodies` reads what is in it.
    """

    recognise: Callable[[bytes], bool]
    bodies: Callable[[BinaryIO, int], Iterator[bytes]]
    """(file, most bytes of one body) → its bodies in order; longer ones are cut."""


@dataclass(frozen=True)
class Source:
    """A publisher of digests."""

    name: str
    formats: tuple[Format, ...]
    is_valid_key: Callable[[str, str], bool]
    """(edition, key) → whether such an issue can exist."""
    doubt: Callable[[IssueRef], str | None] = lambda _: None
    """What is wrong with a possible issue that a person names, in words: a list that is not known
    to exist. Bodies of such a list, once they are landed, are read."""
    base_url: str | None = None
    request: Callable[[IssueRef], Request] | None = None
    expected: Expected | None = None
    newest_day: Callable[[datetime], date] | None = None
    """The newest day whose issue can be out at a moment."""
    hosts: tuple[str, ...] = ()
    """Hosts besides that of `base_url` to which the source may redirect us."""
    min_interval_s: float = 0.0
    """The least time between two requests."""
    fetchable_days: int | None = None
    """An issue can be fetched for so many days, counting its own; None: always."""
    stamped: Callable[[IssueRef, datetime], IssueRef] = lambda issue, _: issue
    """(issue, time) → its name when captured at that time, for lists without a date. Raises
    `BadIssueId` for a capture of another time, which cannot be fetched any more."""
    query_of: Callable[[IssueRef], str | None] = lambda _: None
    """The search an issue answers."""
    listed_by_stored: Callable[[datetime], Listed | None] = lambda _: None
    """(a `submitted_at` of core.listings) → when the paper was listed; None if it does not say."""
    freshness_objective: timedelta | None = None
    """How long after it can be out (the first moment at which `newest_day` reaches its day) an
    expected issue must be loaded; None if there is no objective. Long enough for a nightly run to
    fail once and for the next one to catch up."""
    lists_grow: bool = False
    """Whether papers are added to a list until its day, week or month ends. A list of any other
    source is published whole, so one look sees all of it."""
    fewest_records: Mapping[str, int] = field(default_factory=dict)
    """By edition, the fewest records that one look may find without being doubted; an edition that
    is not named is never doubted for its size."""
    token_variable: str | None = None
    """Environment variable that may hold an access token."""
    containers: tuple[Container, ...] = ()
    edition_of_name: str | None = None
    """The edition of a file that is named after a date."""
    example: str = "daily:2024-08-01"
    """Edition and key of an issue that can exist, for hints."""

    def format(self, name: str) -> Format:
        return next(body_format for body_format in self.formats if body_format.name == name)


@cache
def sources() -> dict[str, Source]:
    """All sources by name."""
    packages = [f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__)]
    found: list[Source] = [importlib.import_module(package).SOURCE for package in packages]
    return {source.name: source for source in found}


def stored_days(capture: Capture) -> Iterator[tuple[str, Listed]]:
    """The papers of a capture that the tables will say were listed on a day, each with that; only
    where it may be a day of the issue, so that no body speaks against itself."""
    listed_by = sources()[capture.issue.source].listed_by_stored
    for page in capture.pages:
        for record in page.parsed.records:
            found = listed_by(record.submitted_at) if record.submitted_at else None
            if found and record.arxiv_id and capture.issue.may_list(found):
                yield record.arxiv_id, found


def source_of(issue: IssueRef) -> Source:
    """The source of an issue. Raises `BadIssueId` for a source or key that cannot exist."""
    known = sources()
    if issue.source not in known:
        raise BadIssueId(f"{issue}: no source {issue.source!r}; there are {', '.join(known)}")
    source = known[issue.source]
    if not source.is_valid_key(issue.edition, issue.key):
        raise BadIssueId(
            f"{issue}: {source.name} has no edition {issue.edition!r} with such a key; "
            f"for example {source.name}:{source.example}"
        )
    return source


def named_source_of(issue: IssueRef) -> Source:
    """The source of an issue that a person names. Raises `BadIssueId` also for a list that the
    source is not known to have."""
    source = source_of(issue)
    if doubt := source.doubt(issue):
        raise BadIssueId(f"{issue}: {doubt}")
    return source
