"""Durable writes: every guarantee about crashes depends on these few lines.

A file appears whole or not at all. Its bytes are flushed (`fsync`) before it gets its name, and the
folder is flushed after, so that a power cut cannot leave the name without the bytes.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".unfinished-"
"""Prefix of every temporary name; what a crash leaves under such a name may be removed."""


def fsync_file(path: Path) -> None:
    """Flush a file's bytes to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folder(path: Path) -> None:
    """Flush a folder's entries: after it, names created or replaced in it survive a power cut."""
    fsync_file(path)


def flush(paths: Iterable[Path]) -> None:
    """Flush files or folders in parallel, so that their waits for the disk overlap."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fsync_file, paths))


def _aside(path: Path) -> Path:
    """The temporary name under which this process prepares `path`."""
    return path.with_name(f"{UNFINISHED}{os.getpid()}-{path.name}")


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to `path` when the block ends without an error.

    Prevents the torn file: a reader sees the old content or the new, never a part. When the block
    raises, the temporary file is removed and `path` stays as it was.
    """
    temporary = _aside(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        fsync_file(temporary)
        temporary.replace(path)
        fsync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_each(contents: Mapping[Path, bytes]) -> None:
    """Write files that each appear whole or not at all; all are durable when it returns.

    Files are flushed in parallel, and each folder only once, however many files go into it.
    """
    folders = {path.parent for path in contents}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    names = {path: _aside(path) for path in contents}
    try:
        for path, content in contents.items():
            names[path].write_bytes(content)
        flush(names.values())
        for path, temporary in names.items():
            temporary.replace(path)
        flush(folders)
    finally:
        for temporary in names.values():
            temporary.unlink(missing_ok=True)


def log_of(database: Path) -> Path:
    """Where DuckDB keeps the log of a database file that is being written."""
    return database.with_name(f"{database.name}.wal")


def point(link: Path, target: str) -> None:
    """Point the symbolic link `link` to `target` in one step, whether it existed or not."""
    temporary = _aside(link)
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    fsync_folder(link.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that readers see whole or not at all."""
    with unfinished(path) as temporary:
        temporary.write_bytes(content)


def sweep(folder: Path) -> None:
    """Remove the temporary files that a crashed writer left directly in a folder.

    Only for the holder of the writer lock: then no living process is using them.
    """
    for leftover in folder.glob(f"{UNFINISHED}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
