"""The JSON API: a body is a list of items, `[]` when the day has no issue."""

import json
from typing import Any

import orjson

from tasks.errors import BadBody
from tasks.model import ParsedBody, Raw, Span
from tasks.sources import Form
from tasks.sources.huggingface.records import json_type, loaded_paths, read_items

EXPECTS = "a JSON list of items with a `paper` object each"
_BLANKS = b" \t\r\n"


def recognise(content: bytes) -> bool:
    """Whether the bytes look like a list of the API: a JSON list, whatever is in it."""
    return content.lstrip(_BLANKS + b"\xef\xbb\xbf")[:1] == b"["


def parse(content: bytes) -> ParsedBody:
    """Read a body of the API. Raises `BadBody` when it is not a list of papers."""
    items = _load(content)
    if items and not any(type(item) is dict and "paper" in item for item in items):
        raise BadBody(
            EXPECTS, f"a list of {len(items)}, the first {json_type(items[0])} without one"
        )
    records, rejects, fields_seen = read_items(items)
    located = [
        reject._replace(raw=raw.text, span=raw.span)
        for reject in rejects
        for raw in [locate(content, reject.place)]
    ]
    return ParsedBody(tuple(records), tuple(located), fields_seen)


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one item and where it stands in the body."""
    return locate_in_list(content.decode("utf-8-sig"), index, len(content))


def locate_in_list(text: str, index: int, n_bytes: int) -> Raw:
    """The text of one element of a JSON list. `n_bytes` tells whether a BOM was cut off."""
    decoder = json.JSONDecoder()
    position = text.index("[") + 1
    start = end = position
    for _ in range(index + 1):
        start = position
        while text[start] in " \t\r\n,":
            start += 1
        _, end = decoder.raw_decode(text, start)
        position = end
    bom = n_bytes - len(text.encode())
    before = bom + len(text[:start].encode())
    return Raw(text[start:end], Span(before, before + len(text[start:end].encode())))


def _load(content: bytes) -> list[Any]:
    try:
        items = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadBody(EXPECTS, f"bytes that are not JSON ({error})") from error
    if type(items) is not list:
        raise BadBody(EXPECTS, f"JSON {json_type(items)} {content[:60].decode(errors='replace')!r}")
    return items


API = Form(
    name="api",
    version=1,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
    loaded_paths=loaded_paths,
)
