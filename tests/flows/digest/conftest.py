"""A home with the sample's lists, people, and a relay on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.digest import THURSDAY, Post, copied
from tests.support.relay import relay_server


@pytest.fixture
def post(sample_home: Path, tmp_path: Path) -> Iterator[Post]:
    with relay_server() as server:
        yield Post(copied(sample_home, tmp_path / "home"), server, THURSDAY)
