"""`paperhouse derive`: derived tables recomputed by newer extractors."""

from flows.cli import app
from flows.cli.common import JsonOption, finish, settings, watching


@app.command()
def derive(as_json: JsonOption = False) -> None:
    """Derive links, systems, claims and topics again where extractors are newer than the rows."""
    from flows.jobs.replay import derive as derive_papers

    finish(derive_papers(settings(), watch=watching("deriving")), as_json)
