"""The digests paperhouse can read. Each is a module here that defines `SOURCE`.

A source says how its issues are named, where they are fetched, and how a body becomes records.
Modules are found by looking into this folder, so adding a digest touches no other code.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from tasks.errors import BadIssueId
from tasks.parse.model import IssueRef, ParsedBody, Raw


@dataclass(frozen=True)
class Request:
    """What to ask a source for one issue, below its base address."""

    path: str
    parameters: tuple[tuple[str, str], ...]
    format: str
    accept: str
    """The content types that will do, separated by commas."""
    bucket: str = "api"
    """Which of the source's quotas it counts against."""
    follows_pages: bool = True
    """Whether the next pages an answer names are part of the issue."""
    base_url: str | None = None
    """Another of the source's addresses; one that an operator has set goes before it."""
    otherwise: "Request | None" = None
    """What to ask instead when the answer is unusable."""


@dataclass(frozen=True)
class Format:
    """One way a source's bodies are written.

    `recognise` tells from the bytes whether they are of this form; `parse` reads them and raises
    `BadBody` when they are not an issue; `locate` finds one record's raw text again.
    """

    name: str
    version: int
    expects: str
    recognise: Callable[[bytes], bool | ParsedBody]
    parse: Callable[[bytes], ParsedBody]
    locate: Callable[[bytes, int], Raw]
    issue_of: Callable[[bytes], str | None] = lambda _: None
    """Edition and key, `daily:2024-08-01`, when the bytes themselves tell it."""
    reads_headers: bool = False
    """Whether its texts begin with `Date:` and `Subject:` of the mail they were sent as."""
    made_at: Callable[[bytes], datetime | None] = lambda _: None
    """When the bytes were made, to the second, when they tell it themselves."""
    loaded_paths: Callable[[Iterable[str]], frozenset[str]] = frozenset
    """Which of the field paths seen have a home in the tables."""
    closes_with: bytes | None = None
    """What stands at the end of every whole body, for a form whose parser forgives a cut-off end:
    a fetched body without it is asked for again, and not taken for a shorter issue."""
    next_page: Callable[[bytes, Request], Request | None] = lambda _, __: None
    """(body, what was asked) → what to ask for the rest of the issue, when no header says it."""

    @property
    def parser_version(self) -> str:
        """`api/1`: what lineage says read the bytes."""
        return f"{self.name}/{self.version}"


class Expected(Protocol):
    """(first, last, editions) → the issues that should have been published on those days.

    `editions` are those an operator wants; None stands for the source's own. Raises `BadIssueId`
    for an edition that is not published by the calendar.
    """

    def __call__(
        self, first: date, last: date, editions: tuple[str, ...] | None = None, /
    ) -> list[IssueRef]: ...


@dataclass(frozen=True)
class Container:
    """A kind of file that holds several bodies.

    `recognise` tells from a file's first bytes whether it is one; `bodies` gives what is in it.
    """

    recognise: Callable[[bytes], bool]
    bodies: Callable[[Path, int], Iterator[bytes]]
    """(file, most bytes of one body) → its bodies in turn, longer ones cut."""


@dataclass(frozen=True)
class Source:
    """A publisher of digests."""

    name: str
    formats: tuple[Format, ...]
    is_valid_key: Callable[[str, str], bool]
    """(edition, key) → whether such an issue can exist."""
    base_url: str | None = None
    request: Callable[[IssueRef], Request] | None = None
    expected: Expected | None = None
    newest_day: Callable[[datetime], date] | None = None
    """The newest day whose issue can be out at a moment."""
    hosts: tuple[str, ...] = ()
    """Hosts beside that of `base_url` to which the source may send us on."""
    min_interval_s: float = 0.0
    """The least time between two requests."""
    fetchable_days: int | None = None
    """For so many days an issue can be fetched, its own the first; None: always."""
    stamped: Callable[[IssueRef, datetime], IssueRef] = lambda issue, _: issue
    """An issue as it is named when it is captured at a time: for lists that have no date. Raises
    `BadIssueId` for a capture of another time, which cannot be fetched any more."""
    query_of: Callable[[IssueRef], str | None] = lambda _: None
    """The search an issue answers."""
    freshness_objective: timedelta | None = None
    """How long after it can be out (the first moment at which `newest_day` reaches its day) an
    expected issue is in the warehouse at the latest; None where nothing is promised. Long enough
    for the nightly run to fail once and make up for it in the next night."""
    token_variable: str | None = None
    """Environment variable that may hold an access token."""
    containers: tuple[Container, ...] = ()
    edition_of_name: str | None = None
    """The edition a file named after a date belongs to."""

    def format(self, name: str) -> Format:
        return next(body_format for body_format in self.formats if body_format.name == name)


@cache
def sources() -> dict[str, Source]:
    """All sources by name."""
    found: dict[str, Source] = {}
    for module in pkgutil.iter_modules(__path__):
        source = importlib.import_module(f"{__name__}.{module.name}").SOURCE
        found[source.name] = source
    return found


def source_of(issue: IssueRef) -> Source:
    """The source of an issue. Raises `BadIssueId` for a source or key that cannot exist."""
    known = sources()
    if issue.source not in known:
        raise BadIssueId(f"{issue}: no source {issue.source!r}; there are {', '.join(known)}")
    source = known[issue.source]
    if not source.is_valid_key(issue.edition, issue.key):
        raise BadIssueId(f"{issue}: {source.name} has no edition {issue.edition!r} with such a key")
    return source
