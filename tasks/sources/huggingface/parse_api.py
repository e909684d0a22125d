"""The JSON API: a body is a list of items, `[]` when the day has no issue."""

import re
from functools import lru_cache
from typing import Any

import orjson

from tasks.errors import BadBody
from tasks.parse.field_paths import json_type
from tasks.parse.model import ParsedBody, Raw, Span
from tasks.sources import Format
from tasks.sources.huggingface.records import body_of, loaded_paths, read_items

EXPECTS = "a JSON list of items with a `paper` object each"
_BLANKS = b" \t\r\n"
_LIST = re.compile(
    rb"\[\s*+(?:[{\"]|\]\s*+$|\[\s*+[\[\]{\"]|[\d.eE+-]{1,40}\s*+,|(?:true|false|null|NaN)\b|$)"
)
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},]')


def recognise(content: bytes) -> bool:
    """Whether the bytes look like a list of the API: a JSON list with any content.

    A bracket alone is not enough: Markdown begins with one if its first line is a link.
    """
    return _LIST.match(content.lstrip(_BLANKS + b"\xef\xbb\xbf")) is not None


def parse(content: bytes) -> ParsedBody:
    """Read a body of the API. Raises `BadBody` when it is not a list of papers."""
    items = _load(content)
    if items and not any(type(item) is dict and "paper" in item for item in items):
        raise BadBody(
            EXPECTS, f"a list of {len(items)}, the first {json_type(items[0])} without one"
        )
    found = read_items(items)
    spans = element_spans(content) if found.rejects else []
    return body_of(found, lambda place: _raw(content, spans[place]))


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one item and where it stands in the body."""
    return _raw(content, _spans_of_last(content)[index])


def element_spans(content: bytes) -> list[Span]:
    """The spans of the elements of a JSON list, without blanks around them.

    Only brackets, commas and texts are scanned, so an element may be nested to any depth.
    """
    spans: list[Span] = []
    depth = start = 0
    for token in _TOKEN.finditer(content):
        mark = content[token.start() : token.start() + 1]
        if depth == 1 and mark in (b",", b"]"):
            spans.append(_trimmed(content, start, token.start()))
        if depth == 0 or (depth == 1 and mark == b","):
            start = token.end()
        depth += (mark in (b"[", b"{")) - (mark in (b"]", b"}"))
        if depth == 0:
            break
    return [span for span in spans if span.start < span.end]


_spans_of_last = lru_cache(maxsize=1)(element_spans)
"""Callers that locate one record often locate the next one of the same body."""


def _trimmed(content: bytes, start: int, end: int) -> Span:
    text = content[start:end]
    n_before = len(text) - len(text.lstrip(_BLANKS))
    return Span(start + n_before, start + max(n_before, len(text.rstrip(_BLANKS))))


def _raw(content: bytes, span: Span) -> Raw:
    return Raw(content[span.start : span.end].decode(), span)


def _load(content: bytes) -> list[Any]:
    try:
        items = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadBody(EXPECTS, f"bytes that are not JSON ({error})") from error
    if type(items) is not list:
        raise BadBody(EXPECTS, f"JSON {json_type(items)} {content[:60].decode(errors='replace')!r}")
    return items


API = Format(
    name="api",
    version=2,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
    loaded_paths=loaded_paths,
)
