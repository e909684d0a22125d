"""Commands on what is there: `snapshots`, `diff`, `rollback`, `replay`, `derive`, `maintain`."""

import json
from datetime import datetime
from typing import Annotated

import typer

from flows.command import app


@app.command()
def snapshots(
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the kept snapshots: when, by which run, and what each changed."""
    from flows.settings import load_settings
    from warehouse.lake.interface import open_store
    from warehouse.lake.snapshot import to_manifest

    history = list(open_store(load_settings().warehouse()).history())
    if as_json:
        typer.echo(json.dumps([to_manifest(snapshot) for snapshot in history], indent=1))
        return
    if not history:
        typer.echo("no snapshot yet", err=True)
    for snapshot in history:
        typer.echo(f"{snapshot.number}  {snapshot.created_at:%Y-%m-%d %H:%M:%S}  {snapshot.run_id}")
        for name, table in sorted(snapshot.tables.items()):
            if table.change:
                typer.echo(f"    {name}: {table.change}")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A snapshot's number, or a date.")],
    after: Annotated[str, typer.Argument(help="A snapshot's number, or a date.")],
    table: Annotated[
        str | None, typer.Option(help="List the keys of this table's rows that differ.")
    ] = None,
) -> None:
    """Say what differs between two snapshots, run ids and load times aside."""
    from flows.command.rows import print_table
    from flows.settings import load_settings
    from schemas import LAKE, by_name
    from schemas.errors import UsageError
    from warehouse.lake.diff import diff as diff_states
    from warehouse.lake.diff import differing, snapshot_at
    from warehouse.lake.interface import open_store

    lake = open_store(load_settings().warehouse())
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


@app.command()
def rollback(number: Annotated[int, typer.Argument(help="A snapshot's number.")]) -> None:
    """Publish an older snapshot again, as a new one. Nothing is deleted."""
    from flows.command.loading import finish
    from flows.history import rollback as roll_back
    from flows.settings import load_settings

    finish(roll_back(load_settings(), number), as_json=False)


@app.command()
def replay(
    source: Annotated[str | None, typer.Option(help="Only issues of this source.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(help="Only issues with captures from then on (UTC).", metavar="TIME"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Rebuild the tables from the landing alone, without a network."""
    from flows.command.loading import finish, utc
    from flows.history import replay as replay_landing
    from flows.settings import load_settings

    finish(replay_landing(load_settings(), source=source, since=utc(since)), as_json)


@app.command()
def derive(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Read links, systems, claims and topics again, where extractors are newer than their rows."""
    from flows.command.loading import finish
    from flows.history import derive as derive_papers
    from flows.settings import load_settings

    finish(derive_papers(load_settings()), as_json)


@app.command()
def maintain(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Expire old snapshots, verify every file, compact small ones, remove leftovers."""
    from flows.history import maintain as maintain_home
    from flows.settings import load_settings

    upkeep = maintain_home(load_settings())
    if as_json:
        typer.echo(json.dumps(upkeep.as_json(), indent=1))
    else:
        typer.echo("\n".join(upkeep.lines()))
