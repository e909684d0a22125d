"""`paperhouse describe`: what a table or view holds."""

from typing import Annotated

import typer

from flows.cli import app


@app.command()
def describe(
    table: Annotated[str, typer.Argument(help="A table or view, as in core.listings.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say what a table or view holds: columns, units, key, rules, what it is made from, a query."""
    from flows.cli.common import show_json
    from flows.cli.dictionary_text import find, plain, text_of
    from warehouse.publication.dictionary import described

    entry = find(described(), table)
    if as_json:
        show_json(plain(entry))
    else:
        typer.echo(text_of(entry))
