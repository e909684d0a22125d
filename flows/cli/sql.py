"""`paperhouse sql`: one query, or a session on a terminal."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.cli import app
from flows.cli.common import settings

if TYPE_CHECKING:
    import pyarrow as pa

    from flows.settings import Settings


Output = Literal["table", "record", "csv", "tsv", "json", "jsonl", "markdown", "parquet", "xlsx"]
_ENDINGS: dict[str, Output] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}


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
    spreadsheet_safe: Annotated[
        bool,
        typer.Option(
            "--spreadsheet-safe",
            help="In CSV and TSV, put ' before texts that a spreadsheet would run as formulas.",
        ),
    ] = False,
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
    from warehouse.query.read_only import Limits, query

    chosen = output or _format_of(file)
    if chosen in ("parquet", "xlsx") and file is None:
        raise UsageError(f"{chosen} is not for a terminal; name a file with --output")
    if spreadsheet_safe and chosen not in ("csv", "tsv"):
        raise UsageError(
            f"--spreadsheet-safe is for csv and tsv, not for {chosen}; .xlsx is always safe"
        )
    limits = Limits(timeout, memory_limit)
    is_session = statement is None and sys.stdin.isatty()
    if is_session and file is not None:
        raise UsageError(f"no rows to write into {file}: put a query after `paperhouse sql`")
    if is_session and spreadsheet_safe:
        raise UsageError("--spreadsheet-safe is for files: put a query after `paperhouse sql`")
    with _file_as_of(settings(), as_of) as path:
        if is_session:
            from flows.cli.sql_shell import Shell, converse

            converse(Shell(path, limits, chosen))
        else:
            text = sys.stdin.read() if statement in (None, "-") else statement
            rows = query(path, text or "", limits)
            _write(rows, chosen, file, is_for_spreadsheets=spreadsheet_safe)


def _file_as_of(chosen: "Settings", as_of: str | None) -> AbstractContextManager[Path]:
    """The published file, or a temporary one of an older snapshot."""
    if as_of is None:
        return nullcontext(chosen.warehouse().publication)
    from flows.jobs.snapshots import published_as_of

    return published_as_of(chosen.warehouse(), as_of, wanted=chosen.expectations())


def _write(
    rows: "pa.Table", output: Output, file: Path | None, *, is_for_spreadsheets: bool
) -> None:
    """Write the rows to standard output or into a file."""
    from flows.cli.render import write_rows
    from schemas.errors import UsageError

    try:
        write_rows(rows, output, file, is_for_spreadsheets=is_for_spreadsheets)
    except OSError as error:
        if file is None:
            raise
        raise UsageError(f"cannot write {file}: {error.strerror or error}") from error


def _format_of(file: Path | None) -> Output:
    from schemas.errors import UsageError

    if file is None:
        return "table"
    found = _ENDINGS.get(file.suffix)
    if found is None:
        raise UsageError(
            f"{file.name}: the ending names no format; use {', '.join(_ENDINGS)}, or --format"
        )
    return found
