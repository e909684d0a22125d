"""`paperhouse doctor`: checks of the warehouse and its surroundings."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import show


@app.command()
def doctor(
    live: Annotated[
        bool, typer.Option("--live", help="Probe each enabled source, too: one or two requests.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check configuration, versions, disk and files, and say how to fix what is wrong."""
    from flows.digest.checks import check_digest
    from flows.monitoring.doctor import examine

    more = [check_digest]
    if live:
        from flows.monitoring.live_probe import probe

        more.append(probe)
    diagnosis = examine(*more)
    show(diagnosis, as_json)
    raise typer.Exit(diagnosis.exit_code)
