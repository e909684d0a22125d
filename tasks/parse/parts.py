"""Reads a text body part by part, so that a damaged part costs only itself."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from tasks.parse.model import FieldSeen, ParsedBody, Raw, Record, Reject, Span


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
    and returns its record; where it raises `Unreadable`, the part is a reject."""
    records: list[Record] = []
    rejects: list[Reject] = []
    fields: Counter[str] = Counter()
    for place, part in enumerate(parts):
        try:
            records.append(read(place, part, fields))
        except Unreadable as error:
            rejects.append(Reject(place, str(error), *raw_at(content, part.span)))
    seen = {FieldSeen(path, "text"): n for path, n in fields.items()}
    return ParsedBody(tuple(records), tuple(rejects), seen)
