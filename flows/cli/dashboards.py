"""`paperhouse dashboards`: writes dashboards for the tools that show them."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import settings

dashboards = typer.Typer(no_args_is_help=True, help="Dashboards of the marts, for BI tools.")
app.add_typer(dashboards, name="dashboards")


@dashboards.command()
def superset(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Write here: a .zip file, or a folder.")
    ],
    database_uri: Annotated[
        str | None,
        typer.Option(help="Where Superset finds the published file; by default that of the home."),
    ] = None,
) -> None:
    """Write the dashboard "Daily papers" as a bundle that Apache Superset imports."""
    from flows.dashboards.description import daily_papers
    from flows.dashboards.superset import bundle, uri_of, write_bundle

    uri = database_uri or uri_of(settings().warehouse().publication)
    write_bundle(bundle(daily_papers(), uri), output)
    typer.echo(output)
