"""`paperhouse diff`: what differs between two snapshots."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import settings


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A snapshot's number, or a date.")],
    after: Annotated[str, typer.Argument(help="A snapshot's number, or a date.")],
    table: Annotated[
        str | None, typer.Option(help="List the keys of this table's rows that differ.")
    ] = None,
) -> None:
    """Say what differs between two snapshots, run ids and load times aside."""
    from flows.cli.render import print_table
    from schemas import LAKE, by_name
    from schemas.errors import UsageError
    from warehouse.lake.diff import diff as diff_states
    from warehouse.lake.diff import differing, snapshot_at
    from warehouse.lake.interface import open_store

    lake = open_store(settings().warehouse())
    old, new = snapshot_at(lake, before), snapshot_at(lake, after)
    if table is None:
        changes = diff_states(old, new)
        for name, change in sorted(changes.items()):
            typer.echo(f"{name}: {change}")
        if not changes:
            typer.echo(f"snapshots {old.number} and {new.number} hold the same rows")
        return
    tables = by_name(LAKE)
    if table not in tables:
        raise UsageError(f"no table is called {table!r}; there are: {', '.join(tables)}")
    print_table(differing(tables[table], old, new))
