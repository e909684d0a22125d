"""Modules that a library imports whole and hardly ever needs, imported when they are needed.

While a block of `imported_later` lasts, an import of a named module gives a stand-in, which
imports the real one when it is first asked for anything. After the block an import gives the real
module as ever; what was imported meanwhile keeps its stand-in.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
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
