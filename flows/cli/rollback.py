"""`paperhouse rollback`: an older snapshot, published again."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import finish, settings


@app.command()
def rollback(number: Annotated[int, typer.Argument(help="A snapshot's number.")]) -> None:
    """Publish an older snapshot again, as a new one. Nothing is deleted."""
    from flows.jobs.snapshots import rollback as roll_back

    finish(roll_back(settings(), number), as_json=False, is_decision=True)
