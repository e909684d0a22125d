"""The command explains itself at once, and an error is a line, never a traceback."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from flows.cli import add_commands, app
from tests.support.command import called, paperhouse
from tests.support.folders import ROOT
from tests.support.samples import API
from tests.support.told import in_words, untold
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

SLOW = {"prefect", "great_expectations", "pandas", "duckdb"}
add_commands()


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group, with the words that call it."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app)))


def one_line(text: str) -> bool:
    return len(text.strip().splitlines()) == 1


def test_the_verbs_are_these_at_least() -> None:
    verbs = {"run", "ingest", "status", "sql", "tables", "describe", "quarantine"}
    assert verbs <= {path[0] for path in COMMANDS if path}


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "paperhouse")
def test_every_command_and_everything_one_can_say_to_it_is_explained(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert command.help
    unexplained = [p.name for p in command.params if not getattr(p, "help", None)]
    assert unexplained == []


def test_the_help_of_every_command_needs_none_of_the_slow_packages() -> None:
    code = (
        "import sys\n"
        "from flows.cli import main\n"
        "for words in sys.stdin.read().splitlines():\n"
        "    sys.argv = ['paperhouse', *words.split(), '--help']\n"
        "    try:\n"
        "        main()\n"
        "    except SystemExit as end:\n"
        "        assert end.code == 0, words\n"
        f"print('slow:', *({SLOW!r} & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="\n".join(" ".join(path) for path in COMMANDS),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: paperhouse") == len(COMMANDS)
    assert done.stdout.splitlines()[-1] == "slow:"


def test_the_installed_script_answers(home: Path) -> None:
    done = paperhouse("--help", home=home)
    assert done.returncode == 0
    assert all(path[0] in done.stdout for path in COMMANDS if path)
    assert not home.exists()


def test_no_verb_at_all_shows_the_help_and_is_bad_usage(home: Path) -> None:
    done = paperhouse(home=home)
    assert "Usage: paperhouse" in done.stdout + done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "exit_code", "complaint"),
    [
        (["sql", "SELECT 1"], 1, ("nothing is published",)),
        (["tables"], 1, ("nothing is published",)),
        (["describe", "core.nothing"], 2, ("'core.nothing'", "core.listings")),
        (["ingest", "/nowhere/at/all"], 2, ("/nowhere/at/all", "file", "folder")),
        (["ingest", "arxiv:daily"], 2, ("arxiv:daily", "SOURCE:EDITION:KEY")),
        (["ingest", "nobody:daily:2026-11-20"], 2, ("'nobody'", "arxiv", "huggingface")),
        (
            ["ingest", "huggingface:daily:2026-02-30"],
            2,
            ("huggingface:daily:2026-02-30", "'daily'", "key"),
        ),
        (["ingest", "pagedump:search:0123456789ab"], 2, ("pagedump", "files", "not fetched")),
        (["ingest", str(API), "--as", "huggingface:daily:2026-11-20"], 2, ("15 files",)),
        (["quarantine", "show", "nothing"], 2, ("quarantine", "'nothing'")),
    ],
    ids=in_words,
)
def test_an_error_is_one_line_that_names_the_fix(
    home: Path, arguments: list[str], exit_code: int, complaint: tuple[str, ...]
) -> None:
    done = called(*arguments, home=home)
    assert done.returncode == exit_code
    assert done.stdout == ""
    assert one_line(done.stderr)
    assert done.stderr.startswith("paperhouse: ")
    assert untold(done.stderr, *complaint) == []
    assert not home.exists()


def test_what_the_command_does_not_know_is_bad_usage_without_a_traceback(home: Path) -> None:
    odd = (["nothing"], ["search"], ["status", "--nothing"], ["ingest", "--captured-at=x", "y"])
    for arguments in odd:
        done = called(*arguments, home=home)
        assert done.returncode == 2
        assert done.stdout == ""
        assert "Traceback" not in done.stderr


def test_a_bad_setting_is_one_line_and_the_traceback_comes_when_asked_for(home: Path) -> None:
    variables = {"PAPERHOUSE_MAX_TRIES": "0"}
    done = paperhouse("status", home=home, environment=variables)
    assert (done.returncode, done.stdout, one_line(done.stderr)) == (2, "", True)
    assert done.stderr.startswith("paperhouse: settings")
    done = paperhouse("--debug", "status", home=home, environment=variables)
    assert done.returncode != 0
    assert "Traceback" in done.stderr


def test_a_home_that_cannot_be_created_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = called("ingest", API, home=tmp_path / "file" / "home")
    assert (done.returncode, done.stdout, one_line(done.stderr)) == (1, "", True)
    assert "set PAPERHOUSE_HOME" in done.stderr


def test_the_status_of_an_empty_home_is_an_answer_and_creates_nothing(home: Path) -> None:
    done = paperhouse("status", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    first, *rest, last = done.stdout.splitlines()
    assert (first, last) == (f"home: {home}", "quarantine: 0 open")
    assert "published: nothing yet" in rest
    assert any(line.startswith("huggingface daily: never loaded") for line in rest)
    as_json = json.loads(called("status", "--json", home=home).stdout)
    assert (as_json["published_snapshot"], as_json["lake_snapshot"]) == (None, 0)
    assert not home.exists()


def test_the_status_tells_what_is_published_and_how_runs_ended(loaded: Warehouse) -> None:
    done = loaded.command("status")
    assert "published: snapshot 1" in done.stdout
    assert "huggingface daily: 15 issues, newest 2026-11-13" in done.stdout
    assert ": ok" in done.stdout
    found = json.loads(loaded.command("status", "--json").stdout)
    assert (found["lake_snapshot"], found["published_snapshot"]) == (1, 1)
    assert [run["outcome"] for run in found["runs"]] == ["ok"]


def test_the_home_named_by_the_option_wins_over_the_variable(
    loaded: Warehouse, tmp_path: Path
) -> None:
    done = paperhouse("--home", loaded.home, "status", home=tmp_path / "elsewhere")
    assert f"home: {loaded.home}" in done.stdout
