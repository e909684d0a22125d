"""Modules that a library imports and hardly ever needs, imported when they are needed.

While a block of `imported_later` lasts, an import of a named module gives a stand-in, which
imports the real one when it is first asked for anything. After the block an import gives the real
module as ever; what was imported meanwhile keeps its stand-in. A library that can do without a
module, and asks for it again when it cannot, is told that it is `not_there`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands in for the module of its name."""

    def __getattr__(self, name: str) -> Any:
        self._step_aside()
        return getattr(import_module(self.__name__), name)

    def _step_aside(self) -> None:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


@contextmanager
def imported_later(*names: str) -> Iterator[None]:
    """Put these modules off, by full name, unless they are imported already."""
    standing_in = [_Later(name) for name in names if name not in sys.modules]
    sys.modules.update({module.__name__: module for module in standing_in})
    try:
        yield
    finally:
        for module in standing_in:
            module._step_aside()  # noqa: SLF001 - of this file


class _NotThere(MetaPathFinder):
    """Finds nothing where a module of a name would be."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == self._name:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


@contextmanager
def not_there(name: str) -> Iterator[None]:
    """Have imports of a module fail as if it were not installed, unless it is imported already."""
    finder = _NotThere(name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
