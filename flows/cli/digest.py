"""`paperhouse digest`: the digest by mail."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import settings

digest = typer.Typer(no_args_is_help=True, help="The digest by mail.")
app.add_typer(digest, name="digest")


@digest.command()
def preview(
    address: Annotated[
        str | None, typer.Option("--for", help="A subscriber, whose wishes are used.")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            help="The day, or one of the week; by default, the newest.",
            formats=["%Y-%m-%d"],
        ),
    ] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="A week instead of a day.")] = False,
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="The folder for digest.html and digest.txt.")
    ] = Path(),
) -> None:
    """Write the mail of a day or a week to look at, and print its subject and text; sends none."""
    from flows.digest.preview import write_preview
    from flows.pipeline.run import utc_now

    letter = write_preview(
        settings(),
        folder,
        address=address,
        day=day.date() if day else None,
        weekly=weekly,
        now=utc_now(),
    )
    typer.echo(f"Subject: {letter.subject}\n\n{letter.text}", nl=False)
