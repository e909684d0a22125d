"""`paperhouse status`: what is published, what is late, how the last runs ended."""

from datetime import datetime
from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import settings, show, utc


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
    from flows.digest.state import with_digest
    from flows.monitoring.status import read_status
    from flows.pipeline.run import utc_now

    chosen, moment = settings(), utc(now) or utc_now()
    found = with_digest(read_status(chosen, now=moment), chosen)
    if notify:
        from flows.monitoring.silence import send_alerts

        send_alerts(chosen, found, now=moment)
    show(found, as_json)
    if strict:
        raise typer.Exit(found.strict_exit_code)
