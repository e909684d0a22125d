"""The types of a digest's values, and safe conversions from other types.

A count may be written `"1,234"` or `"1.41k"`, a list of one as its only text. Anything that could
mean two things is refused, never guessed: `12.5` votes, `"1.234"`, `true` for a count, a list
joined into one text. A number is never converted to text, because it may have lost digits already.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tasks.parse.field_paths import json_type
from tasks.parse.json_reader import DamagedValue
from tasks.parse.text import unwrap

_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){1,5}")
_SCALED = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,6}))?([kKmM])")
_POWERS = {"k": 3, "m": 6}
_JOINS = re.compile(r"[,;|\r\n]")
_FLAGS = {"true": True, "false": False}
_INTEGERS = range(-(2**63), 2**63)
_EXACT = 2**53
"""Above this a floating-point JSON number cannot represent every integer."""


class Unusable(Exception):
    """A value of the wrong type that cannot be converted without guessing."""


@dataclass(frozen=True)
class Kind:
    """What a field holds: its usual JSON `type`, how such a value is `read` (None: as it is), and
    how to `convert` a value of another type. An empty text means "not known"."""

    name: str
    type: type
    read: Callable[[Any], Any] | None = None
    convert: Callable[[Any], Any] | None = None

    def converted(self, value: Any) -> Any:
        """A value of another type as this kind. Raises `Unusable` if that is not certain."""
        if self.convert is None:
            raise unusable(self.name, value)
        return self.convert(value)


def unusable(expected: str, found: Any) -> Unusable:
    """The error with what was expected and found; lists and objects are not printed. Of a damaged
    value it says what is wrong with it."""
    if isinstance(found, DamagedValue):
        return Unusable(found.fault)
    if isinstance(found, (dict, list, type(None))):
        shown = ""
    else:
        shown = f" {(found[:80] if isinstance(found, str) else found)!r}"
    return Unusable(f"expected {expected}, found {json_type(found)}{shown}")


def count_of(value: Any) -> int:
    """A count from `"57"`, `"1,234"`, `"1.41k"` or `12.0`. Raises `Unusable`."""
    if type(value) is float and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    number = _written_count(value.strip()) if type(value) is str else None
    if number is None:
        raise unusable("count", value)
    return number


def _written_count(text: str) -> int | None:
    if _PLAIN.fullmatch(text) and text != "-0":
        return int(text)
    if _GROUPED.fullmatch(text):
        return int(text.replace(",", ""))
    scaled = _SCALED.fullmatch(text)
    if scaled is None:
        return None
    whole, part, letter = scaled.groups(default="")
    power = _POWERS[letter.lower()]
    part = part.rstrip("0")
    return None if len(part) > power else int(whole + part.ljust(power, "0"))


def _count(value: int) -> int:
    if value not in _INTEGERS:
        raise unusable("count of 64 bits", value)
    return value


def _texts(values: list[Any]) -> tuple[str, ...]:
    for value in values:
        if type(value) is not str:
            if isinstance(value, DamagedValue):
                raise Unusable(f"{value.fault} in its list")
            raise Unusable(f"expected a list of text, found {json_type(value)} in it")
    return tuple(values)


def _only_text(value: Any) -> tuple[str, ...] | None:
    """A list of one text; a text that may be several joined is refused."""
    if type(value) is not str or _JOINS.search(value):
        raise unusable("list of text", value)
    return (value.strip(),) if value.strip() else None


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unusable(f"expected an ISO 8601 time, found {text[:80]!r}") from error


def _written_flag(value: Any) -> bool:
    flag = _FLAGS.get(value) if type(value) is str else None
    if flag is None:
        raise unusable("boolean", value)
    return flag


OBJECT = Kind("object", dict)
LIST = Kind("list", list)
TEXT = Kind("text", str, str.strip)
LINE = Kind("text", str, unwrap)
"""Text with hard line breaks removed."""
TEXTS = Kind("list of text", list, _texts, _only_text)
COUNT = Kind("count", int, _count, count_of)
FLAG = Kind("boolean", bool, None, _written_flag)
TIME = Kind("ISO 8601 time", str, _time)
