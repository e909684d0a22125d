"""Commands that load: `run` and `ingest`."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.command import app

if TYPE_CHECKING:
    from flows.report import RunReport

_Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


@app.command()
def run(
    now: Annotated[
        datetime | None,
        typer.Option(help="Act as if it were this moment (UTC); for rehearsals.", metavar="TIME"),
    ] = None,
    sweep: Annotated[
        bool,
        typer.Option("--sweep", help="Look back months instead of weeks; for once a month."),
    ] = False,
    as_json: _Json = False,
) -> None:
    """Fetch and load what is due: the nightly run."""
    from flows.prefect_home import prepare
    from flows.settings import load_settings

    settings = load_settings()
    prepare(settings.home)
    from flows.nightly import NightFailed, nightly

    try:
        report = nightly(home=settings.home.absolute(), now=utc(now), sweep=sweep)
    except NightFailed as error:
        report = error.report
    if report is None:
        typer.echo("nothing to do: a run that has just ended did it")
        raise typer.Exit
    finish(report, as_json)


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
        typer.Option(help="When the files were taken (UTC); now by default.", metavar="TIME"),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Load files, folders or single issues."""
    from flows.ingest import ingest as ingest_targets
    from flows.settings import load_settings
    from tasks.parse.model import IssueRef

    report = ingest_targets(
        load_settings(),
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


def finish(report: "RunReport", as_json: bool) -> None:
    """Print the report and end with its exit code; faults go to standard error."""
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=1, default=str))
    else:
        for line in report.lines():
            typer.echo(line, err=report.exit_code != 0)
    raise typer.Exit(report.exit_code)


def utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment
