"""Which folders can hold a warehouse, and how DuckDB is given the path of a file.

Prevents the home that is found unusable by a library's traceback in the middle of a load. Python
takes any path; DuckDB takes what follows a `?` for options, and a relative path like `md:x` for an
address; SQLite takes at most 512 bytes; DuckDB and Arrow want UTF-8.
"""

import os
from pathlib import Path

from schemas.errors import UsageError

LONGEST_BYTES = 480
"""Of the path of a home: SQLite's limit, less the longest name of a database below a home."""


class PathUnusable(UsageError):
    """A folder cannot hold databases because of its name; the text names the fix."""


def usable_home(folder: Path) -> Path:
    """The folder, if a warehouse can lie in it. Raises `PathUnusable`."""
    database_name(folder)
    n_bytes = max(len(os.fsencode(path)) for path in (folder.absolute(), os.path.realpath(folder)))
    if n_bytes > LONGEST_BYTES:
        raise PathUnusable(
            f"the path of the warehouse folder has {n_bytes:,} bytes, and SQLite opens no file "
            f"below one of more than {LONGEST_BYTES}; set PAPERHOUSE_HOME to a shorter path"
        )
    return folder


def database_name(path: Path) -> str:
    """The path as DuckDB takes it: absolute, so that nothing at its beginning has a meaning.

    Raises `PathUnusable` where there is no such name.
    """
    name = str(path.absolute())
    if "?" in name:
        raise _unusable(name, "DuckDB takes what follows a question mark for options")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise _unusable(name, "its bytes are not UTF-8, which DuckDB and Arrow need") from error
    return name


def shown_path(path: Path) -> str:
    """The path as text that can be stored and printed: bytes that are not UTF-8 become `\\xe9`."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _unusable(name: str, why: str) -> PathUnusable:
    return PathUnusable(
        f"databases cannot lie below {name!r}: {why}; rename the folder or choose another "
        "(PAPERHOUSE_HOME, or TMPDIR for temporary files)"
    )
