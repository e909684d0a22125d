"""What a body is: its source and format from the bytes, its issue from the bytes or file name.

A body may be wrapped (`tasks/parse/unwrap.py`). Formats are told from what is inside, and so are
the records read; the landing has the bytes as they came.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.errors import BadBody, UnknownIssue
from tasks.parse.first_bytes import seems
from tasks.parse.model import IssueRef, ParsedBody, Raw, Span
from tasks.parse.unwrap import Unwrapped, unwrap
from tasks.parse.web_archive import saved_from
from tasks.sources import Format, Source, source_of, sources

_DATE = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")


@dataclass(frozen=True)
class Detected:
    """A body whose issue and format are known."""

    issue: IssueRef
    source: Source
    format: Format
    parsed: ParsedBody | None = None
    """What the body says, where its format could only be told by reading it."""
    made_at: datetime | None = None
    """When the body says it was made, or its wrapper that it was saved."""


def detect_format(content: bytes, name: str, given: IssueRef | None = None) -> Detected:
    """Tell source, format and issue of a body.

    `name` is its file name, which may carry the issue's date; `given` names the issue outright.
    Raises `BadBody` when no format fits and `UnknownIssue` when nothing tells the issue.
    """
    body = unwrap(content)
    source, body_format, parsed = _format_of(body, given)
    if given:
        _check_whole(given, body_format.issue_of(body.content))
    issue = given or _issue_of(body, name, source, body_format)
    source_of(issue)
    made_at = body_format.made_at(body.content) or body.made_at
    if parsed and body.wrappers:
        parsed = _of_whole(parsed, content)
    return Detected(issue, source, body_format, parsed, made_at)


def parse_landed(body_format: Format, content: bytes) -> ParsedBody:
    """Parse a body as it was landed, wrapped or not. Raises `BadBody` when it is no issue.

    The span of a record in a wrapped body is the whole body: the wrapper has no place for it.
    """
    body = _inside(body_format, content)
    parsed = body_format.parse(body)
    return parsed if body is content else _of_whole(parsed, content)


def locate_landed(body_format: Format, content: bytes, index: int) -> Raw:
    """The raw text of one record of a body as it was landed, wrapped or not."""
    body = _inside(body_format, content)
    raw = body_format.locate(body, index)
    return raw if body is content else raw._replace(span=Span(0, len(content)))


def _inside(body_format: Format, content: bytes) -> bytes:
    """What the format reads of a landed body. A body that an older version landed without looking
    into its wrapper is read as it was then."""
    body = unwrap(content)
    if body.wrappers and body_format.recognise(body.content):
        return body.content
    return content


def _of_whole(parsed: ParsedBody, content: bytes) -> ParsedBody:
    whole = Span(0, len(content))
    return replace(parsed, rejects=tuple(r._replace(span=whole) for r in parsed.rejects))


def _format_of(body: Unwrapped, given: IssueRef | None) -> tuple[Source, Format, ParsedBody | None]:
    candidates = [source_of(given)] if given else list(sources().values())
    for source in candidates:
        for body_format in source.formats:
            found = body_format.recognise(body.content)
            if found:
                return source, body_format, found if isinstance(found, ParsedBody) else None
    if given is None:
        raise BadBody("a digest", describe(body))
    raise BadBody(f"an issue of {given.source}", _instead(body))


def _instead(body: Unwrapped) -> str:
    """What a body is that is none of the source that was named."""
    try:
        other, body_format, _ = _format_of(body, None)
    except BadBody as error:
        return error.found
    return f"a body of {other.name} ({body_format.name}); load it without --as"


def describe(body: Unwrapped) -> str:
    """What a body seems to be and what it was wrapped in, and what to do, for an error."""
    found = seems(body.content)
    return str(found._replace(what=" in ".join([found.what, *reversed(body.wrappers)])))


def _check_whole(given: IssueRef, own: str | None) -> None:
    """Raise `UnknownIssue` when a body is a list of several editions and one of them is named: it
    does not say which of its records are that one's."""
    edition = own.partition(":")[0] if own else ""
    if given.edition != edition and given.edition in edition.split("+"):
        raise UnknownIssue(
            f"a list of {edition} together, so it is not {given}; it is {given.source}:{own}"
        )


def _told_by(body: Unwrapped, name: str) -> tuple[str, ...]:
    """What may have the date of a body that does not state its own. An address of one list decides
    alone: a file's name does not make a day of a saved search or of trending papers."""
    address = body.address or saved_from(body.content)
    if not address.startswith(("http://", "https://")):
        return (address, name)
    path, _, query = address.partition("://")[2].partition("#")[0].partition("?")
    return (path,) if query or path.strip("/").count("/") > 1 else (name,)


def _issue_of(body: Unwrapped, name: str, source: Source, body_format: Format) -> IssueRef:
    own = body_format.issue_of(body.content)
    if own:
        return IssueRef.parse(f"{source.name}:{own}")
    for text in _told_by(body, name):
        dates = set(_DATE.findall(text))
        if len(dates) == 1 and source.edition_of_name:
            return IssueRef(source.name, source.edition_of_name, dates.pop())
    parsed = body_format.parse(body.content)  # for bytes that are no issue, raises that instead
    example = f"{source.name}:{source.example}"
    if parsed.shown_on:
        example = example.replace(source.example.partition(":")[2], str(parsed.shown_on))
    raise UnknownIssue(
        f"a {source.name} body ({body_format.name}), but neither it nor its name identifies the "
        f"issue; name it, for example --as {example}"
    )
