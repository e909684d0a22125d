"""`paperhouse quarantine`: review of records that were not loaded."""

from typing import Annotated, Any

import typer

from flows.cli import app
from flows.cli.common import JsonOption, finish, settings, show_json

quarantine = typer.Typer(no_args_is_help=True, help="Records that were not loaded, and why.")
app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def list_rows(
    every: Annotated[
        bool, typer.Option("--all", help="Also records that were settled since.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List quarantined records, newest first."""
    rows = _quarantined("true" if every else "state = 'open'")
    rows.sort(key=lambda row: row["quarantined_at"], reverse=True)
    if as_json:
        show_json(rows)
        return
    for row in rows:
        typer.echo(
            f"{row['quarantine_id']}  {row['state']:<8}  {row['issue_id']}  "
            f"record {row['record_index']}  {row['reason']}"
        )
    typer.echo(f"{len(rows):,} in quarantine", err=True)


@quarantine.command()
def show(quarantine_id: Annotated[str, typer.Argument(help="An id from `list`.")]) -> None:
    """Show one record: each rule it broke, where it stands, and its raw text."""
    from schemas.errors import UsageError

    rows = _quarantined("quarantine_id = ?", quarantine_id)
    if not rows:
        raise UsageError(f"nothing in quarantine is called {quarantine_id!r}; see `list --all`")
    (row,) = rows
    typer.echo(f"{row['issue_id']}, record {row['record_index']}, {row['state']}")
    if row["settled_at"]:
        by = f"by run {row['settled_by']}" if row["settled_by"] else f"by review: {row['why']}"
        typer.echo(f"{row['state']} at {row['settled_at']:%Y-%m-%d %H:%M} UTC {by}")
    typer.echo(f"bytes {row['span_start']} to {row['span_end']} of {row['payload_sha256']}")
    for rule in row["rules"].splitlines():
        typer.echo(f"broke: {rule}")
    typer.echo(f"why: {row['reason']}\n\n{_harmless(row['raw'])}")


@quarantine.command()
def replay(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids from `list`; all open ones by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Reprocess the issues of quarantined records with today's rules and parsers."""
    from flows.jobs.review import replay_quarantined

    finish(replay_quarantined(settings(), ids or ()), as_json)


@quarantine.command()
def drop(
    quarantine_id: Annotated[str, typer.Argument(help="An id from `list`.")],
    why: Annotated[str, typer.Option(help="Why nothing more is to be done; recorded.")],
) -> None:
    """Close a record for good without loading it."""
    from flows.jobs.review import drop as drop_record
    from flows.pipeline.run import utc_now

    drop_record(settings(), quarantine_id, why=why, now=utc_now())


def _harmless(text: str) -> str:
    """Text from a digest without terminal control characters."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def _quarantined(where: str, *parameters: str) -> list[dict[str, Any]]:
    from schemas.ops import QUARANTINE
    from warehouse.ledger import open_ledger

    with open_ledger(settings().warehouse().ledger) as ledger:
        return ledger.rows(QUARANTINE, where, parameters)
