"""The JSON API: a body is a list of items, `[]` when the day has no issue."""

import re
from functools import lru_cache
from typing import Any

from tasks.errors import BadBody
from tasks.parse.field_paths import json_type
from tasks.parse.json_reader import keys_of, n_keys_written, repeats_keys
from tasks.parse.json_spans import element_spans
from tasks.parse.model import ParsedBody, Raw
from tasks.sources import Format
from tasks.sources.huggingface.records import body_of, load_json, loaded_paths, read_items

EXPECTS = "a JSON list of items with a `paper` object each"
_LIST = re.compile(
    rb"\[\s*+(?:[{\"]|\]\s*+$|\[\s*+[\[\]{\"]|-?\d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+\s*+,|(?:true|false|null|NaN|-?Infinity)\b|$)"
)


def recognise(content: bytes) -> bool:
    """Whether the bytes look like a list of the API: a JSON list with any content.

    A bracket alone is not enough: Markdown begins with one if its first line is a link.
    """
    return _LIST.match(content.lstrip(b" \t\r\n\xef\xbb\xbf")) is not None


def parse(content: bytes) -> ParsedBody:
    """Read a body of the API. Raises `BadBody` when it is not a list of papers.

    It is read as if no object had a key twice, and once more where its bytes have more keys than
    were found: to look for them first would take longer.
    """
    items = _items(content, takes_last=True)
    parsed = _body(content, items)
    n_keys = sum(n for path, n in parsed.fields_seen.items() if path[0][-1:] != "]")
    if n_keys == n_keys_written(content) or not repeats_keys(content, items):
        return parsed
    return _body(content, _items(content, takes_last=False))


def _items(content: bytes, *, takes_last: bool) -> list[Any]:
    items: list[Any] = load_json(content, EXPECTS, _is_list, takes_last=takes_last)
    if items and not any("paper" in keys_of(item) for item in items):
        raise BadBody(
            EXPECTS, f"a list of {len(items)}, the first {json_type(items[0])} without one"
        )
    return items


def _is_list(value: Any) -> bool:
    return type(value) is list


def _body(content: bytes, items: list[Any]) -> ParsedBody:
    found = read_items(items)
    spans = element_spans(content) if found.rejects else []
    return body_of(found, lambda place: Raw.at(content, spans[place]))


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one item and where it stands in the body."""
    return Raw.at(content, _spans_of_last(content)[index])


_spans_of_last = lru_cache(maxsize=1)(element_spans)
"""Callers that locate one record often locate the next one of the same body."""


API = Format("api", 2, EXPECTS, recognise, parse, locate, loaded_paths=loaded_paths, witness="api")
