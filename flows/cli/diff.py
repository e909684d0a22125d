"""`paperhouse diff`: what differs between two snapshots."""

from dataclasses import asdict
from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import settings, show_json


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A snapshot's number, or a date.")],
    after: Annotated[str, typer.Argument(help="A snapshot's number, or a date.")],
    table: Annotated[
        str | None, typer.Option(help="List the keys of this table's rows that differ.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say what differs between two snapshots, run ids and load times aside."""
    from flows.cli.render import show_rows
    from schemas import LAKE, by_name
    from schemas.errors import UsageError
    from schemas.nearest import or_nearest
    from warehouse.lake.diff import diff as diff_states
    from warehouse.lake.diff import differing, snapshot_at
    from warehouse.lake.interface import open_store

    lake = open_store(settings().warehouse())
    old, new = snapshot_at(lake, before), snapshot_at(lake, after)
    if table is None:
        changes = diff_states(old, new)
        if as_json:
            show_json({name: asdict(change) for name, change in sorted(changes.items())})
            return
        for name, change in sorted(changes.items()):
            typer.echo(f"{name}: {change}")
        if not changes:
            typer.echo(f"snapshots {old.number} and {new.number} hold the same rows")
        return
    tables = by_name(LAKE)
    if table not in tables:
        near = or_nearest(table, tables, "`paperhouse tables` lists all")
        raise UsageError(f"no table is called {table!r}; {near}")
    show_rows(differing(tables[table], old, new), as_json)
