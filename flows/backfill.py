"""The backfill flow: what `paperhouse backfill` does, started from Prefect."""

from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Literal

from prefect import flow, get_run_logger

from flows.jobs.backfill import BackfillReport, Step
from flows.jobs.backfill import backfill as fill
from flows.jobs.backfill_plan import Size, Wanted
from flows.orchestration.artifacts import create_lines_artifact
from flows.pipeline.executors import dask
from flows.settings import load_settings
from flows.site.build import refresh_site
from schemas.errors import PaperhouseError


class BackfillFailed(PaperhouseError):
    """Nothing in the range could be loaded."""


@flow(name="backfill", flow_run_name="backfill {source} since {since}")
def backfill(  # noqa: PLR0913, PLR0917 - one parameter for each option
    source: str,
    since: date,
    until: date | None = None,
    missing: bool = False,
    again: bool = False,
    batch: Size = "month",
    runner: Literal["here", "dask"] = "here",
    dask_address: str | None = None,
    home: Path | None = None,
) -> BackfillReport:
    """Fetch and load the issues of a source in a range of days, both included.

    `missing` fetches only what was never loaded or not confirmed; `again`, which wins over it,
    everything whatever is known; `batch` is what is fetched, loaded and published together;
    `runner` says where facts are derived from papers: on this machine, or by Dask, at
    `dask_address` if given; `home` is the warehouse folder instead of the configured one. Fails
    when nothing could be loaded; started again with the same parameters, it continues where it was.
    """
    log = get_run_logger()

    def log_batch(step: Step) -> None:
        if step.report is not None:
            log.info("%s", step)

    settings = load_settings(home=home)
    is_missing_only = missing and not again
    wanted = Wanted(source, since, until, is_missing_only, again, batch)
    with dask(dask_address) if runner == "dask" else nullcontext() as executor:
        report = fill(settings, wanted, on_step=log_batch, executor=executor)
    refresh_site(settings)
    lines = report.lines()
    create_lines_artifact(lines, key="backfill-report", description=lines[0])
    if report.outcome == "failed":
        raise BackfillFailed(lines[0])
    return report
