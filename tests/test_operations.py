"""The units and the compose file start what there is, with settings that Prefect has."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from flows.cli import add_commands, app
from flows.orchestration.deploy import POOL
from flows.orchestration.environment import VARIABLES
from tests.support.folders import ROOT

OPERATIONS = ROOT / "docs" / "operations"
UNITS = sorted(OPERATIONS.glob("*.service"))
PREFECT_STARTS = {
    ("prefect", "--no-prompt", "server", "start"),
    ("prefect", "--no-prompt", "worker", "start"),
}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((OPERATIONS / "compose.yaml").read_text("utf-8"))
    return found


def unit(path: Path) -> dict[str, list[str]]:
    """The keys of a unit's [Service], each with all its values."""
    values: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").partition("[Service]")[2].splitlines():
        key, is_one, value = line.partition("=")
        if is_one and not line.startswith(("#", "[")):
            values.setdefault(key, []).append(value)
    return values


def is_there(command: list[str]) -> bool:
    """Whether a command is one of paperhouse's, or one of the two that start Prefect."""
    program, *words = command
    if program == "prefect":
        return tuple(command[:4]) in PREFECT_STARTS
    add_commands()
    known = get_command(app)
    assert isinstance(known, TyperGroup)
    return program == "paperhouse" and words[0] in known.commands


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_there_is(path: Path) -> None:
    (started,) = unit(path)["ExecStart"]
    program, *words = started.split()
    assert program.startswith("/srv/paperhouse/checkout/.venv/bin/")
    assert is_there([Path(program).name, *words])


@pytest.mark.parametrize("part", ["server", "worker"])
def test_the_units_of_prefect_have_the_settings_that_serve_gives(part: str) -> None:
    given = unit(OPERATIONS / f"paperhouse-{part}.service")["Environment"]
    assert {f"{name}={value}" for name, value in VARIABLES.items()} <= set(given)


def test_the_containers_start_commands_there_are_in_the_order_they_need() -> None:
    services = compose()["services"]
    ours = {name: service for name, service in services.items() if "command" in service}
    assert list(ours) == ["server", "setup", "worker"]
    assert all(is_there(service["command"]) for service in ours.values())
    assert ours["worker"]["command"][-4:] == ["--pool", POOL, "--type", "process"]
    assert ours["server"]["environment"].items() >= VARIABLES.items()
    waits = {name: next(iter(service["depends_on"])) for name, service in ours.items()}
    assert waits == {"server": "database", "setup": "server", "worker": "setup"}


def test_nothing_secret_is_written_down_and_nothing_listens_to_the_world() -> None:
    text = (OPERATIONS / "compose.yaml").read_text("utf-8")
    for line in re.findall(r".*(?:PASSWORD|TOKEN|NOTIFY_URLS).*", text):
        assert "${" in line, line
    published = [port for s in compose()["services"].values() for port in s.get("ports", ())]
    assert published == ["127.0.0.1:4200:4200"]


def test_every_file_is_told_of_in_the_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for file in OPERATIONS.iterdir():
        assert f"](operations/{file.name})" in page, file.name
