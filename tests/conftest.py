"""Fixtures that many tests use: a clean environment, and warehouses with and without a sample."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.http.certificates import ADDED, INSTEAD
from tests.support.samples import API, FIRST
from tests.support.warehouse import Warehouse

LONGEST_FIRST = (
    "tests.flows.orchestration.test_deployment",
    "tests.flows.pipeline.test_staged_ahead",
    "tests.flows.cli.test_home_names",
    "tests.warehouse.lake.test_ducklake",
    "tests.flows.jobs.test_real_digests",
    "tests.flows.digest.test_form_in_a_browser",
    "tests.flows.pipeline.test_same_bytes",
    "tests.flows.jobs.test_completeness",
    "tests.flows.test_nightly",
    "tests.flows.site.test_build",
    "tests.flows.digest.test_two_weeks",
    "tests.warehouse.publication.test_refresh",
    "tests.flows.pipeline.test_captures",
    "tests.flows.digest.test_reads_itself",
    "tests.flows.pipeline.test_identity",
    "tests.flows.pipeline.test_full_disk",
    "tests.flows.jobs.test_wrong_dates",
    "tests.tasks.merge.test_witnesses",
    "tests.flows.monitoring.test_silent_source",
    "tests.flows.cli.test_behind_a_proxy",
    "tests.flows.jobs.test_withdraw",
    "tests.flows.site.test_browser",
    "tests.flows.pipeline.test_order",
    "tests.flows.pipeline.test_killed",
    "tests.tasks.quality.test_deferred_imports",
    "tests.flows.jobs.test_ingest",
    "tests.flows.pipeline.test_witnesses",
)
"""Modules that take longest begin first, so that test processes side by side end together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules in front; everything else keeps its order."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(_module(item), len(places)))


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0].removesuffix(".py").replace("/", ".")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person running the tests has set must not reach them."""
    for name in list(os.environ):
        is_of_network = name.lower().endswith("_proxy") or name in (*INSTEAD, *ADDED)
        if name.startswith("PAPERHOUSE_") or name == "HF_TOKEN" or is_of_network:
            monkeypatch.delenv(name)
    # pages are written where a test asks for them
    monkeypatch.setenv("PAPERHOUSE_SITE__ENABLED", "false")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a warehouse may be created; nothing is there yet."""
    return tmp_path / "home"


@pytest.fixture
def warehouse(home: Path) -> Warehouse:
    """An empty warehouse."""
    return Warehouse(home)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The fifteen sample days, loaded once for all tests; only ever copied."""
    loaded = Warehouse(tmp_path_factory.mktemp("sample") / "home")
    assert loaded.ingest(API, at=FIRST).exit_code == 0
    yield loaded.home
    shutil.rmtree(loaded.home)


@pytest.fixture
def loaded(sample_home: Path, home: Path) -> Warehouse:
    """A warehouse of its own in which the fifteen sample days are loaded and published."""
    return Warehouse(sample_home).copy_to(home)
