"""Every command and option is documented, in the words of its own help, and nothing else is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from flows.cli import add_commands, app
from tests.support.folders import ROOT

_SECTION = re.compile(
    r"^## (?P<name>paperhouse [a-z -]+)\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)
_NAMED = re.compile(r"^\| `(?P<names>[^`]+)` \|", re.MULTILINE)
add_commands()


def commands(group: Any, path: str = "paperhouse") -> Iterator[tuple[str, Any]]:
    """Every command by its whole name, those of groups too."""
    for name, command in group.commands.items():
        whole = f"{path} {name}"
        if hasattr(command, "commands"):
            yield from commands(command, whole)
        else:
            yield whole, command


COMMANDS = dict(commands(get_command(app)))
SECTIONS = dict(_SECTION.findall((ROOT / "docs" / "commands.md").read_text(encoding="utf-8")))


def parameters(command: Any) -> dict[str, str]:
    """Names of arguments and options as the page writes them, and their help."""
    return {
        parameter.name.upper()
        if parameter.param_type_name == "argument"
        else ", ".join([*parameter.opts, *parameter.secondary_opts]): parameter.help or ""
        for parameter in command.params
        if parameter.name != "help"
    }


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    assert SECTIONS.keys() == COMMANDS.keys()
    assert {"paperhouse quarantine replay", "paperhouse docs build"} <= COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_section_says_what_its_help_says(name: str) -> None:
    section, command = SECTIONS[name], COMMANDS[name]
    assert command.help
    assert command.help in section
    expected = parameters(command)
    assert [names for names, text in expected.items() if not text] == []
    assert set(_NAMED.findall(section)) == expected.keys()
    missing = [
        names for names, text in expected.items() if f"| `{names}` | {text} |" not in section
    ]
    assert missing == []


def test_options_that_stand_before_every_command_are_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for names, text in parameters(get_command(app)).items():
        assert text, names
        assert re.search(rf"paperhouse {names}[ `]", page), names


def test_every_command_is_in_the_overview_that_says_what_it_is_for() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    overview = page.partition("\n## paperhouse ")[0]
    rows = [line for line in overview.splitlines() if line.startswith("| `paperhouse ")]
    named = {name for name in COMMANDS for row in rows if f"`{name}" in row}
    assert named == COMMANDS.keys()
    words = {word for row in rows for word in re.findall(r"`paperhouse ([a-z]+)", row)}
    assert words == {name.split()[1] for name in COMMANDS}
