"""`paperhouse serve`: a Prefect server and worker with all deployments, and the pages."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import app
from flows.cli.common import say, settings

if TYPE_CHECKING:
    from contextlib import ExitStack

    from flows.settings import Settings


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where the Prefect server listens, on 127.0.0.1.")
    ] = 4200,
) -> None:
    """Run a Prefect server and worker with all deployments, and serve the pages, until Ctrl-C."""
    from contextlib import ExitStack

    from flows.orchestration.serve import serve as serve_until_stopped

    chosen = settings()
    with ExitStack() as beside:
        if chosen.site.enabled:
            _serve_pages(chosen, beside)
        serve_until_stopped(chosen.home, port, say)


def _serve_pages(chosen: "Settings", beside: "ExitStack") -> None:
    """Serve the pages until the stack is closed; where that cannot be, nights run all the same."""
    from flows.site.server import AddressTaken, serving

    routes = []
    if chosen.form_url:
        from flows.digest.form import form_routes
        from warehouse.subscribers import SubscribersUnreadable

        chosen.warehouse().create()
        try:
            routes = form_routes(chosen)
        except SubscribersUnreadable as error:
            say(f"there is no form to subscribe: {error}")
    try:
        say(f"the pages are on {beside.enter_context(serving(chosen, routes))}")
    except AddressTaken as error:
        say(str(error))
        return
    if routes:
        from flows.digest.answer import answering

        beside.enter_context(answering(chosen))
        say(f"the form to subscribe is on {chosen.form_url}")
