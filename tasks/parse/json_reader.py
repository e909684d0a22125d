"""Reads JSON in which single values are damaged, so that one of them costs only itself.

orjson reads a body quickly, but refuses it whole for one value that no strict reader takes: half of
a surrogate pair, NaN, an integer of thousands of digits, a control character, bytes that are not
UTF-8, lists nested too deep. Only such a body is read again here, token by token: each value that
cannot be read becomes a `DamagedValue`, and the caller decides what it costs. Brackets must fit:
a body that was cut off is damaged as a whole.

A key that an object has twice is a damaged value too, unless both values are the same: orjson takes
the last without a word. Such a body has more keys in its bytes than in what was read of it,
however it writes them.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from tasks.parse.json_faults import text_fault, word_fault
from tasks.parse.text import printable

DEEPEST = 1_024
"""Levels of lists and objects that are read; orjson has the same limit."""

_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},:]|[^\s"\[\]{},:]++|"', re.DOTALL | re.ASCII
)
_NAMED = 80
_NOTHING = object()


@dataclass(frozen=True)
class DamagedValue:
    """Stands for a value that cannot be read: `fault` says in words what is wrong with it."""

    fault: str
    keys: tuple[str, ...] = ()
    """The keys that were read of a damaged object."""


class NotJson(ValueError):
    """Bytes whose brackets or quotation marks do not fit, so nothing in them can be told apart."""


def keys_of(value: Any) -> Collection[str]:
    """The keys of an object, also of a damaged one; none of any other value."""
    if isinstance(value, DamagedValue):
        return value.keys
    return value.keys() if isinstance(value, dict) else ()


def read_json(content: bytes, *, takes_last: bool = False) -> Any:
    """The value of a JSON text; damaged values in it become `DamagedValue`.

    With `takes_last`, an object that has a key twice may keep the last value; the caller then asks
    `repeats_keys`. Raises `NotJson`, with orjson's words, when the text is cut off or is no JSON.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        try:
            return _Reader().read(content)
        except NotJson:
            raise NotJson(str(error)) from error
    if takes_last or not isinstance(value, list | dict) or not repeats_keys(content, value):
        return value
    return _Reader().read(content)


def n_keys_written(content: bytes) -> int:
    """How many colons in the bytes of a JSON text may end a key: never fewer than the keys written.

    A colon counts behind a quotation mark or a blank, which no other colon outside of texts has
    before it. Behind blanks in a text it counts too, so a text with such a colon adds to the keys.
    Bytes are compared in whole arrays: that takes a fortieth of the time that it takes to read.
    """
    found = np.frombuffer(content, np.uint8)
    ends_key = found[1:] == ord(":")
    ends_key &= found[:-1] <= ord('"')  # blanks are all below it
    return int(np.count_nonzero(ends_key))


_ESCAPED = (b"\\u002", b"\\u003")
"""How the escapes begin that may stand for a quotation mark, a blank or a colon."""


def repeats_keys(content: bytes, value: Any) -> bool:
    """Whether a text may have more keys than what was read of it, written again.

    Texts are written again as they were, so they add the same to both counts, unless they escape
    what is counted.
    """
    if any(escape in content for escape in _ESCAPED):
        return True
    try:
        return n_keys_written(content) != n_keys_written(orjson.dumps(value))
    except orjson.JSONEncodeError:  # nested too deep to be written
        return True


@dataclass
class _Container:
    """A list or an object that is being read."""

    is_list: bool
    values: list[Any] = field(default_factory=list)
    entries: dict[str, Any] = field(default_factory=dict)
    key: Any = _NOTHING
    value: Any = _NOTHING
    has_colon: bool = False
    fault: str | None = None

    def add(self, value: Any) -> None:
        """A value follows; it may turn out to be a key."""
        if self.is_list or self.has_colon:
            is_second = self.value is not _NOTHING
            self.value = DamagedValue("text that is no JSON value") if is_second else value
        elif self.key is _NOTHING:
            self.key = value
        else:
            self.fault = "an object that is not JSON"

    def colon(self) -> None:
        if self.is_list or self.has_colon or self.key is _NOTHING:
            self.add(DamagedValue("a colon that is no JSON value"))
        else:
            self.has_colon = True

    def end_entry(self) -> None:
        """A comma or the closing bracket. An empty entry counts as none."""
        if self.is_list and self.value is not _NOTHING:
            self.values.append(self.value)
        elif not self.is_list and self.key is not _NOTHING:
            if isinstance(self.key, str):
                missing = DamagedValue("no value where one belongs")
                self._enter(self.key, missing if self.value is _NOTHING else self.value)
            else:
                self.fault = self.fault or "an object that is not JSON"
        self.key = self.value = _NOTHING
        self.has_colon = False

    def _enter(self, key: str, value: Any) -> None:
        """Add an entry; another value under the same key leaves none that could be told."""
        if key in self.entries and not _is_same(self.entries[key], value):
            value = DamagedValue("given twice, with different values")
        self.entries[key] = value

    def closed(self, *, is_list: bool) -> Any:
        self.end_entry()
        if self.fault is None and is_list is not self.is_list:
            self.fault = "brackets that do not fit"
        if self.fault is not None:
            return DamagedValue(self.fault, tuple(self.entries))
        return self.values if self.is_list else self.entries


class _Reader:
    """Reads tokens without recursion, so any depth of nesting is bounded work."""

    def __init__(self) -> None:
        self._open: list[_Container] = []
        self._too_deep = 0
        """Brackets that are open beyond the deepest level."""

    def read(self, content: bytes) -> Any:
        found: Any = _NOTHING
        for token in _TOKEN.finditer(content):
            if found is not _NOTHING:
                raise NotJson("text after the end")
            found = self._take(token.group())
        if found is _NOTHING:
            raise NotJson("no end")
        return found

    def _take(self, token: bytes) -> Any:
        """Take a token; gives the whole value when it ends it."""
        if token == b'"':
            raise NotJson("a quotation mark without a second one")
        if token in (b"[", b"{"):
            self._open_bracket(token)
        elif token in (b"]", b"}"):
            return self._close_bracket(token)
        elif not self._open:
            raise NotJson("no list or object")
        elif self._too_deep:
            pass
        elif token == b":":
            self._open[-1].colon()
        elif token == b",":
            self._open[-1].end_entry()
        else:
            is_key = not (self._open[-1].is_list or self._open[-1].has_colon)
            self._open[-1].add(_key(token) if is_key else _scalar(token))
        return _NOTHING

    def _open_bracket(self, token: bytes) -> None:
        if len(self._open) < DEEPEST:
            self._open.append(_Container(token == b"["))
            return
        if not self._too_deep:
            self._mark_record()
        self._too_deep += 1

    def _close_bracket(self, token: bytes) -> Any:
        if self._too_deep:
            self._too_deep -= 1
            return _NOTHING
        if not self._open:
            raise NotJson("a bracket that closes nothing")
        value = self._open.pop().closed(is_list=token == b"]")
        if not self._open:
            return value
        self._open[-1].add(value)
        return _NOTHING

    def _mark_record(self) -> None:
        """Nesting without end is no field of a digest: it costs the outermost element of a list,
        the record, and not only the field."""
        places = range(1, len(self._open))
        record = next((n for n in places if self._open[n - 1].is_list), len(self._open) - 1)
        keys = [level.key for level in self._open[record:] if isinstance(level.key, str)]
        path = f"`{printable('.'.join(keys)[:_NAMED])}`: " if keys else ""
        self._open[record].fault = f"{path}nested more than {DEEPEST:,} levels deep"


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON; false for those nested too deep to be compared."""
    try:
        first, second = (orjson.dumps(v, option=orjson.OPT_SORT_KEYS) for v in (one, other))
    except orjson.JSONEncodeError:
        return False
    return first == second


def _key(token: bytes) -> Any:
    """A key as text; what no reader can read of it is replaced."""
    value = _scalar(token)
    if isinstance(value, DamagedValue) and token[:1] == b'"':
        return token[1:-1].decode(errors="replace")
    return value


def _scalar(token: bytes) -> Any:
    try:
        return orjson.loads(token)
    except orjson.JSONDecodeError:
        return DamagedValue(text_fault(token) if token[:1] == b'"' else word_fault(token))
