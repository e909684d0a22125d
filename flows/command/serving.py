"""The command that keeps the warehouse filled: `serve`."""

from typing import Annotated

import typer

from flows.command import app


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where the Prefect server listens, on 127.0.0.1.")
    ] = 4200,
) -> None:
    """Run a Prefect server and worker with the nightly deployment, until Ctrl-C."""
    from flows.serve import serve as serve_until_stopped
    from flows.settings import load_settings

    def say(line: str) -> None:
        typer.echo(f"paperhouse: {line}", err=True)

    serve_until_stopped(load_settings().home, port, say)
