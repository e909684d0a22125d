"""`paperhouse sql`: one query, or a session on a terminal."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from flows.cli import app
from flows.cli.common import settings

if TYPE_CHECKING:
    from warehouse.query.read_only import Limits
    from warehouse.storage.home import Home


Output = Literal["table", "csv", "json", "parquet"]
OUTPUTS: tuple[Output, ...] = get_args(Output)


@app.command()
def sql(
    statement: Annotated[
        str | None,
        typer.Argument(
            help="One query; `-` reads it from standard input. Without one, on a terminal, you are "
            "asked for queries until you leave."
        ),
    ] = None,
    output: Annotated[
        Output | None, typer.Option("--format", "-f", help="How rows are written.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write here; the ending tells the format."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Query an older snapshot: its number, or a date.", metavar="N|DATE"),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.001, help="A query is stopped after so many seconds.")
    ] = 600,
    memory_limit: Annotated[
        str, typer.Option(help="Memory for a query, as 2GB; beyond it, it spills to disk or stops.")
    ] = "2GB",
) -> None:
    """Query the published warehouse, read-only: one query, or a session on a terminal."""
    from schemas.errors import UsageError
    from warehouse.query.read_only import Limits

    chosen = output or _format_of(file)
    if chosen == "parquet" and file is None:
        raise UsageError("Parquet is not for a terminal; name a file with --output")
    limits = Limits(timeout, memory_limit)
    is_session = statement is None and sys.stdin.isatty()
    if is_session and file is not None:
        raise UsageError(f"no rows to write into {file}: put a query after `paperhouse sql`")
    with _file_as_of(settings().warehouse(), as_of) as path:
        if is_session:
            from flows.cli.sql_shell import Shell, converse

            converse(Shell(path, limits, chosen))
        else:
            text = sys.stdin.read() if statement in (None, "-") else statement
            _answer(path, text or "", limits, chosen, file)


def _file_as_of(home: "Home", as_of: str | None) -> AbstractContextManager[Path]:
    """The published file, or a temporary one of an older snapshot."""
    if as_of is None:
        return nullcontext(home.publication)
    from flows.jobs.snapshots import published_as_of

    return published_as_of(home, as_of)


def _answer(path: Path, text: str, limits: "Limits", output: Output, file: Path | None) -> None:
    """Answer one query, to standard output or into a file."""
    from flows.cli.render import write_rows
    from schemas.errors import UsageError
    from warehouse.query.read_only import query

    rows = query(path, text, limits)
    try:
        write_rows(rows, output, file)
    except OSError as error:
        if file is None:
            raise
        raise UsageError(f"cannot write {file}: {error.strerror or error}") from error


def _format_of(file: Path | None) -> Output:
    from schemas.errors import UsageError

    if file is None:
        return "table"
    for output in OUTPUTS:
        if file.suffix == f".{output}":
            return output
    raise UsageError(
        f"{file.name}: the ending names no format; use .csv, .json or .parquet, or --format"
    )
