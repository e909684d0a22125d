"""`paperhouse sql` on a terminal: a session of queries.

Each query opens the published file again, so a long session sees every new publication. A query
that fails prints one line and does not end the session.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import click
import pyarrow as pa
from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from flows.cli.dictionary_text import find, list_tables, text_of
from flows.cli.render import put_rows
from flows.cli.sql_completion import Names, words_of
from schemas.errors import PaperhouseError, UsageError, one_line
from tasks.parse.text import printable
from warehouse.publication.dictionary import read_dictionary
from warehouse.query.read_only import Limits, query, reading

PROMPT = "paperhouse> "
MOST_ROWS = 1000
"""At most so many rows are shown; write all of them to a file."""
_AS_RECORDS = "\\G"
"""A query that ends so is answered with a record for each row."""
_HELP = """\
A query may take several lines and ends with a semicolon, or with \\G to see each row as a record.
Tab completes names, Ctrl-C gives a query up or stops it while it runs.

.tables          list tables and views
.describe NAME   say what one holds
.help            this
.quit            leave; Ctrl-D too"""


@dataclass(frozen=True)
class Shell:
    """A session on one published file, with the limits of a query and the output format."""

    path: Path
    limits: Limits
    format: str

    def answer(self, text: str) -> bool:
        """Answer one input; returns false for `.quit`. Raises what the query raises."""
        name, _, rest = text.partition(" ")
        if text.startswith("."):
            if name not in self.commands:
                raise UsageError(f"{name} is no command; there are: {', '.join(self.commands)}")
            self.commands[name](rest.strip())
        elif text not in ("", ";"):
            self._query(text)
        return name != ".quit"

    @property
    def commands(self) -> dict[str, Callable[[str], None]]:
        """The function of each command that begins with a dot."""
        return {
            ".tables": lambda _: _show(list_tables(self.path), "table"),
            ".describe": self._describe,
            ".help": lambda _: click.echo(_HELP),
            ".quit": lambda _: None,
        }

    def _query(self, text: str) -> None:
        limits = Limits(self.limits.seconds, self.limits.memory, MOST_ROWS + 1)
        began = time.perf_counter()
        rows = query(self.path, text.removesuffix(_AS_RECORDS), limits)
        seconds = time.perf_counter() - began
        _show(rows.slice(0, MOST_ROWS), "record" if text.endswith(_AS_RECORDS) else self.format)
        if rows.num_rows > MOST_ROWS:
            click.echo(
                f"the first {MOST_ROWS:,} rows in {seconds:.2f} s; for all of them: "
                "paperhouse sql -o rows.parquet …"
            )
        else:
            rest = "" if rows.num_rows == 1 else "s"
            click.echo(f"{rows.num_rows:,} row{rest} in {seconds:.2f} s")

    def _describe(self, name: str) -> None:
        with reading(self.path) as connection:
            entries = read_dictionary(connection)
        _page(text_of(find(entries, name)) + "\n")


def converse(shell: Shell) -> None:
    """Read and answer input until `.quit`. Raises `NothingPublished` before the first prompt."""
    os.environ.setdefault("LESS", "-S")
    with reading(shell.path) as connection:
        names = Names(words_of(connection, tuple(shell.commands)))
    session: PromptSession[str] = PromptSession(
        PROMPT,
        history=_history(),
        completer=names,
        complete_while_typing=False,
        multiline=Condition(lambda: not is_whole(get_app().current_buffer.text)),
        prompt_continuation=lambda width, _, __: ".".rjust(width - 1) + " ",
        lexer=PygmentsLexer(SqlLexer),
    )
    click.echo(f"{shell.path}, read-only; .help says more")
    while True:
        try:
            if not shell.answer(session.prompt().strip()):
                return
        except EOFError:
            return
        except KeyboardInterrupt:
            click.echo("given up", err=True)
        except PaperhouseError as error:
            click.echo(f"paperhouse: {one_line(error)}", err=True)


def is_whole(text: str) -> bool:
    """Whether the input is complete: empty, a command, or a query with its semicolon or `\\G`."""
    stripped = text.strip()
    return (
        not stripped
        or stripped.startswith(".")
        or stripped.endswith(_AS_RECORDS)
        or sqlite3.complete_statement(stripped)
    )


def _show(rows: pa.Table, output: str) -> None:
    """Show rows, in the pager if they do not fit the terminal."""
    text = StringIO()
    put_rows(rows, output, text, width=shutil.get_terminal_size().columns)
    # in every output format: a digest's text must not control the terminal
    _page("\n".join(map(printable, text.getvalue().split("\n"))))


def _page(text: str) -> None:
    columns, lines = shutil.get_terminal_size()
    shown = text.splitlines()
    if len(shown) < lines and all(len(line) <= columns for line in shown):
        click.echo(text, nl=False)
    else:
        click.echo_via_pager(text)


def _history() -> History:
    """Earlier input, stored in the user's own folder and not in the shared warehouse."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    file = Path(state) / "paperhouse" / "sql_history"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        click.echo(f"no history is stored: {file}: {error.strerror}", err=True)
        return InMemoryHistory()
    return FileHistory(str(file))
