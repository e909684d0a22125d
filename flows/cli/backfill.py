"""`paperhouse backfill`: a range of days, fetched and loaded."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.cli import app
from flows.cli.common import (
    DaskOption,
    JsonOption,
    RunnerOption,
    executor_of,
    finish,
    settings,
)

if TYPE_CHECKING:
    from flows.jobs.backfill import Step

_DAY = ["%Y-%m-%d"]


@app.command()
def backfill(  # noqa: PLR0913, PLR0917 - one parameter for each option
    source: Annotated[str, typer.Argument(help="The source, as in huggingface.")],
    since: Annotated[datetime, typer.Option(formats=_DAY, help="The first day.", metavar="DAY")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="The last day; by default the newest one.", metavar="DAY"),
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Fetch only what was never loaded or not confirmed.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Fetch the whole range again, whatever is known of it.")
    ] = False,
    batch: Annotated[
        Literal["day", "week", "month", "year"],
        typer.Option(help="What is fetched, loaded and published together."),
    ] = "month",
    runner: RunnerOption = "here",
    dask_address: DaskOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch and load a range of days; if stopped, the same command continues where it was."""
    from flows.jobs.backfill import backfill as fill
    from flows.jobs.backfill_plan import Wanted

    last = until and until.date()
    wanted = Wanted(source, since.date(), last, is_missing_only=missing, is_again=again, size=batch)
    with _progress() as on_step, executor_of(runner, dask_address) as executor:
        report = fill(settings(), wanted, on_step=on_step, executor=executor)
    finish(report, as_json)


@contextmanager
def _progress() -> Iterator[Callable[["Step"], None]]:
    """Shows progress: a bar with an estimate on a terminal, elsewhere a line for each batch."""
    if not sys.stderr.isatty():
        yield _print_batch
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("planning", total=None)

        yield lambda step: progress.update(
            task, description=step.batch, completed=step.n_done, total=step.n_issues
        )


def _print_batch(step: "Step") -> None:
    if step.report is not None:
        typer.echo(step, err=True)
