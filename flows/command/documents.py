"""Commands that write pages to read: `docs quality`."""

import typer

from flows.command import app

docs = typer.Typer(no_args_is_help=True, help="Pages about the warehouse, written on demand.")
app.add_typer(docs, name="docs")


@docs.command()
def quality() -> None:
    """Write Great Expectations' pages: every rule, and how what is published meets it."""
    from flows.quality_docs import build_quality_docs
    from flows.settings import load_settings
    from warehouse.home import Home

    typer.echo(build_quality_docs(Home(load_settings().home)))
