"""`paperhouse search`: papers by words of their titles and abstracts."""

from datetime import datetime
from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import settings


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words of the title or the abstract.")],
    source: Annotated[str | None, typer.Option(help="Only papers that this source listed.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(help="Only papers first listed on this day or later.", formats=["%Y-%m-%d"]),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(help="Only papers first listed on this day or before.", formats=["%Y-%m-%d"]),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many papers at most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print the papers as JSON.")] = False,
) -> None:
    """Look for papers by the words of their titles and abstracts, best first."""
    from flows.cli.render import write_rows
    from warehouse.query.search import Wanted
    from warehouse.query.search import search as search_papers

    home = settings().warehouse()
    first, last = since and since.date(), until and until.date()
    wanted = Wanted(" ".join(words), source, first, last, limit)
    found = search_papers(home.publication, home.search_index, wanted)
    if found.unranked_because:
        typer.echo(f"matched plainly, not ranked: {found.unranked_because}", err=True)
    if not found.papers.num_rows:
        typer.echo("nothing found", err=True)
    write_rows(found.papers, "json" if as_json else "table", None)
