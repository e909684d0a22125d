"""`paperhouse tables`: what is published, how many rows of it, and how new they are."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import settings


@app.command()
def tables(
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the tables and views: rows of each, the newest day in them, and what they hold."""
    from flows.cli.dictionary_text import list_tables
    from flows.cli.render import show_rows

    file = settings().warehouse().publication
    show_rows(list_tables(file), as_json)
    typer.echo(f"{file}: {file.stat().st_size / 1e6:,.1f} MB", err=True)
