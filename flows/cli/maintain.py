"""`paperhouse maintain`: expires snapshots, verifies and compacts the lake."""

from flows.cli import app
from flows.cli.common import JsonOption, refresh_pages, settings, show, watching


@app.command()
def maintain(as_json: JsonOption = False) -> None:
    """Expire old snapshots, verify every file, compact small ones, remove leftovers."""
    from flows.jobs.maintenance import maintain as maintain_home

    show(maintain_home(settings(), watching=watching), as_json)
    refresh_pages()
