"""`paperhouse maintain`: expires snapshots, verifies and compacts the lake."""

import json

import typer

from flows.cli import app
from flows.cli.common import JsonOption


@app.command()
def maintain(
    as_json: JsonOption = False,
) -> None:
    """Expire old snapshots, verify every file, compact small ones, remove leftovers."""
    from flows.jobs.maintenance import maintain as maintain_home
    from flows.settings import load_settings

    upkeep = maintain_home(load_settings())
    if as_json:
        typer.echo(json.dumps(upkeep.as_json(), indent=1))
    else:
        typer.echo("\n".join(upkeep.lines()))
