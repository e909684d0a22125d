"""`paperhouse ingest`: files, folders, or single issues fetched now."""

from datetime import datetime
from typing import Annotated

import typer

from flows.cli import app
from flows.cli.common import (
    DaskOption,
    JsonOption,
    RunnerOption,
    TimingsOption,
    executor_of,
    finish,
    settings,
    utc,
    watching,
)


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
    runner: RunnerOption = "here",
    dask_address: DaskOption = None,
    timings: TimingsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Load files, folders or single issues."""
    from flows.jobs.ingest import ingest as ingest_targets
    from tasks.parse.model import IssueRef

    with executor_of(runner, dask_address) as executor:
        report = ingest_targets(
            settings(),
            targets,
            given=IssueRef.parse(given) if given else None,
            captured_at=utc(captured_at),
            watch=watching("loading"),
            executor=executor,
        )
    finish(report, as_json, report.timings if timings else None)
