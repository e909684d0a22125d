"""Whatever is asked wrongly is answered in one line that says what was found and what to do."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.jobs.replay import replay
from flows.settings import Settings
from tests.support.command import called
from tests.support.issues import T0, day, item
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("wrong") / "home")
    made.load([day("2026-11-19", [item("2611.00001")])], now=T0)
    return made


WRONG = {
    "sql --as-of 99 'SELECT 1'": "there is no snapshot 99; kept are: 1",
    "sql --as-of someday 'SELECT 1'": "someday",
    "sql 'SELEC 1'": 'syntax error at or near "SELEC"',
    "sql 'SELECT titel FROM core.papers'": '"titel" not found',
    "sql 'DROP TABLE core.listings'": "write one SELECT statement",
    "sql 'EXPLAIN ANALYZE COPY (SELECT 1) TO x'": "write one SELECT statement",
    "sql ''": "write one SELECT statement",
    "sql 'SELECT 1' -o /nothere/x.csv": "cannot write /nothere/x.csv",
    "sql 'SELECT 1' -o x.doc": "use .csv, .tsv",
    "sql 'SELECT 1' -f excel": "'excel' is not one of 'table'",
    "sql 'SELECT 1' -f xlsx": "name a file with --output",
    "sql 'SELECT 1' --memory-limit lots": "as in 2GB",
    "sql SELECT 1": "see `paperhouse sql --help`",
    "serch x": "Did you mean 'search'",
    "search ''": "as in `paperhouse search pruning`",
    "search x --since someday": "see `paperhouse search --help`",
    "describe core.paperz": "did you mean core.papers",
    "describe nothing_like_it": "`paperhouse tables` lists all",
    "diff 1 99": "there is no snapshot 99; kept are: 1",
    "diff 1 1 --table core.paper": "did you mean core.paper",
    "rollback 99": "there is no snapshot 99; kept are: 1",
    "ingest nothere.json": "neither a file nor a folder",
    "ingest huggingface:dayly:2026-11-20": "no edition 'dayly'",
    "ingest huggingfase:daily:2026-11-20": "no source 'huggingfase'",
    "ingest huggingface:daily:2026-13-40": "2026-13-40",
    "ingest x --captured-at never": "see `paperhouse ingest --help`",
    "run --nope": "No such option: --nope",
    "backfill huggingfase --since 2026-01-01": "sources that have: arxiv, huggingface",
    "backfill huggingface --since yesterday": "see `paperhouse backfill --help`",
    "issues release nope --why x": "nope is not held; held are: none",
    "issues withdraw huggingface:daily:1999-01-01 --why x": "not loaded",
    "issues withdraw huggingface:daily:2026-11-19": "Missing option '--why'",
    "quarantine show nope": "see `list --all`",
    "quarantine drop nope --why x": "see `quarantine list`",
    "replay --source nope": "there are: arxiv, huggingface",
    "drift --source nope": "there are: arxiv, huggingface",
    "status --now yesterday": "see `paperhouse status --help`",
    "--nope status": "No such option: --nope",
}


def words_of(line: str) -> list[str]:
    """The words of a command line; quoted ones stay together."""
    parts = line.split("'")
    return [
        word
        for number, part in enumerate(parts)
        for word in ([part] if number % 2 else part.split())
    ]


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_usage_is_one_line_and_no_failed_run(warehouse: Warehouse, line: str) -> None:
    done = warehouse.called(*words_of(line))
    assert done.returncode == 2
    (told,) = done.stderr.splitlines()
    assert told.startswith("paperhouse: ")
    assert WRONG[line] in told
    runs = json.loads(warehouse.called("status", "--json").stdout)["runs"]
    assert [run["outcome"] for run in runs] == ["ok"]


def a_file(home: Path) -> None:
    home.write_text("a file")


def of_a_newer_version(home: Path) -> None:
    manifest = home / "lake" / "snapshots" / "1" / "snapshot.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))


def with_a_damaged_manifest(home: Path) -> None:
    (home / "lake" / "snapshots" / "1" / "snapshot.json").write_text("{")


def with_a_damaged_ledger(home: Path) -> None:
    (home / "ledger.sqlite").write_bytes(b"nonsense" * 1000)


def with_a_damaged_publication(home: Path) -> None:
    (home / "warehouse.duckdb").write_bytes(b"nonsense" * 1000)


COMMANDS = [
    ["status"],
    ["sql", "SELECT 1"],
    ["tables"],
    ["search", "study"],
    ["snapshots"],
    ["diff", "1", "1"],
    ["maintain"],
    ["issues", "list"],
    ["quarantine", "list"],
    ["drift"],
    ["ingest"],
    ["replay"],
]
HOMES: dict[Callable[[Path], None], tuple[str, set[str]]] = {
    a_file: ("is a file, no warehouse folder", set()),
    of_a_newer_version: ("was written by a newer version", set()),
    with_a_damaged_manifest: (
        "rebuilds the tables from the landing",
        {"sql", "tables", "search", "quarantine", "drift"},
    ),
    with_a_damaged_ledger: (
        "move it away",
        {"sql", "tables", "search", "snapshots", "diff"},
    ),
    with_a_damaged_publication: (
        "load again to replace it",
        {"status", "snapshots", "diff", "maintain", "issues", "quarantine", "drift", "ingest"}
        | {"replay"},
    ),
}
"""What is wrong with a home: what each command says, and the commands that work all the same."""


@pytest.mark.parametrize("harm", HOMES, ids=lambda harm: harm.__name__)
def test_a_home_that_cannot_be_used_is_told_in_one_line_by_every_command(
    harm: Callable[[Path], None], warehouse: Warehouse, tmp_path: Path
) -> None:
    message, working = HOMES[harm]
    for command in COMMANDS:
        home = tmp_path / command[0] / "home"
        home.parent.mkdir()
        if harm is not a_file:
            shutil.copytree(warehouse.home, home, symlinks=True)
        body = home.parent / "2026-11-20.json"
        body.write_bytes(day("2026-11-20", [item("2611.00002")]).content)
        harm(home)
        done = called(*command, *([body] if command == ["ingest"] else []), home=home)
        if command[0] in working:
            assert done.returncode == 0, (command, done.stderr)
        else:
            assert done.returncode == 1, command
            (told,) = done.stderr.splitlines()
            assert message in told, command


def test_what_is_told_of_a_damaged_manifest_mends_it(warehouse: Warehouse, tmp_path: Path) -> None:
    made = Warehouse(tmp_path / "home")
    shutil.copytree(warehouse.home, made.home, symlinks=True)
    with_a_damaged_manifest(made.home)
    (made.home / "lake").rename(tmp_path / "away")
    replay(Settings(home=made.home), clock=lambda: T0)
    assert made.value("SELECT count(*) FROM core.papers") == 1
