"""The command that fills a range of days: `backfill`."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import app

if TYPE_CHECKING:
    from flows.jobs.backfill import Step
    from flows.pipeline.executors import Executor


class _Size(StrEnum):
    day = "day"
    week = "week"
    month = "month"
    year = "year"


class _Runner(StrEnum):
    here = "here"
    dask = "dask"


_DAY = ["%Y-%m-%d"]


@app.command()
def backfill(
    source: Annotated[str, typer.Argument(help="The source, as in huggingface.")],
    since: Annotated[datetime, typer.Option(formats=_DAY, help="The first day.", metavar="DAY")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="The last day; the newest there can be.", metavar="DAY"),
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Ask only for what was never loaded.")
    ] = False,
    batch: Annotated[
        _Size, typer.Option(help="What is fetched, loaded and published together.")
    ] = _Size.month,
    runner: Annotated[
        _Runner, typer.Option(help="Where papers' own words are read: on this machine, or by Dask.")
    ] = _Runner.here,
    dask_address: Annotated[
        str | None,
        typer.Option(help="A Dask cluster's scheduler; without it Dask gets this machine's cores."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Fetch and load a range of days; stopped, the same command goes on where it was."""
    from flows.jobs.backfill import backfill as fill
    from flows.jobs.backfill_plan import Wanted
    from flows.settings import load_settings

    last = until.date() if until else None
    wanted = Wanted(source, since.date(), last, is_missing_only=missing, size=batch.value)
    with _progress() as tell, _runner_of(runner, dask_address) as chosen:
        report = fill(load_settings(), wanted, tell=tell, executor=chosen)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=1, default=str))
    else:
        for line in report.lines():
            typer.echo(line, err=report.exit_code != 0)
    raise typer.Exit(report.exit_code)


@contextmanager
def _runner_of(kind: _Runner, address: str | None) -> Iterator["Executor | None"]:
    if kind is _Runner.here:
        yield None
        return
    from flows.pipeline.executors import dask

    with dask(address) as runner:
        yield runner


@contextmanager
def _progress() -> Iterator[Callable[["Step"], None]]:
    """A bar with an estimate on a terminal; elsewhere a line when a batch has ended."""
    if not sys.stderr.isatty():
        yield _say
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task("planning", total=None)

        def advance(step: "Step") -> None:
            progress.update(
                task, description=step.batch, completed=step.n_done, total=step.n_issues
            )

        yield advance


def _say(step: "Step") -> None:
    if step.report is not None:
        done = f"{step.n_done:,} of {step.n_issues:,} issues"
        typer.echo(f"{step.batch}: {done}; {step.report.headline()}", err=True)
