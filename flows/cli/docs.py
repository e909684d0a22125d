"""`paperhouse docs`: writes pages about the warehouse."""

import typer

from flows.cli import app

docs = typer.Typer(no_args_is_help=True, help="Pages about the warehouse, written on demand.")
app.add_typer(docs, name="docs")


@docs.command()
def build() -> None:
    """Write a site about what is published: tables, columns, rules, lineage, answered questions."""
    from flows.settings import load_settings
    from flows.site.build import build_site
    from warehouse.storage.home import Home

    typer.echo(build_site(Home(load_settings().home)))


@docs.command()
def quality() -> None:
    """Write Great Expectations' pages: every rule, and how what is published meets it."""
    from flows.settings import load_settings
    from flows.site.quality_pages import build_quality_docs
    from warehouse.storage.home import Home

    typer.echo(build_quality_docs(Home(load_settings().home)))
