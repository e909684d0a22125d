"""Reads a text body part by part, so that a damaged part costs only itself."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from tasks.parse.model import Author, FieldSeen, ParsedBody, Raw, Record, Reject, Span
from tasks.parse.text import printable
from tasks.parse.unicode_faults import fault_of


class Unreadable(Exception):
    """A record that lacks a required value, or has one that cannot be read."""


class Part(Protocol):
    """A part of a body that should be a record."""

    @property
    def span(self) -> Span: ...


AnyPart = TypeVar("AnyPart", bound=Part)


def read_parts(
    content: bytes,
    parts: Iterable[AnyPart],
    read: Callable[[int, AnyPart, Counter[str]], Record],
    raw_at: Callable[[bytes, Span], Raw] = Raw.at,
) -> ParsedBody:
    """The parsed body of parts. `read` (place, part, fields) counts the part's fields in `fields`
    and returns its record; where it raises `Unreadable`, the part is a reject. So is a record with
    a text that no table can hold."""
    records: list[Record] = []
    rejects: list[Reject] = []
    fields: Counter[str] = Counter()
    for place, part in enumerate(parts):
        try:
            record = read(place, part, fields)
            fault = text_fault(record)
        except Unreadable as error:
            rejects.append(Reject(place, printable(str(error)), *raw_at(content, part.span)))
            continue
        if fault:
            rejects.append(Reject(place, fault, *raw_at(content, part.span), is_one_value=True))
        else:
            records.append(record)
    seen = {FieldSeen(path, "text"): n for path, n in fields.items()}
    return ParsedBody(tuple(records), tuple(rejects), seen)


def text_fault(record: Record) -> str | None:
    """The first field of a record whose text no table can hold, and why; None for nearly all."""
    for name, value in (("title", record.title), *record._asdict().items()):
        for text in _texts(value):
            if fault := fault_of(text):
                return f"`{name}`: {fault}"
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Author):
        yield value.name
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
