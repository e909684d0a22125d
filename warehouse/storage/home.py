"""The home of a warehouse: the paths inside it, and the lock that allows one writer at a time."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.errors import PaperhouseError


class WriterBusy(PaperhouseError):
    """Another process is loading into this home."""


class HomeUnusable(PaperhouseError):
    """The home cannot be created or written."""


@dataclass(frozen=True)
class SharedLake:
    """The address of a lake that several homes share: its catalog, as a connection string of
    PostgreSQL's own library, and the place of its files, `s3://bucket/folder`. Without secrets."""

    catalog: str
    data: str

    @property
    def folder(self) -> str:
        """The place of the files as Arrow names it: bucket and folder."""
        return self.data.removeprefix("s3://")


class _Below:
    """An attribute of a home: the path with this name below its root."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, home: "Home", _: type["Home"]) -> Path:
        return home.root / self._name


@dataclass(frozen=True)
class Home:
    """The paths inside one warehouse folder."""

    root: Path
    shared: SharedLake | None = None
    """The lake it shares with other homes, if it has none of its own."""
    other_landings: tuple[Path, ...] = ()
    """The landings of those other homes; only read."""

    landing = _Below("landing")
    lake = _Below("lake")
    publication = _Below("warehouse.duckdb")
    build = _Below("build")
    """The templates of the publication and the record of its last build; may be removed."""
    search_index = _Below("search/papers.duckdb")
    ledger = _Below("ledger.sqlite")
    metrics = _Below("metrics.prom")
    prefect = _Below("prefect")
    lock = _Below("writer.lock")

    def create(self) -> None:
        """Make the folder. Raises `HomeUnusable`, naming the fix, when that is not possible."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HomeUnusable(
                f"cannot create the warehouse folder {self.root}: {error.strerror}; "
                "set PAPERHOUSE_HOME to a folder you can write to"
            ) from error


@contextmanager
def writing(home: Home, *, owner: str, now: datetime) -> Iterator[None]:
    """Hold the home's writer lock for a block.

    The lock is `flock`: the kernel releases it the moment its owner dies, however it dies, so a
    dead owner never blocks anyone and no heartbeat is needed. The file's text names the owner for
    the message. Raises `WriterBusy` at once when another process holds it.
    """
    home.create()
    try:
        descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise HomeUnusable(
            f"cannot write in {home.root}: {error.strerror}; give its user write permission"
        ) from error
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WriterBusy(
                f"{home.root} is being written by {_owner_of(file.read())}; "
                "wait for it to end, or run again later"
            ) from error
        file.truncate(0)
        json.dump({"owner": owner, "pid": os.getpid(), "since": now.isoformat()}, file)
        file.flush()
        yield
        file.truncate(0)


def _owner_of(text: str) -> str:
    """The owner that a lock file names, in words; the file may be empty for a moment."""
    if not text:
        return "another process"
    owner = json.loads(text)
    return f"{owner['owner']} (process {owner['pid']}, since {owner['since']})"
