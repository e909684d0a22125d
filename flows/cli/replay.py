"""`paperhouse replay`: the tables rebuilt from the landing."""

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
def replay(
    source: Annotated[str | None, typer.Option(help="Only issues of this source.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(help="Only issues with captures from then on (UTC).", metavar="TIME"),
    ] = None,
    runner: RunnerOption = "here",
    dask_address: DaskOption = None,
    timings: TimingsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Rebuild the tables from the landing alone, without a network."""
    from flows.jobs.replay import replay as replay_landing

    watch = watching("rebuilding")
    with executor_of(runner, dask_address) as executor:
        report = replay_landing(
            settings(), source=source, since=utc(since), watch=watch, executor=executor
        )
    finish(report, as_json, report.timings if timings else None)
