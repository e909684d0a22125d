"""What several commands share: the `--json` option, times in UTC, and the end of a run."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.pipeline.report import RunReport

JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def finish(report: "RunReport", as_json: bool) -> None:
    """Print the report and exit with its code; a report with faults goes to standard error."""
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=1, default=str))
    else:
        for line in report.lines():
            typer.echo(line, err=report.exit_code != 0)
    raise typer.Exit(report.exit_code)


def utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment


def say(line: str) -> None:
    typer.echo(f"paperhouse: {line}", err=True)
