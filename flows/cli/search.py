"""`paperhouse search`: papers by words, authors, topics or id."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import app
from flows.cli.common import CitationOption, paper_named, settings, show_citations

if TYPE_CHECKING:
    import pyarrow as pa


@app.command()
def search(  # noqa: PLR0913, PLR0917 - one parameter for each option
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words of the title, the abstract or an author's name; or an id."),
    ] = None,
    author: Annotated[str | None, typer.Option(help="Only papers by this author.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only papers about this topic.")] = None,
    code: Annotated[bool, typer.Option("--code", help="Only papers that link their code.")] = False,
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
    citations: CitationOption = None,
) -> None:
    """Look for papers by words, authors and topics, best first."""
    from flows.cli.render import show_rows
    from tasks.quality.deferred_imports import not_there
    from warehouse.query.search import Wanted
    from warehouse.query.search import search as search_papers

    home = settings().warehouse()
    first, last = since and since.date(), until and until.date()
    asked = paper_named(words[0]) if words and len(words) == 1 else " ".join(words or ())
    wanted = Wanted(asked, source, first, last, limit, topic, author, has_code=code)
    with not_there("pandas"):  # DuckDB would import it to look at the parameters of its queries
        found = search_papers(home.publication, home.search_index, wanted)
    if found.unranked_because:
        typer.echo(f"matched plainly, not ranked: {found.unranked_because}", err=True)
    if not found.papers.num_rows:
        meant = f"; did you mean {' or '.join(found.near)}?" if found.near else ""
        typer.echo(f"nothing found{meant}", err=True)
    if citations:
        show_citations(found.papers["paper_id"].to_pylist(), citations)
    elif sys.stdout.isatty() and not as_json:
        for line in _hits(found.papers):
            typer.echo(line)
    elif as_json or found.papers.num_rows:
        show_rows(found.papers, as_json)


def _hits(papers: "pa.Table") -> Iterator[str]:
    """For people: each paper with a piece of its text and its address below its title."""
    from tasks.parse.text import printable

    for row in papers.to_pylist():
        listed = f"  {row['listed_on']}" if row["listed_on"] else ""
        yield f"{row['paper_id']}{listed}  {typer.style(printable(row['title']), bold=True)}"
        yield f"    {printable(row['snippet'])}"
        if row["url"]:
            yield f"    {printable(row['url'])}"
