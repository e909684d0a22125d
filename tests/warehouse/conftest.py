"""A published file to read."""

from pathlib import Path

import pytest

from tests.support.rows import november
from tests.support.warehouse import Warehouse


@pytest.fixture(scope="session")
def to_read(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A publication of one snapshot with two listings, for tests that only read it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("to_read") / "home")
    warehouse.commit(november("2611.00001", "2611.00002"))
    warehouse.publish()
    return warehouse


@pytest.fixture
def published(to_read: Warehouse, home: Path) -> Warehouse:
    """The same publication, for a test that changes it."""
    return to_read.copy_to(home)
