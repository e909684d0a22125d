"""`paperhouse status`: what is published, what is late, how the last runs ended."""

import json
from datetime import datetime
from typing import Annotated

import typer

from flows.cli import app


@app.command()
def status(
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 4 when an objective is missed.")
    ] = False,
    notify: Annotated[
        bool,
        typer.Option("--notify", help="Send a message when one is missed or nothing runs."),
    ] = False,
    now: Annotated[
        datetime | None,
        typer.Option(help="Look as if it were this moment (UTC); for rehearsals.", metavar="TIME"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say what is published, what is late or missing, and how the last runs ended."""
    from flows.cli.common import utc
    from flows.monitoring.status import read_status
    from flows.pipeline.run import utc_now
    from flows.settings import load_settings

    settings, moment = load_settings(), utc(now) or utc_now()
    found = read_status(settings, now=moment)
    if notify:
        from flows.monitoring.silence import send_alerts

        send_alerts(settings, found, now=moment)
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=1, default=str))
    else:
        typer.echo("\n".join(found.lines()))
    if strict:
        raise typer.Exit(found.strict_exit_code)
