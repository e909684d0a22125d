"""`paperhouse run`: the nightly run."""

from datetime import datetime
from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import JsonOption, finish, settings, utc


@app.command()
def run(
    now: Annotated[
        datetime | None,
        typer.Option(help="Act as if it were this moment (UTC); for rehearsals.", metavar="TIME"),
    ] = None,
    sweep: Annotated[
        bool,
        typer.Option("--sweep", help="Look back months instead of weeks; for once a month."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch and load what is due: the nightly run."""
    from flows.orchestration.environment import prepare

    home = settings().home.absolute()
    prepare(home)
    from flows.nightly import NightFailed, nightly

    try:
        report = nightly(home=home, now=utc(now), sweep=sweep)
    except NightFailed as error:
        report = error.report
    if report is None:
        typer.echo("nothing to do: a run that has just ended did it")
        raise typer.Exit
    finish(report, as_json)
