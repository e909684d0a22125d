"""`paperhouse derive`: derived tables made anew by newer extractors."""

from flows.cli import app
from flows.cli.common import JsonOption, finish


@app.command()
def derive(
    as_json: JsonOption = False,
) -> None:
    """Read links, systems, claims and topics again, where extractors are newer than their rows."""
    from flows.jobs.replay import derive as derive_papers
    from flows.settings import load_settings

    finish(derive_papers(load_settings()), as_json)
