"""`paperhouse docs`: writes pages about the warehouse."""

import typer

from flows.cli import app
from flows.cli.common import settings

docs = typer.Typer(no_args_is_help=True, help="Pages about the warehouse, written on demand.")
app.add_typer(docs, name="docs")


@docs.command()
def build() -> None:
    """Write the pages of what is published: the newest papers, and all data, described anew."""
    from flows.site.build import build_site

    typer.echo(build_site(settings(), with_dictionary=True))


@docs.command()
def quality() -> None:
    """Write Great Expectations' pages: every rule, and how what is published meets it."""
    from flows.site.quality_pages import build_quality_docs

    typer.echo(build_quality_docs(settings().warehouse()))
