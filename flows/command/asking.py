"""Commands that ask: `sql`, `tables`, `describe`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.command import app


class Output(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="One query; `-` reads it from standard input.")],
    output: Annotated[
        Output | None, typer.Option("--format", "-f", help="How rows are written.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write here; the ending tells the format."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Ask an older snapshot: its number, or a date.", metavar="N|DATE"),
    ] = None,
) -> None:
    """Query the published warehouse, read-only."""
    from flows.command.rows import write_rows
    from flows.settings import load_settings
    from schemas.errors import UsageError
    from warehouse.home import Home
    from warehouse.query import query

    text = sys.stdin.read() if statement == "-" else statement
    chosen = output or _format_of(file)
    if chosen is Output.parquet and file is None:
        raise UsageError("Parquet is not for a terminal; name a file with --output")
    home = Home(load_settings().home)
    if as_of is None:
        rows = query(home.publication, text)
    else:
        from flows.history import published_as_of

        with published_as_of(home, as_of) as path:
            rows = query(path, text)
    try:
        write_rows(rows, chosen, file)
    except OSError as error:
        if file is None:
            raise
        raise UsageError(f"cannot write {file}: {error.strerror or error}") from error


@app.command()
def tables() -> None:
    """List the tables and how many rows the published warehouse has of each."""
    from flows.command.rows import print_table
    from flows.settings import load_settings
    from warehouse.home import Home
    from warehouse.query import query

    found = query(
        Home(load_settings().home).publication,
        """
        SELECT schema_name || '.' || table_name AS "table", estimated_size AS n_rows, comment
        FROM duckdb_tables()
        UNION ALL
        SELECT schema_name || '.' || view_name, NULL, comment FROM duckdb_views()
        WHERE NOT internal
        ORDER BY ALL
        """,
    )
    print_table(found)


@app.command()
def describe(
    table: Annotated[str, typer.Argument(help="A table or view, as in core.listings.")],
) -> None:
    """Say what a table or view holds: columns, units, key, rules, what it is made from, a query."""
    from flows.command.describing import find, text_of
    from warehouse.dictionary import described

    typer.echo(text_of(find(described(), table)))


def _format_of(file: Path | None) -> Output:
    from schemas.errors import UsageError

    if file is None:
        return Output.table
    try:
        return Output(file.suffix.removeprefix("."))
    except ValueError as error:
        raise UsageError(
            f"{file.name}: the ending tells no format; use .csv, .json or .parquet, or --format"
        ) from error
