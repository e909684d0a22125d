"""`paperhouse show`: all that is known of one paper."""

from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import (
    CitationOption,
    JsonOption,
    paper_named,
    settings,
    show_citations,
    show_json,
)


@app.command("show")
def show_paper(
    paper: Annotated[str, typer.Argument(help="An arXiv id, or a paper's address.")],
    as_json: JsonOption = False,
    citations: CitationOption = None,
) -> None:
    """Show one paper: text, votes over time, what each source says, claims, lists, its bytes."""
    from flows.cli.sheet import lines
    from warehouse.query.paper import read_paper

    found = read_paper(settings().warehouse().publication, paper_named(paper))
    if citations:
        show_citations([found["paper_id"]], citations)
    elif as_json:
        show_json(found)
    else:
        for line in lines(found):
            typer.echo(line)
