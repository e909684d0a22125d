"""Who waits at a terminal for long work sees how far it is; files and pipes get no bar."""

import os
import sys

import pexpect
import pytest

import flows.pipeline.derive
import tasks.derive
from tests.support.command import COMMAND
from tests.support.issues import T0, day, item
from tests.support.warehouse import Warehouse


def on_a_terminal(warehouse: Warehouse, command: str) -> str:
    """What a terminal gets of a command that ends well."""
    found = pexpect.run(
        f"{sys.executable} {COMMAND} {command}",
        env={**os.environ, "PAPERHOUSE_HOME": str(warehouse.home), "TERM": "xterm"},
        withexitstatus=True,
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 100),
    )
    assert not isinstance(found, str), "the status is asked for"
    output, status = found
    assert status == 0, output
    return str(output)


@pytest.fixture
def older(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """A warehouse whose papers of two months an older version derived."""
    with monkeypatch.context() as before:
        for module in (tasks.derive, flows.pipeline.derive):
            before.setattr(module, "VERSION", "links/0")
        bodies = [day("2026-11-20", [item("2611.00001"), item("2610.00001")])]
        warehouse.load(bodies, now=T0)
    return warehouse


@pytest.mark.slow
def test_derive_and_maintain_show_how_far_they_are(older: Warehouse) -> None:
    for command, step in (("derive", "deriving"), ("maintain", "verifying")):
        shown = on_a_terminal(older, command)
        assert step in shown
        assert "100%" in shown
    piped = older.called("maintain")
    assert (piped.returncode, piped.stderr) == (0, "")
