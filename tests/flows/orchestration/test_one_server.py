"""A home has one server: a second one is told, and the first goes on."""

import fcntl
from pathlib import Path

import pytest

from flows.orchestration.serve import AlreadyServed, serve
from tests.support.process import free_port
from warehouse.storage.home import Home


def test_a_second_server_of_a_home_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    folder = Home(tmp_path).prefect
    folder.mkdir()
    with (folder / "serve.lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(AlreadyServed, match="end it first"):
            serve(tmp_path, free_port(), print)
