"""Durable writes: the few lines on which every promise about crashes rests.

A file appears whole or not at all. Its bytes are flushed (`fsync`) before it gets its name, and the
folder is flushed after, so that a power cut cannot leave the name without the bytes.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".unfinished-"
"""Prefix of everything that has no name yet; whatever bears it after a crash may be swept."""


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
    """Flush files or folders side by side: one after the other, each waits for the disk alone."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fsync_file, paths))


def _aside(path: Path) -> Path:
    """Where this process prepares what is to be at `path`."""
    return path.with_name(f"{UNFINISHED}{os.getpid()}-{path.name}")


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; it takes `path`'s name when the block ends well.

    Prevents the torn file: a reader sees the old content or the new, never a part. When the block
    raises, the temporary file is removed and what stood at `path` stays.
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

    Files are flushed side by side, and each folder once, however many go into it.
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
    """Make the symbolic link `link` lead to `target` in one step, whether it existed or not."""
    temporary = _aside(link)
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    fsync_folder(link.parent)


def write_folder(path: Path, texts: Mapping[str, str]) -> None:
    """Make `path` a folder of exactly these files, by name, in one step.

    Prevents the half-written site: the files are written into a folder beside, and `path`, a
    symbolic link, is then made to lead there, so a reader finds all old pages or all new ones.
    Two writers take turns.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    turn = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        sweep(path.parent)
        old = path.readlink().name if path.is_symlink() else f"{path.name}-0"
        new = path.with_name(f"{path.name}-{int(old.rpartition('-')[2]) + 1}")
        aside = path.with_name(f"{UNFINISHED}{new.name}")
        aside.mkdir()
        for name, text in texts.items():
            file = aside / name
            file.write_text(text, encoding="utf-8")
            fsync_file(file)
        # one that a crash left without a link to it
        shutil.rmtree(new, ignore_errors=True)
        aside.rename(new)
        point(path, new.name)
        shutil.rmtree(path.with_name(old), ignore_errors=True)
    finally:
        os.close(turn)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that readers see whole or not at all."""
    with unfinished(path) as temporary:
        temporary.write_bytes(content)


def sweep(folder: Path) -> None:
    """Remove what a crashed writer left unfinished directly in a folder.

    Only for the holder of the writer lock: what is unfinished then belongs to nobody alive.
    """
    for leftover in folder.glob(f"{UNFINISHED}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
