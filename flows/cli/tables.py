"""`paperhouse tables`: what is published, and how many rows of it."""

from flows.cli import app
from flows.cli.common import settings


@app.command()
def tables() -> None:
    """List the tables and how many rows the published warehouse has of each."""
    from flows.cli.dictionary_text import list_tables
    from flows.cli.render import print_table

    print_table(list_tables(settings().warehouse().publication))
