"""Fixtures that many tests use: a clean environment, and homes with and without a sample."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.house import API, FIRST, House


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person running the tests has set must not reach them."""
    for name in list(os.environ):
        if name.startswith("PAPERHOUSE_") or name == "HF_TOKEN":
            monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a warehouse may be created; nothing is there yet."""
    return tmp_path / "home"


@pytest.fixture
def house(home: Path) -> House:
    """An empty warehouse."""
    return House(home)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The fifteen sample days, loaded once for all tests; only ever copied."""
    loaded = House(tmp_path_factory.mktemp("sample") / "home")
    assert loaded.ingest(API, at=FIRST).exit_code == 0
    yield loaded.home
    shutil.rmtree(loaded.home)


@pytest.fixture
def loaded(sample_home: Path, home: Path) -> House:
    """A warehouse of its own in which the fifteen sample days are loaded and published."""
    shutil.copytree(sample_home, home, symlinks=True)
    return House(home)
