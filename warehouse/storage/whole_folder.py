"""A folder of many files that readers find whole: all old files or all new ones.

It costs what two fillings changed, however many files there are.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.storage.durable_files import flush, fsync_folder, point

_FLUSHED_TOGETHER = 2_000
"""So many files of a folder are flushed at once; bounds memory."""


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
