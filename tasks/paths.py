"""Which paths the records of a JSON body have, with what types, and in how many records.

Shapes (the keys and types of an object) are counted instead of keys, because records of one digest
share a few shapes: noting every path of a body then costs no more than reading it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tasks.model import FieldSeen

JSON_TYPES = {
    dict: "object",
    list: "list",
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}
_DEEPEST = 50
"""Fields nested deeper than this are not noted: no digest has any, but a hostile body may."""

Shape = tuple[str, tuple[str, ...], tuple[type, ...]]
"""Path, keys and types of an object; for values of a list, their path, no key and one type."""


def json_type(value: Any) -> str:
    """The JSON name of a value's type."""
    return JSON_TYPES[type(value)]


class Paths:
    """The paths of a body's records, noted record by record."""

    def __init__(self) -> None:
        self._single: Counter[Shape] = Counter()
        """Shapes of objects that a record has at most once."""
        self._many: Counter[Shape] = Counter()
        """Shapes inside lists, which a record may have often."""
        self._of_record: Counter[frozenset[Shape]] = Counter()
        """The shapes inside lists that a record has, by how many records have just these."""

    def note(self, record: Any) -> None:
        """Add one record; anything but an object or a list has no paths."""
        inside: set[Shape] = set()
        if type(record) is dict:
            self._object(record, "", 0, inside, is_many=False)
        elif type(record) is list:
            self._list(record, "[]", 0, inside)
        self._of_record[frozenset(inside)] += 1

    def counts(self) -> tuple[Counter[FieldSeen], Counter[FieldSeen]]:
        """How many values each path and type has, and how many records have it."""
        values: Counter[FieldSeen] = Counter()
        records: Counter[FieldSeen] = Counter()
        for shape, n in self._single.items():
            for field in _fields(shape):
                values[field] += n
                records[field] += n
        inside = {shape: tuple(_fields(shape)) for shape in self._many}
        for shape, n in self._many.items():
            for field in inside[shape]:
                values[field] += n
        for shapes, n in self._of_record.items():
            for field in {field for shape in shapes for field in inside[shape]}:
                records[field] += n
        return values, records

    def _object(
        self, value: dict[str, Any], path: str, depth: int, inside: set[Shape], *, is_many: bool
    ) -> None:
        types = tuple(map(type, value.values()))
        shape = (path, tuple(value), types)
        if is_many:
            self._many[shape] += 1
            inside.add(shape)
        else:
            self._single[shape] += 1
        if dict in types or list in types:
            self._below(value, path, depth, inside, is_many=is_many)

    def _below(
        self, value: dict[str, Any], path: str, depth: int, inside: set[Shape], *, is_many: bool
    ) -> None:
        if depth == _DEEPEST:
            return
        for key, child in value.items():
            if type(child) is dict:
                below = f"{path}.{key}" if path else key
                self._object(child, below, depth + 1, inside, is_many=is_many)
            elif type(child) is list:
                below = f"{path}.{key}[]" if path else f"{key}[]"
                self._list(child, below, depth + 1, inside)

    def _list(self, values: list[Any], path: str, depth: int, inside: set[Shape]) -> None:
        kinds = Counter(map(type, values))
        for kind, n in kinds.items():
            shape = (path, (), (kind,))
            self._many[shape] += n
            inside.add(shape)
        if dict in kinds:
            self._objects([v for v in values if type(v) is dict], path, depth, inside)
        if list in kinds and depth < _DEEPEST:
            for child in values:
                if type(child) is list:
                    self._list(child, f"{path}[]", depth + 1, inside)

    def _objects(
        self, objects: list[dict[str, Any]], path: str, depth: int, inside: set[Shape]
    ) -> None:
        """The objects of a list at once: authors are most of what a digest holds."""
        shapes = [(path, tuple(v), tuple(map(type, v.values()))) for v in objects]
        self._many.update(shapes)
        distinct = set(shapes)
        inside |= distinct
        if any(dict in types or list in types for _, _, types in distinct):
            for value, (_, _, types) in zip(objects, shapes, strict=True):
                if dict in types or list in types:
                    self._below(value, path, depth, inside, is_many=True)


def _fields(shape: Shape) -> Iterator[FieldSeen]:
    path, keys, types = shape
    if not keys:
        yield from (FieldSeen(path, JSON_TYPES[kind]) for kind in types)
    for key, kind in zip(keys, types, strict=False):
        yield FieldSeen(f"{path}.{key}" if path else key, JSON_TYPES[kind])
