"""`paperhouse describe`: what a table or view holds."""

from typing import Annotated

import typer

from flows.cli import app


@app.command()
def describe(
    table: Annotated[str, typer.Argument(help="A table or view, as in core.listings.")],
) -> None:
    """Say what a table or view holds: columns, units, key, rules, what it is made from, a query."""
    from flows.cli.dictionary_text import find, text_of
    from warehouse.publication.dictionary import described

    typer.echo(text_of(find(described(), table)))
