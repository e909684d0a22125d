"""A published file to read."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from tests.support.rows import NOW, commit, listings
from warehouse.lake.snapshot import Lake
from warehouse.publication.publish import publish
from warehouse.storage.home import Home


@dataclass(frozen=True)
class Published:
    """A home in which listings can be committed and published."""

    home: Home

    @property
    def file(self) -> Path:
        return self.home.publication

    def commit(self, *papers: str) -> None:
        """Make these papers the listings of November."""
        commit(Lake(self.home.lake), listings("2026-11", *papers))

    def publish(self, ops: Mapping[str, pa.Table] | None = None) -> None:
        publish(self.file, Lake(self.home.lake).current(), ops or {}, now=NOW, version="0.0")


@pytest.fixture(scope="session")
def to_read(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A publication of one snapshot with two listings, for tests that only read it."""
    house = Published(Home(tmp_path_factory.mktemp("to_read") / "home"))
    house.commit("2611.00001", "2611.00002")
    house.publish()
    return house


@pytest.fixture
def published(to_read: Published, home: Path) -> Published:
    """The same publication, for a test that changes it."""
    shutil.copytree(to_read.home.root, home, symlinks=True)
    return Published(Home(home))
