"""`paperhouse prefect setup`: the deployments on a Prefect server of your own."""

import typer

from flows.cli import app
from flows.cli.common import say, settings

prefect = typer.Typer(no_args_is_help=True, help="A Prefect server of your own.")
app.add_typer(prefect, name="prefect")


@prefect.command()
def setup() -> None:
    """Create the work pool and the deployments on the server that PREFECT_API_URL names."""
    from flows.orchestration.deploy import set_up

    set_up(settings().home, say)
