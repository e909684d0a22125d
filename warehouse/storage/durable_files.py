"""Durable writes: every guarantee about crashes depends on these few lines.

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


class NewFolder:
    """A folder that is being filled beside the one that readers see; `old` is what they see.

    It may have files of a build before: those that are neither written nor kept are removed, and
    none is written to, since a file may be the same one as in `old`.
    """

    def __init__(self, folder: Path, old: Path | None) -> None:
        self.old = old
        self._folder = folder
        self._of_old = _files_below(old)
        self._before = _files_below(folder)
        self._written: list[Path] = []
        self._names: set[str] = set()
        self._folders: set[str] = set()

    def write(self, name: str, text: str) -> None:
        """Write a file; `name` may begin with the names of folders."""
        file = self._place(name)
        file.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        self._written.append(file)

    def keep(self, name: str) -> None:
        """Take a file over from the old folder without copying it. Raises `FileNotFoundError`."""
        inode = self._of_old.get(name)
        if inode is None or self.old is None:
            raise FileNotFoundError(name)
        if self._before.get(name) == inode:
            self._names.add(name)
            return
        file = self._place(name)
        file.unlink(missing_ok=True)
        os.link(self.old / name, file)

    def finish(self) -> None:
        """Remove what is neither written nor kept, and make the rest durable."""
        for name in self._before.keys() - self._names:
            (self._folder / name).unlink()
        flush(self._written)
        flush([self._folder, *(self._folder / name for name in self._folders)])

    def _place(self, name: str) -> Path:
        self._names.add(name)
        file = self._folder / name
        parent = name.rpartition("/")[0]
        if parent and parent not in self._folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(parent)
        return file


def _files_below(folder: Path | None) -> dict[str, int]:
    """The files below a folder by name, each with its inode number, which hard links share.

    Only folders are read: asking each of tens of thousands of files takes several times as long.
    """
    found: dict[str, int] = {}
    rest = [] if folder is None or not folder.exists() else [(str(folder), "")]
    while rest:
        path, start = rest.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    rest.append((entry.path, f"{start}{entry.name}/"))
                else:
                    found[start + entry.name] = entry.inode()
    return found


@contextmanager
def replacing_folder(path: Path) -> Iterator[NewFolder]:
    """Make `path` a folder of exactly the files that the block writes or keeps, in one step.

    Prevents the half-written site: the files go into a new folder beside it, and `path`, a symbolic
    link, is pointed there when the block ends without an error, so a reader finds all old pages or
    all new ones. A second writer waits for the first. When the block raises, or is killed, the old
    folder stands.

    The old folder is left beside it, and is what the next writer fills: so it has to touch only the
    files of two builds, not link and remove them all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        old = path.with_name(path.readlink().name if path.is_symlink() else f"{path.name}-0")
        new = path.with_name(f"{path.name}-{int(old.name.rpartition('-')[2]) + 1}")
        spare, *more = {*path.parent.glob(f"{path.name}-[0-9]*")} - {old} or {new}
        for leftover in more:
            shutil.rmtree(leftover)
        if spare.is_dir():
            spare.rename(new)
        new.mkdir(exist_ok=True)
        folder = NewFolder(new, old if old.is_dir() else None)
        yield folder
        folder.finish()
        point(path, new.name)
    finally:
        os.close(lock)


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
