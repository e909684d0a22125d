"""The home of a warehouse: the folder, and the paths inside it."""

from dataclasses import dataclass
from pathlib import Path

from schemas.errors import PaperhouseError
from warehouse.storage.paths import usable_home


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
    """An attribute of a home: the path with this name below its root, absolute."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, home: "Home", _: type["Home"]) -> Path:
        return home.root.absolute() / self._name


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
    site = _Below("site")
    """The pages people look at; written anew from the publication."""
    ledger = _Below("ledger.sqlite")
    subscribers = _Below("subscribers.sqlite")
    """Who gets the digest by mail; the only file that has an address of anybody."""
    metrics = _Below("metrics.prom")
    digest_metrics = _Below("digest.prom")
    prefect = _Below("prefect")
    lock = _Below("writer.lock")
    digest_lock = _Below("digest.lock")

    def check(self) -> None:
        """Raise `HomeUnusable` when the home is there and no folder, or may not be read."""
        try:
            is_folder = not self.root.exists() or self.root.is_dir()
            if is_folder and self.root.exists():
                next(self.root.iterdir(), None)
        except OSError as error:
            raise HomeUnusable(
                f"the warehouse folder {self.root} cannot be read: {error.strerror}; give its "
                "user read permission"
            ) from error
        if not is_folder:
            raise HomeUnusable(
                f"{self.root} is a file, no warehouse folder; set PAPERHOUSE_HOME or --home to one"
            )

    def create(self) -> None:
        """Make the folder. Raises `HomeUnusable` or `PathUnusable`, which name the fix."""
        usable_home(self.root)
        self.check()
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HomeUnusable(
                f"cannot create the warehouse folder {self.root}: {error.strerror}; "
                "set PAPERHOUSE_HOME to a folder you can write to"
            ) from error
