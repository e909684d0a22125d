"""Reads feeds that may be damaged or hostile, each record by itself.

The bytes are cut at the start tags of records, in one pass. Each piece is then parsed alone, inside
the feed's own root element, by defusedxml, which refuses document types and so every entity but
XML's own. A damaged record costs only itself: it is a reject with its span, as is any text between
records.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tasks.errors import BadBody
from tasks.parse.model import ParsedBody, Raw, Record, Span
from tasks.parse.parts import Unreadable, read_parts
from tasks.parse.text import unwrap

ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"

MAX_RECORDS = 20_000
"""More than ten times what arXiv puts into one feed; a body with more is no feed."""

MAX_RECORD_BYTES = 2**20
"""A longer record is not parsed, nor a feed with a longer head: a paper with 3,000 authors needs a
tenth of it, and parsing hostile elements takes a hundred times their bytes."""

TOO_LONG = f"the record is longer than {MAX_RECORD_BYTES:,} bytes"

_ROOT_WITHIN = 8 * 1024
_FORBIDDEN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|&(?!(?:amp|lt|gt|quot|apos);)[^\s<>&;]*+;?"
)
_PREFIXES = {ATOM: "", RSS1: "", ARXIV: "arxiv:", DC: "dc:", OPENSEARCH: "opensearch:"}


class Unit(NamedTuple):
    """A record's place in the body, and its fault if one was found before parsing."""

    span: Span
    fault: str | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of feed: `expects` describes it in words; the tags of root and record."""

    expects: str
    root: str
    record: str
    closing: str
    """The end tags that follow the last record."""


@dataclass(frozen=True)
class Feed:
    """A feed cut into records: `head` is what precedes them, `opening` ends with the root's tag."""

    kind: Kind
    content: bytes
    opening: bytes
    head: Element
    units: list[Unit]


def open_feed(content: bytes, kind: Kind) -> Feed:
    """Cut a body into records. Raises `BadBody` when it is no feed of this kind, or unsafe."""
    root = re.search(rf"<{kind.root}\b[^<>]*>".encode(), content[:_ROOT_WITHIN])
    if root is None:
        raise BadBody(kind.expects, f"{len(content)} bytes without a <{kind.root}> element")
    units = cut(content, kind)
    head = content[: units[0].span.start] + kind.closing.encode() if units else content
    if len(head) > MAX_RECORD_BYTES:
        raise BadBody(kind.expects, f"{len(head):,} bytes before the first <{kind.record}>")
    opening = content[: root.end()]
    try:
        return Feed(kind, content, *_opened(opening, head), units)
    except ParseError as error:
        raise BadBody(kind.expects, f"markup that is not well-formed ({error})") from error
    except DefusedXmlException as error:
        raise BadBody(
            kind.expects, "markup with a document type of its own, which no feed needs"
        ) from error
    except (ValueError, LookupError) as error:
        raise BadBody(kind.expects, f"an encoding that cannot be read ({error})") from error


def _opened(opening: bytes, head: bytes) -> tuple[bytes, Element]:
    """The opening and the description of a feed, mended if they are damaged."""
    try:
        return opening, fromstring(head, forbid_dtd=True)
    except ParseError:
        return _mended(opening), fromstring(_mended(head), forbid_dtd=True)


def _mended(markup: bytes) -> bytes:
    """The description of a feed without what XML forbids, which must not cost the records: control
    characters, bytes that are not UTF-8, entities of HTML."""
    return _FORBIDDEN.sub(b"?", markup.decode(errors="replace").encode())


def cut(content: bytes, kind: Kind) -> list[Unit]:
    """The records, and any text between them."""
    tag = re.compile(rf"<{kind.record}(?=[\s>/])".encode())
    starts = [found.start() for found in islice(tag.finditer(content), MAX_RECORDS + 1)]
    if len(starts) > MAX_RECORDS:
        raise BadBody(kind.expects, f"more than {MAX_RECORDS:,} <{kind.record}> elements")
    end_tag = f"</{kind.record}>".encode()
    units: list[Unit] = []
    for start, limit in pairwise([*starts, len(content)]):
        closed = content.find(end_tag, start, limit)
        end = closed + len(end_tag) if closed >= 0 else limit
        fault = None if closed >= 0 else f"the <{kind.record}> is not closed"
        if end - start > MAX_RECORD_BYTES:
            fault = TOO_LONG
        units += [Unit(Span(start, end), fault), *_between(content, end, limit, kind)]
    return units


def _between(content: bytes, start: int, end: int, kind: Kind) -> list[Unit]:
    """The text after a record, unless it is blank or the end of the feed."""
    if end == len(content):
        last = content.rfind(f"</{kind.root}>".encode(), start)
        if last < 0:
            return [Unit(Span(start, end), "the feed breaks off before its end")]
        end = last
    rest = content[start:end].removesuffix(b"</channel>").rstrip().removesuffix(b"</channel>")
    end = start + len(rest)
    span = Span(end - len(rest.lstrip()), end)
    fault = f"what is between two <{kind.record}> elements"
    return [Unit(span, fault)] if span.start < end else []


def read_records(feed: Feed, read: Callable[[int, Element], Record]) -> ParsedBody:
    """The parsed body. `read` raises `Unreadable` for a record it cannot use."""

    def read_unit(place: int, unit: Unit, fields: Counter[str]) -> Record:
        element = _element(feed, unit)
        fields.update(_paths(element))
        return read(place, element)

    return read_parts(feed.content, feed.units, read_unit)


def locate(content: bytes, index: int, kind: Kind) -> Raw:
    """One record's text, by its place."""
    return Raw.at(content, cut(content, kind)[index].span)


def text(element: Element, tag: str) -> str | None:
    """The text of an element, unwrapped; None when it is missing or empty."""
    child = element.find(tag)
    return (unwrap("".join(child.itertext())) or None) if child is not None else None


def required(element: Element, tag: str) -> str:
    """The text of an element. Raises `Unreadable` when it is missing or empty."""
    found = text(element, tag)
    if found is None:
        raise Unreadable(f"the record has no {_name(tag)}")
    return found


def _element(feed: Feed, unit: Unit) -> Element:
    if unit.fault:
        raise Unreadable(unit.fault)
    piece = feed.content[unit.span.start : unit.span.end]
    try:
        root = fromstring(feed.opening + piece + f"</{feed.kind.root}>".encode(), forbid_dtd=True)
    except ParseError as error:
        fault = str(error).partition(":")[0]
        raise Unreadable(f"the record is not well-formed XML: {fault}") from error
    except ValueError as error:
        raise Unreadable(f"the record cannot be read: {error}") from error
    if sum(_name(child.tag) == "title" for child in root[0]) > 1:
        raise Unreadable("two records have run into one: it has two titles")
    return root[0]


def _paths(record: Element) -> list[str]:
    """The field paths of a record: elements, their attributes, and one level below."""
    paths: list[str] = []
    for child in record:
        name = _name(child.tag)
        paths += [name, *(f"{name}@{_name(attribute)}" for attribute in child.attrib)]
        paths += [f"{name}.{_name(grandchild.tag)}" for grandchild in child]
    return paths


@lru_cache(maxsize=1024)
def _name(tag: str) -> str:
    namespace, brace, local = tag.rpartition("}")
    return _PREFIXES.get(namespace + brace, namespace + brace) + local
