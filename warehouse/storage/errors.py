"""Storage errors: the disk is full, read-only or failing. One error type for every writer."""

import errno
import sqlite3
from pathlib import Path

import duckdb

from schemas.errors import PaperhouseError

_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the quota is used up; free some space",
    errno.EROFS: "it is read-only; make it writable",
    errno.EACCES: "it may not be written; give its user write permission",
    errno.EPERM: "it may not be written; give its user write permission",
    errno.EIO: "the disk fails; look at the system's log",
}
_NUMBERS_BY_WORDS = {
    "no space left": errno.ENOSPC,
    "disk is full": errno.ENOSPC,
    "quota exceeded": errno.EDQUOT,
    "read-only": errno.EROFS,
    "readonly": errno.EROFS,
    "permission denied": errno.EACCES,
    "disk i/o error": errno.EIO,
}


class StorageError(PaperhouseError):
    """The warehouse folder could not be written; the publication is as it was."""


def storage_error(home: Path, error: BaseException) -> StorageError | None:
    """The storage error that caused `error`, or None when the disk is not the cause.

    Python and Arrow give the system's error number, SQLite and DuckDB only words.
    """
    if isinstance(error, OSError):
        number = error.errno
    elif isinstance(error, sqlite3.Error | duckdb.Error):
        said = str(error).lower()
        number = next((n for words, n in _NUMBERS_BY_WORDS.items() if words in said), None)
    else:
        return None
    if number not in _ADVICE:
        return None
    return StorageError(
        f"cannot write below {home}: {_ADVICE[number]} and run again; "
        "nothing of this run is published, and nothing that was is lost"
    )
