"""Lists that were saved as another JSON: inside an object, `{"papers": […]}`, or as JSON lines.

The list is cut out of the bytes and not written anew, so a damaged value in it stays as it was and
costs only its own record.
"""

import re
from typing import Any, NamedTuple

import orjson

from tasks.parse.json_reader import DamagedValue, NotJson, keys_of, read_json
from tasks.parse.json_spans import element_spans

_BOM = b"\xef\xbb\xbf"
_MEMBER = re.compile(rb'"((?:[^"\\]|\\.){0,200})"\s*+:\s*+', re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=T|$)")
_DATED = ("date", "dateString", "day")
_MOST_LINES = 20_000
_DEEPEST = 3


class JsonList(NamedTuple):
    """A list as bytes, what it was saved as, and the day that was saved with it, if any."""

    content: bytes
    saved_as: str
    day: str = ""


def list_in(content: bytes) -> JsonList | None:
    """The list that an object or JSON lines hold; None for any other bytes.

    An object holds a list when exactly one of its values is a list of objects, or exactly one
    is a list of items of the API. An object with a
    title is a paper and no holder.
    """
    start = content.removeprefix(_BOM).strip()
    if not start.startswith(b"{"):
        return None
    try:
        value = read_json(start)
    except NotJson:
        return _of_lines(start)
    if "paper" in keys_of(value):
        return JsonList(b"[" + start + b"]", "one JSON object")
    return _in_object(start, value, 0)


def _in_object(content: bytes, value: Any, depth: int) -> JsonList | None:
    if not isinstance(value, dict) or "title" in value or depth == _DEEPEST:
        return None
    holders = [key for key, inner in value.items() if _may_hold(key, inner)]
    if len(holders) > 1:
        holders = [key for key in holders if _is_of_papers(value[key])]
    if len(holders) != 1:
        return None
    (key,) = holders
    inner = _value_of(content, key)
    if inner is None:
        return None
    day = next((found for name in _DATED if (found := _day(value.get(name)))), "")
    if not isinstance(value[key], list):
        held = _in_object(inner, value[key], depth + 1)
        return held._replace(day=held.day or day) if held else None
    return JsonList(inner, f"a JSON object with {key!r:.40}", day)


def _may_hold(key: str, value: Any) -> bool:
    """Whether a value is a list of objects or may have one in it; an empty list only under a name
    that says what it is a list of."""
    if isinstance(value, list):
        is_filled = any(isinstance(item, dict | DamagedValue) for item in value)
        return is_filled or (not value and "papers" in key.lower())
    is_object = isinstance(value, dict) and "title" not in value
    return is_object and any(_may_hold(name, inner) for name, inner in value.items())


def _is_of_papers(value: Any) -> bool:
    """Whether a value is a list of items as the API has them."""
    return isinstance(value, list) and any("paper" in keys_of(item) for item in value)


def _value_of(content: bytes, key: str) -> bytes | None:
    """The bytes of one member's value."""
    for span in element_spans(content):
        member = content[span.start : span.end]
        named = _MEMBER.match(member)
        if named and _is_key(named.group(1), key):
            return member[named.end() :]
    return None


def _is_key(written: bytes, key: str) -> bool:
    try:
        return bool(orjson.loads(b'"' + written + b'"') == key)
    except orjson.JSONDecodeError:
        return False


def _of_lines(content: bytes) -> JsonList | None:
    """JSON lines as a list; a line that is no JSON becomes a text, which no reader takes for a
    record, so that it costs only itself."""
    lines = [line.strip() for line in content.split(b"\n", _MOST_LINES)]
    if len(lines) > _MOST_LINES or not _is_object(lines[0]):
        return None
    kept = [line if _is_json(line) else _as_text(line) for line in lines if line]
    return JsonList(b"[" + b",\n".join(kept) + b"]", "JSON lines")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(read_json(line), dict | DamagedValue)
    except NotJson:
        return False


def _is_json(line: bytes) -> bool:
    try:
        read_json(line)
    except NotJson:
        return False
    return True


def _as_text(line: bytes) -> bytes:
    return orjson.dumps(line.decode(errors="replace"))


def _day(value: Any) -> str:
    found = _DAY.match(value) if isinstance(value, str) else None
    return found.group() if found else ""
