"""`paperhouse ingest`: files, folders, or single issues fetched now."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import JsonOption, finish, settings, utc


@app.command()
def ingest(
    targets: Annotated[
        list[str],
        typer.Argument(
            help="Files or folders, or issues to fetch now, as in huggingface:daily:2026-11-20.",
            metavar="PATH|SOURCE:EDITION:KEY...",
        ),
    ],
    given: Annotated[
        str | None,
        typer.Option("--as", help="Which issue the file is.", metavar="SOURCE:EDITION:KEY"),
    ] = None,
    captured_at: Annotated[
        datetime | None,
        typer.Option(help="When the files were captured (UTC); now by default.", metavar="TIME"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Load files, folders or single issues."""
    from flows.jobs.ingest import ingest as ingest_targets
    from tasks.parse.model import IssueRef

    report = ingest_targets(
        settings(),
        targets,
        given=IssueRef.parse(given) if given else None,
        captured_at=utc(captured_at),
        watch=_bar if sys.stderr.isatty() else iter,
    )
    finish(report, as_json)


def _bar(files: Sequence[Path]) -> Iterator[Path]:
    """The files one by one, behind a progress bar."""
    from rich.console import Console
    from rich.progress import track

    return iter(track(files, "loading", console=Console(stderr=True), transient=True))
