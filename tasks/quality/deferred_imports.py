"""Modules that a library imports and hardly ever needs, imported when they are needed.

Within a block of `imported_later`, importing a named module gives a placeholder, which imports the
real module when an attribute of it is first read. After the block, an import gives the real module;
what was imported within the block keeps its placeholder. For a library that works without a module,
and tries to import it again when it needs it, the module is `not_there`.
"""

import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """A placeholder for the module of its name."""

    def __getattr__(self, name: str) -> Any:
        self._step_aside()
        return getattr(import_module(self.__name__), name)

    def _step_aside(self) -> None:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


@contextmanager
def imported_later(*names: str) -> Iterator[None]:
    """Defer importing these modules, by full name, unless they are imported already."""
    placeholders = [_Later(name) for name in names if name not in sys.modules]
    sys.modules.update({module.__name__: module for module in placeholders})
    try:
        yield
    finally:
        for module in placeholders:
            module._step_aside()  # noqa: SLF001 - of this file


class _NotThere(MetaPathFinder):
    """Finds no module of some names, in the thread that made it. (Compiled code, as Arrow's, would
    import a `None` in `sys.modules` as if it were the module.)"""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._thread = threading.get_ident()

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname in self._names and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


@contextmanager
def not_there(*names: str) -> Iterator[None]:
    """Have imports of these modules fail as if they were not installed, unless they are imported
    already."""
    finder = _NotThere(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def begin_arrow_without_pandas() -> None:
    """Have Arrow make its first array while it cannot find pandas, which it would import then.

    Only a process that validates needs pandas, and Arrow finds it when it is asked for a frame: the
    others start in two thirds of the time (decision 27).
    """
    with not_there("pandas"):
        import pyarrow as pa  # noqa: PLC0415 - commands call this before they import anything else

        pa.array([])
