"""`paperhouse rollback`: an older snapshot, published again."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import finish


@app.command()
def rollback(number: Annotated[int, typer.Argument(help="A snapshot's number.")]) -> None:
    """Publish an older snapshot again, as a new one. Nothing is deleted."""
    from flows.jobs.snapshots import rollback as roll_back
    from flows.settings import load_settings

    finish(roll_back(load_settings(), number), as_json=False)
