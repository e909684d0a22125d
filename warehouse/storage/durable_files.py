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
_FLUSHED_TOGETHER = 2_000
"""So many files of a folder are flushed at once; bounds memory."""


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
    """A folder that is being filled beside the one that readers see, which is `old`.

    It has the files that it had two fillings ago, until it is cleared: whoever fills it writes,
    keeps and removes what is different now. No file is written to, since it may be the same one as
    in `old`.
    """

    def __init__(self, path: Path, old: Path | None) -> None:
        self.path = path
        self.old = old
        self.is_cleared = not path.exists()
        self._written: list[Path] = []
        self._folders = {""}
        path.mkdir(exist_ok=True)

    def clear(self) -> None:
        """Begin with no files."""
        shutil.rmtree(self.path)
        self.path.mkdir()
        self.is_cleared = True

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file; `name` may begin with the names of folders."""
        file = self._place(name)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        self._written.append(file)
        if len(self._written) == _FLUSHED_TOGETHER:
            self._flush()

    def keep(self, name: str) -> None:
        """Take a file over from the old folder without copying it. Raises `FileNotFoundError`."""
        if self.old is None:
            raise FileNotFoundError(name)
        os.link(self.old / name, self._place(name))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        self._place(name)

    def finish(self) -> None:
        """Make all durable."""
        self._flush()
        flush(self.path / name for name in self._folders)

    def share(self, here: Path, there: Path) -> None:
        """Make `there` a second folder of the same files, once this one is called `here`."""
        shutil.copytree(here, there, copy_function=os.link)
        flush(there / name for name in self._folders)

    def _flush(self) -> None:
        flush(self._written)
        self._written = []

    def _place(self, name: str) -> Path:
        """The path of a file, where nothing is any more."""
        file = self.path / name
        folder = name.rpartition("/")[0]
        if folder not in self._folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        file.unlink(missing_ok=True)
        return file


@contextmanager
def replacing_folder(path: Path) -> Iterator[NewFolder]:
    """Replace the folder `path`, a symbolic link, by one that the block fills, in one step.

    Prevents the half-written site: a reader finds all old files or all new ones. A second writer
    waits for the first. When the block raises, or is killed, the old folder stands.

    Two whole folders `path-<n>` are left: the one that readers see and another, which the next
    writer fills, so that it touches only the files that two fillings changed. While it is being
    filled it is called `path-unfinished`; the next writer removes what a crash left under that
    name, and fills an empty folder. Then the other folder becomes a copy of the new one, which
    shares its files.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        number, old, others = _folders_of(path)
        filled = path.with_name(f"{path.name}-unfinished")
        for leftover in [*others[:-1], filled]:
            if leftover.exists():
                shutil.rmtree(leftover)
        for spare in others[-1:]:
            spare.rename(filled)
        folder = NewFolder(filled, old)
        yield folder
        folder.finish()
        new = _named(filled, f"{path.name}-{number + 1}")
        point(path, new.name)
        if folder.is_cleared:
            folder.share(new, filled)
            _named(filled, f"{path.name}-{number + 2}")
            if old:
                shutil.rmtree(old)
    finally:
        os.close(lock)


def _folders_of(path: Path) -> tuple[int, Path | None, list[Path]]:
    """The number of the folder that readers see, that folder, and the others by number."""
    named = (f.name.rpartition("-")[2] for f in path.parent.glob(f"{path.name}-[0-9]*"))
    found = {int(n): path.with_name(f"{path.name}-{n}") for n in named if n.isdecimal()}
    number = int(path.readlink().name.rpartition("-")[2]) if path.is_symlink() else 0
    old = found.pop(number, None)
    return number, old, [found[n] for n in sorted(found)]


def _named(folder: Path, name: str) -> Path:
    """The folder under another name, which it keeps through a power cut."""
    named = folder.rename(folder.with_name(name))
    fsync_folder(named.parent)
    return named


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
