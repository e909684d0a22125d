"""The command that looks for what is wrong: `doctor`."""

from typing import Annotated

import typer

from flows.cli import app


@app.command()
def doctor(
    live: Annotated[
        bool, typer.Option("--live", help="Ask each enabled source, too: one or two requests.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Look at configuration, versions, disk and files, and say what to do about what is wrong."""
    from flows.monitoring.doctor import as_text, examine

    more = None
    if live:
        from flows.monitoring.live_probe import probe

        more = probe
    diagnosis = examine(more)
    typer.echo(as_text(diagnosis, as_json=as_json))
    raise typer.Exit(diagnosis.exit_code)
