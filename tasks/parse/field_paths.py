"""Which paths the records of a JSON body have, with what types, and in how many records.

Shapes (the keys and types of an object) are counted instead of keys: the records of all digests
share a few hundred shapes, and the paths of a shape are computed only once.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tasks.parse.json_reader import DamagedValue
from tasks.parse.model import FieldSeen

JSON_TYPES = {
    dict: "object",
    list: "list",
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    DamagedValue: "unreadable",
}
_DEEPEST = 50
"""Fields nested deeper than this are ignored: no digest has any, but a hostile body may."""
_MOST_CACHED, _LONGEST_CACHED = 4096, 10_000
"""Limits of the cache: shapes, and characters of keys per shape. A hostile body could have more."""


def json_type(value: Any) -> str:
    """The JSON name of a value's type."""
    return JSON_TYPES[type(value)]


class Shape:
    """What an object at a path has, or which type a value of a list has.

    `fields` are its paths and types, `lists` and `objects` the keys and paths of what is below it.
    Shapes are compared by identity, because the cache usually gives the same object again.
    """

    __slots__ = ("fields", "is_flat", "lists", "objects")

    def __init__(self, path: str, keys: tuple[str, ...], types: tuple[type, ...]) -> None:
        prefix = f"{path}." if path else ""
        fields = [(key, f"{prefix}{key}", kind) for key, kind in zip(keys, types, strict=True)]
        self.fields = tuple(FieldSeen(below, JSON_TYPES[kind]) for _, below, kind in fields)
        self.objects = tuple((key, below) for key, below, kind in fields if kind is dict)
        self.lists = tuple((key, f"{below}[]") for key, below, kind in fields if kind is list)
        self.is_flat = not self.objects and not self.lists


_shapes: dict[tuple[str | type, ...], Shape] = {}
"""The cache of shapes, by path, keys and types."""


def _new_shape(path: str, value: dict[str, Any]) -> Shape:
    """The shape of an object that is not in the cache; callers look there first, inline."""
    types = tuple(map(type, value.values()))
    return _cached((path, *value, *types), Shape(path, tuple(value), types))


def _shape_of_values(path: str, kind: type) -> Shape:
    """The shape of a list's values of one type: the one field is the list's path."""
    met = (path, kind)
    return _shapes.get(met) or _cached(met, Shape("", (path,), (kind,)))


def _cached(met: tuple[str | type, ...], shape: Shape) -> Shape:
    if sum(len(part) for part in met if type(part) is str) <= _LONGEST_CACHED:
        if len(_shapes) >= _MOST_CACHED:
            _shapes.clear()
        _shapes[met] = shape
    return shape


class Paths:
    """The paths of a body's records, collected record by record."""

    def __init__(self) -> None:
        self._single: list[Shape] = []
        """The shape of each object that a record has at most once."""
        self._many: list[Shape] = []
        """The shape of each object and value inside lists, which a record may have often."""
        self._of_record: Counter[frozenset[Shape]] = Counter()
        """The shapes inside lists that a record has, by how many records have just these."""

    def add(self, record: Any) -> None:
        """Add one record; anything but an object or a list has no paths."""
        inside: list[Shape] = []
        if type(record) is dict:
            self._object(record, "", 0, self._single, inside)
        elif type(record) is list:
            self._list(record, "[]", 0, inside)
        self._many += inside
        self._of_record[frozenset(inside)] += 1

    def counts(self) -> tuple[Counter[FieldSeen], Counter[FieldSeen]]:
        """How many values each path and type has, and how many records have it."""
        values: dict[FieldSeen, int] = {}
        for shape, n in Counter(self._single).items():
            _add(values, shape.fields, n)
        records = values.copy()
        for shape, n in Counter(self._many).items():
            _add(values, shape.fields, n)
        for shapes, n in self._of_record.items():
            _add(records, {field for shape in shapes for field in shape.fields}, n)
        return Counter(values), Counter(records)

    def _object(
        self, value: dict[str, Any], path: str, depth: int, seen: list[Shape], inside: list[Shape]
    ) -> None:
        """Add an object to `seen`, which is `inside` for one below a list."""
        shape = _shapes.get((path, *value, *map(type, value.values()))) or _new_shape(path, value)
        seen.append(shape)
        if not shape.is_flat and depth < _DEEPEST:
            self._below(value, shape, depth + 1, seen, inside)

    def _below(
        self,
        value: dict[str, Any],
        shape: Shape,
        depth: int,
        seen: list[Shape],
        inside: list[Shape],
    ) -> None:
        for key, path in shape.objects:
            self._object(value[key], path, depth, seen, inside)
        for key, path in shape.lists:
            self._list(value[key], path, depth, inside)

    def _list(self, values: list[Any], path: str, depth: int, inside: list[Shape]) -> None:
        kinds = set(map(type, values))
        for kind in kinds:
            n = len(values) if len(kinds) == 1 else sum(type(value) is kind for value in values)
            inside += [_shape_of_values(path, kind)] * n
        if dict in kinds:
            cached, add = _shapes.get, inside.append  # authors are most of what a digest holds
            for value in values:
                if type(value) is dict:
                    met = (path, *value, *map(type, value.values()))
                    shape = cached(met) or _new_shape(path, value)
                    add(shape)
                    if not shape.is_flat and depth < _DEEPEST:
                        self._below(value, shape, depth + 1, inside, inside)
        if list in kinds and depth < _DEEPEST:
            for value in values:
                if type(value) is list:
                    self._list(value, f"{path}[]", depth + 1, inside)


def _add(counts: dict[FieldSeen, int], fields: Iterable[FieldSeen], n: int) -> None:
    for field in fields:
        counts[field] = counts.get(field, 0) + n
