"""`paperhouse snapshots`: the stored states of the lake."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import settings, show_json


@app.command()
def snapshots(
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the stored snapshots: when, by which run, and what each changed."""
    from warehouse.lake.interface import open_store
    from warehouse.lake.snapshot import to_manifest

    history = list(open_store(settings().warehouse()).history())
    if as_json:
        show_json([to_manifest(snapshot) for snapshot in history])
        return
    if not history:
        typer.echo("no snapshot yet", err=True)
    for snapshot in history:
        typer.echo(f"{snapshot.number}  {snapshot.created_at:%Y-%m-%d %H:%M:%S}  {snapshot.run_id}")
        for name, table in sorted(snapshot.tables.items()):
            if table.change:
                typer.echo(f"    {name}: {table.change}")
