"""The command that tells how digests change: `drift`."""

import json
from typing import Annotated

import typer

from flows.cli import app


@app.command()
def drift(
    source: Annotated[str | None, typer.Option(help="Only fields of this source.")] = None,
    runs: Annotated[
        int, typer.Option(help="Alarms of this many of the last runs that found something.", min=0)
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Every field seen in the digests, loaded or not, and what changed about them of late."""
    from flows.cli.render import print_table
    from flows.pipeline.field_drift import read_drift
    from flows.settings import load_settings
    from warehouse.storage.home import Home

    found = read_drift(Home(load_settings().home), n_runs=runs, source=source)
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=1, ensure_ascii=False))
        return
    for source_name, body_format in dict.fromkeys(
        (field.source, field.form) for field in found.fields
    ):
        typer.echo(f"{source_name} {body_format}")
        print_table(found.table(source_name, body_format))
        typer.echo("")
    for line in found.alarm_lines():
        typer.echo(line)
    if not found.fields:
        typer.echo("no field of any digest is on record yet", err=True)
