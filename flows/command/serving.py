"""The commands that keep the warehouse filled: `serve` and `prefect setup`."""

from typing import Annotated

import typer

from flows.command import app

prefect = typer.Typer(no_args_is_help=True, help="A Prefect server of your own.")
app.add_typer(prefect, name="prefect")


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where the Prefect server listens, on 127.0.0.1.")
    ] = 4200,
) -> None:
    """Run a Prefect server and worker with all deployments, until Ctrl-C."""
    from flows.serve import serve as serve_until_stopped
    from flows.settings import load_settings

    serve_until_stopped(load_settings().home, port, _say)


@prefect.command()
def setup() -> None:
    """Make the work pool and the deployments on the server PREFECT_API_URL names."""
    from flows.deploying import set_up
    from flows.settings import load_settings

    set_up(load_settings().home, _say)


def _say(line: str) -> None:
    typer.echo(f"paperhouse: {line}", err=True)
