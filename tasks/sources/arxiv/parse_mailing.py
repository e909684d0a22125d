"""The daily mailing of an archive or a category: plain text, records between rules of dashes.

A record begins with a line of two backslashes, has fields with folded lines, two backslashes, its
abstract, and ends with a line that links to it. New papers come first, then cross-lists, then
replacements, which have no abstract; every record says which of these it is. Bytes are UTF-8, else
Latin-1. As seen in mailings of 2023.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import islice

from tasks.errors import BadBody
from tasks.parse.model import ParsedBody, Raw, Record, Span
from tasks.parse.parts import Unreadable, read_parts
from tasks.parse.text import mail_time, unwrap
from tasks.parse.unicode_faults import decoded_as, fault_of
from tasks.sources import Format
from tasks.sources.arxiv.feeds import day_of
from tasks.sources.arxiv.markup import MAX_RECORD_BYTES, MAX_RECORDS, TOO_LONG, Unit
from tasks.sources.arxiv.names import CATEGORY, authors, categories, paper_and_version

EXPECTS = "a daily mailing of arXiv"
_BREAK = re.compile(
    rb"^(?:[-%]{20,}+[ \t]*+\r?$|(?P<start>\\\\)[ \t]*+\r?\n(?=arXiv:))", re.MULTILINE
)
_END_RULE = b"%%%---"
_CLOSING = re.compile(rb"^\\\\ \(.*\)[ \t]*+\r?$", re.MULTILINE)
_LINK = re.compile(r"^\\\\ \( *(\S+)[ ,)]", re.MULTILINE)
_DEBRIS = re.compile(rb"^(?:arXiv:\S|\\\\)", re.MULTILINE)
_BACKSLASHES = re.compile(r"^\\\\[ \t]*+$", re.MULTILINE)
_FIELD = re.compile(r"^([A-Z][A-Za-z-]{1,40}):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_TITLES = re.compile(r"^Title:", re.MULTILINE)
_FIRST = re.compile(r"(?P<paper>arXiv:\S+)[ \t]*(?P<cross>\(\*cross-listing\*\))?")
_REPLACED = re.compile(r"^replaced with .*?version (.*)$", re.MULTILINE)
_SUBJECT = re.compile(r"(?P<archive>\S+) daily\b")
_DECLARED = re.compile(r"(?P<new>\d{1,5}) new(?: \+ (?P<crosses>\d{1,5}) cross)?")
_RECEIVED = re.compile(rb"^received from .{1,60}? to[ \t]+(.{1,60}?)[ \t]*+\r?$", re.MULTILINE)
_ANNOUNCED_WITHIN_DAYS = 7
"""From the end of the submissions to the mailing: three days over a weekend, more over holidays."""
_REMAINS = "what is left of a record without its beginning"
_HEAD_LENGTH = 16 * 1024
_MAX_BREAKS = 3 * MAX_RECORDS
_LOADED = frozenset({"Title", "Authors", "Categories", "Date", "arXiv", "replaced", "abstract"})


def recognise(content: bytes) -> bool:
    """Whether the bytes are text with a mailing's subject, or with the beginning of a record."""
    if content.lstrip()[:1] in (b"", b"<", b"[", b"{"):
        return False
    return _SUBJECT.search(_header(content).get("Subject", "")) is not None or any(
        found["start"] for found in _BREAK.finditer(content)
    )


def parse(content: bytes) -> ParsedBody:
    """Read a mailing. Raises `BadBody` when it is none.

    The subject declares the numbers of new papers and cross-lists but not of replacements; those
    found are added to `n_declared`, so that it can be compared with all records.
    """
    header = _header(content)
    units = _units(content)
    is_daily = _SUBJECT.search(header.get("Subject", "")) is not None
    if not is_daily and not any(unit.fault is None for unit in units):
        raise BadBody(EXPECTS, f"{len(content)} bytes without its subject and without a record")
    declared = _DECLARED.search(header.get("Subject", ""))
    n_replaced = sum(_REPLACED.search(_raw_at(content, u.span).text) is not None for u in units)
    return replace(
        read_parts(content, units, partial(_read, content), _raw_at),
        shown_on=_issued_on(content),
        n_declared=sum(int(n or 0) for n in declared.groups()) + n_replaced if declared else None,
    )


def locate(content: bytes, index: int) -> Raw:
    """One record's text, by its place."""
    return _raw_at(content, _units(content)[index].span)


def _header(content: bytes) -> dict[str, str]:
    """The fields above the first rule, folded lines joined, the first of each."""
    return _by_name(_head_fields(content))


def _head_fields(content: bytes) -> Iterator[re.Match[str]]:
    """The fields above the first rule."""
    head = content.removeprefix(b"\xef\xbb\xbf")[:_HEAD_LENGTH]
    rule = _BREAK.search(head)
    return _FIELD.finditer(_decoded(head[: rule.start()] if rule else head))


def _fields(text: str) -> dict[str, str]:
    """Fields of a header by name, the first of each."""
    return _by_name(_FIELD.finditer(text))


def _by_name(fields: Iterator[re.Match[str]]) -> dict[str, str]:
    found = [(field[1], unwrap(field[2])) for field in fields]
    return dict(reversed(found))


def _issued_on(content: bytes) -> date | None:
    """The issue's date: that of the mail in UTC, although it is evening then in New York.

    A mailing that somebody forwarded has the dates of both mails above its first rule. Its own is
    the oldest, and soon after the end of the submissions that it says it has; None if none is.
    """
    received = _RECEIVED.search(content, 0, _HEAD_LENGTH)
    closed_on = _day_of(_decoded(received[1])) if received else None
    dates = [_day_of(unwrap(found[2])) for found in _head_fields(content) if found[1] == "Date"]
    return min((day for day in dates if day and _may_announce(day, closed_on)), default=None)


def _may_announce(day: date, closed_on: date | None) -> bool:
    """Whether a mailing of a day can have submissions until another one."""
    return closed_on is None or 0 <= (day - closed_on).days <= _ANNOUNCED_WITHIN_DAYS


def _day_of(text: str) -> date | None:
    return day_of(lambda value: mail_time(value).date(), text)


def _units(content: bytes) -> list[Unit]:
    breaks = list(islice(_BREAK.finditer(content), _MAX_BREAKS + 1))
    units = list(_cut(content, breaks)) if len(breaks) <= _MAX_BREAKS else []
    if len(breaks) > _MAX_BREAKS or len(units) > MAX_RECORDS:
        raise BadBody(EXPECTS, f"a text with more than {MAX_RECORDS:,} records")
    return units


def _cut(content: bytes, breaks: list[re.Match[bytes]]) -> Iterator[Unit]:
    """The records between breaks, and what looks like the rest of a damaged one."""
    is_ended = True
    first = breaks[0].start() if breaks else len(content)
    if _DEBRIS.search(content, 0, first):
        yield _unit(content, 0, first, _REMAINS)
    ends = [*(found.start() for found in breaks[1:]), len(content)]
    for found, end in zip(breaks, ends, strict=False):
        start = found.start() if found["start"] else found.end()
        if found["start"]:
            closing = _CLOSING.search(content, start, end)
            stop = closing.end() if closing else end
            yield _unit(content, start, stop, None if closing else "the record is cut short")
            is_ended, start = closing is None, stop
        elif found.group().startswith(_END_RULE):
            is_ended = True
        if _DEBRIS.search(content, start, end):
            yield _unit(content, start, end, _REMAINS)
    if not is_ended:
        yield Unit(Span(len(content), len(content)), "the mailing breaks off before its last rule")


def _unit(content: bytes, start: int, end: int, fault: str | None) -> Unit:
    """A unit without the blanks around it."""
    if end - start > MAX_RECORD_BYTES:
        fault = TOO_LONG
    return Unit(Span(start, end).stripped(content), fault)


def _raw_at(content: bytes, span: Span) -> Raw:
    text = _decoded(content[span.start : span.end])
    return Raw.at(content, span) if fault_of(text) else Raw(text, span)


def _decoded(content: bytes) -> str:
    return decoded_as(content, "utf-8", legacy="latin-1")


def _read(content: bytes, place: int, unit: Unit, seen: Counter[str]) -> Record:
    """A record; the names of its fields are counted in `seen`."""
    if unit.fault:
        raise Unreadable(unit.fault)
    raw = _decoded(content[unit.span.start : unit.span.end])
    _, head, *rest = _BACKSLASHES.split(raw.replace("\r\n", "\n"))
    if len(rest) > 1 or len(_TITLES.findall(head)) > 1:
        raise Unreadable("two records have run into one: it has parts more than once")
    abstract = rest[0] if rest else ""
    first, fields, link = _FIRST.match(head.lstrip()), _fields(head), _LINK.search(raw)
    arxiv_id, version = paper_and_version(
        first["paper"] if first else None, link[1] if link else None
    )
    if not fields.get("Title"):
        raise Unreadable("the record has no Title")
    replaced = _REPLACED.search(head)
    submitted_at = _time(replaced[1] if replaced else fields.get("Date"))
    is_cross = first is not None and first["cross"] is not None
    kind = "replace" if replaced else "cross" if is_cross else "new"
    record = Record(
        place=place,
        title_as_listed=fields["Title"],
        title=fields["Title"],
        arxiv_id=arxiv_id,
        abstract=_abstract(abstract),
        authors=authors(fields.get("Authors"), is_prose=True),
        published_at=None if replaced else submitted_at,
        categories=categories(fields.get("Categories", "").split()),
        listing_type="replace-cross" if replaced and is_cross else kind,
        submitted_at=submitted_at,
        version=version,
    )
    present = {"arXiv": True, "replaced": replaced, "abstract": record.abstract}
    seen.update([*fields, *(name for name, value in present.items() if value)])
    return record


def _abstract(text: str) -> str | None:
    closing = text.rfind("\n\\\\ (")
    return unwrap(text[: closing if closing >= 0 else len(text)]) or None


def _time(value: str | None) -> datetime | None:
    """`Thu, 2 Mar 2023 18:44:36 GMT   (12275kb,D)`: the time before the size."""
    if value is None:
        return None
    try:
        return mail_time(value.partition("(")[0].strip())
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise Unreadable(f"expected a time, found {value!r:.80}") from error


def _issue_of(content: bytes) -> str | None:
    """`astro-ph:2023-03-03`, from subject and date."""
    header = _header(content)
    named, day = _SUBJECT.search(header.get("Subject", "")), _issued_on(content)
    if named is None or not CATEGORY.fullmatch(named["archive"]) or day is None:
        return None
    return f"{named['archive']}:{day}"


MAILING = Format(
    name="mailing",
    version=3,
    reads_headers=True,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
    issue_of=_issue_of,
    loaded_paths=_LOADED.intersection,
    witness="mailing",
)
