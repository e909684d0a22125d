"""`paperhouse sql` without a query, on a real terminal of its own."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from flows.cli.sql_completion import Words, suggest
from flows.cli.sql_shell import Shell, is_whole
from tests.support.command import COMMAND, called
from tests.support.told import in_words, untold
from tests.support.warehouse import Warehouse
from warehouse.query.read_only import Limits

ENDLESS = "SELECT count(*) FROM range(10000000) AS a, range(100000) AS b WHERE hash(a, b) % 7 = 3;"
WORDS = Words(
    {"core.issues": ["issue_id", "n_parsed"], "mart.trust": ["n_late", "state"]},
    ["SELECT", "FROM"],
    (".tables", ".describe"),
)


@pytest.fixture(scope="module")
def asked(sample_home: Path) -> Warehouse:
    """The sample; only to be read."""
    return Warehouse(sample_home)


@pytest.fixture
def terminal(asked: Warehouse, tmp_path: Path) -> Iterator["pexpect.spawn[str]"]:
    """A session; its pager says that it paged."""
    pager = tmp_path / "pager"
    pager.write_text('#!/bin/sh\necho "paged $(wc -l) lines"\n', encoding="utf-8")
    pager.chmod(0o755)
    environment = {
        **os.environ,
        "PAPERHOUSE_HOME": str(asked.home),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PAGER": str(pager),
        "TERM": "xterm",
        # the terminal here does not answer where its cursor is
        "PROMPT_TOOLKIT_NO_CPR": "1",
    }
    child = pexpect.spawn(
        sys.executable,
        [str(COMMAND), "sql", "--timeout", "30"],
        env=environment,
        encoding="utf-8",
        timeout=30,
        dimensions=(24, 100),
    )
    child.expect("paperhouse>")
    yield child
    child.close(force=True)


def test_a_conversation(terminal: "pexpect.spawn[str]", tmp_path: Path) -> None:
    terminal.send("from core.issues select issue_id, n_pa\t")
    terminal.expect("rsed")
    terminal.send("\rorder by all limit 2;\r")
    terminal.expect("huggingface:daily:2026-10-26 .* 12")
    terminal.expect(r"2 rows in \d+\.\d\d s")

    terminal.send("select 1 as one, 'two' as text\\G\r")
    terminal.expect_exact("-- 1 --")
    terminal.expect("one +1")
    terminal.expect("text +two")

    terminal.send("select range from range(5000);\r")
    terminal.expect("paged 100[0-9] lines")
    terminal.expect("the first 1,000 rows")

    terminal.send(f"{ENDLESS}\r")
    terminal.expect_exact("\x1b[?2004l")  # the line is accepted, the query runs
    terminal.expect(pexpect.TIMEOUT, timeout=0.5)
    terminal.sendintr()
    terminal.expect("given up")

    terminal.send("select half a")
    terminal.sendintr()
    terminal.expect("given up")
    terminal.send("from core.nothing;\r")
    terminal.expect(r"paperhouse: Catalog Error: Table with name nothing does not exist![^\n]*\n")
    terminal.send(".tab\t")
    terminal.expect("les")
    terminal.send("\r")
    terminal.expect("paged [0-9]+ lines")
    terminal.send(".describe trust\r")
    terminal.expect("paged [0-9]+ lines")
    terminal.send(".nonsense\r")
    terminal.expect(".nonsense is no command; there are: .tables")
    terminal.send(".quit\r")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0

    history = tmp_path / "state" / "paperhouse" / "sql_history"
    assert history.stat().st_mode & 0o777 == 0o600
    kept = history.read_text(encoding="utf-8")
    assert "+from core.issues select issue_id, n_parsed\n+order by all limit 2;\n" in kept
    assert "half a" not in kept


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("sel", "sel", ["SELECT"]),
        ("FROM core.i", "core.i", ["core.issues"]),
        ("FROM iss", "iss", ["issue_id", "core.issues"]),
        ("SELECT n_ FROM core.issues", "n_", ["n_parsed"]),
        ("SELECT n_", "n_", ["n_parsed", "n_late"]),
        ("SELECT issues.n FROM core.issues", "issues.n", ["issues.n_parsed"]),
        (".d", ".d", [".describe"]),
        (".describe tru", "tru", ["mart.trust"]),
        ("SELECT zzz", "zzz", []),
    ],
)
def test_a_word_becomes_what_it_can_mean_where_it_stands(
    text: str, word: str, found: list[str]
) -> None:
    assert suggest(WORDS, text, word) == found


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("SELECT 1;", True),
        ("SELECT 1", False),
        ("SELECT ';", False),
        ("SELECT 1 -- and;", False),
        ("SELECT 'a;b'\n;", True),
        (".tables", True),
        ("  ", True),
    ],
)
def test_a_query_ends_with_a_semicolon_that_is_not_in_a_text(text: str, whole: bool) -> None:
    assert is_whole(text) == whole


def test_without_a_terminal_the_query_comes_from_standard_input(asked: Warehouse) -> None:
    done = called("sql", "-f", "csv", home=asked.home, stdin="SELECT 1 AS one")
    assert done.stdout == "one\n1\n"


@pytest.mark.parametrize("body_format", ["table", "csv", "json"])
def test_an_answer_commands_no_terminal(
    asked: Warehouse, body_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Shell(asked.file, Limits(), body_format).answer(
        "SELECT chr(27) || '[2J' || chr(155) || 'x' AS t;"
    )
    shown = capsys.readouterr().out
    assert "x" in shown
    assert [c for c in shown if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--timeout", "0.2"], ("0.2 s", "--timeout")),
        (["--memory-limit", "lots"], ("'lots'", "memory", "number", "unit")),
    ],
    ids=in_words,
)
def test_a_query_keeps_to_its_limits(
    asked: Warehouse, options: list[str], complaint: tuple[str, ...]
) -> None:
    done = asked.called("sql", ENDLESS.removesuffix(";"), *options)
    assert done.returncode != 0
    assert untold(done.stderr, *complaint) == []
    assert len(done.stderr.splitlines()) == 1
