"""What a body is: source and format told by its bytes, its issue by the bytes or the name."""

import re
from dataclasses import dataclass

from tasks.errors import BadBody, UnknownIssue
from tasks.parse.model import IssueRef, ParsedBody
from tasks.parse.text import is_mail
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


def detect_format(content: bytes, name: str, given: IssueRef | None = None) -> Detected:
    """Tell source, format and issue of a body.

    `name` is its file name, which may carry the issue's date; `given` names the issue outright.
    Raises `BadBody` when no format fits and `UnknownIssue` when nothing tells the issue.
    """
    source, body_format, parsed = _format_of(content, given)
    issue = given or _issue_of(content, name, source, body_format)
    source_of(issue)
    return Detected(issue, source, body_format, parsed)


def _format_of(content: bytes, given: IssueRef | None) -> tuple[Source, Format, ParsedBody | None]:
    candidates = [source_of(given)] if given else list(sources().values())
    for source in candidates:
        for body_format in source.formats:
            found = body_format.recognise(content)
            if found:
                return source, body_format, found if isinstance(found, ParsedBody) else None
    expected = "; or ".join(
        f"{source.name} {body_format.name}: {body_format.expects}"
        for source in candidates
        for body_format in source.formats
    )
    raise BadBody(expected, describe(content))


def _issue_of(content: bytes, name: str, source: Source, body_format: Format) -> IssueRef:
    told = body_format.issue_of(content)
    if told:
        return IssueRef.parse(f"{source.name}:{told}")
    dates = set(_DATE.findall(name))
    if len(dates) == 1 and source.edition_of_name:
        return IssueRef(source.name, source.edition_of_name, dates.pop())
    body_format.parse(content)  # bytes that are no issue at all deserve that answer, not a question
    raise UnknownIssue(
        f"a {source.name} body ({body_format.name}), but neither it nor its name tells the issue; "
        f"say it with --as, for example --as {source.name}:{source.edition_of_name}:2024-08-01"
    )


def describe(content: bytes) -> str:
    """What some bytes look like, in a few words, for an error."""
    start = content[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return "no bytes at all" if not content else "nothing but blanks"
    if is_mail(start):
        return "a mail that is no digest"  # its first bytes may be somebody's address
    if start[:1] == b"<":
        title = re.search(rb"<title[^>]*>([^<]{1,80})", content)
        named = title.group(1).decode(errors="replace").strip() if title else ""
        return f"a web page titled {named!r}" if named else "markup without a title"
    opening = start[:60].decode(errors="replace")
    return f"{len(content)} bytes beginning {opening!r}"
