"""`paperhouse serve`: a Prefect server and worker with all deployments."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import say, settings


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where the Prefect server listens, on 127.0.0.1.")
    ] = 4200,
) -> None:
    """Run a Prefect server and worker with all deployments, until Ctrl-C."""
    from flows.orchestration.serve import serve as serve_until_stopped

    serve_until_stopped(settings().home, port, say)
