"""The nightly flow: fetch what is due, load it, publish, report.

The steps are plain functions; here they become Prefect tasks, so that each fetch has its own state,
log and retries. `flows/ingest.py` puts the same steps together without Prefect.
"""

from datetime import datetime
from pathlib import Path
from typing import cast

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from flows import fetching, loading
from flows.ingest import new_run_id
from flows.report import RunReport
from flows.run import running, utc_now
from flows.settings import load_settings
from schemas.errors import PaperhouseError
from warehouse.home import Home


class NightFailed(PaperhouseError):
    """Nothing that was due could be loaded."""


plan = task(name="plan", task_run_name="plan {source.name}", cache_policy=NO_CACHE)(fetching.plan)
fetch_issue = task(
    name="fetch",
    task_run_name="fetch {planned.due.issue}",
    retries=1,
    retry_delay_seconds=30,
    cache_policy=NO_CACHE,
)(fetching.fetch_issue)
load = task(name="load", cache_policy=NO_CACHE)(loading.load)


@flow(name="nightly", flow_run_name="nightly {now}")
def nightly(home: Path | None = None, now: datetime | None = None) -> RunReport:
    """Load what is due into the warehouse at `home`.

    `home` overrides the setting; `now` replaces the clock, for rehearsals. Ends Completed, named
    `Partial` when some source or issue failed, and Failed when nothing due could be loaded.
    """
    settings = load_settings(home=home)
    clock = (lambda: now) if now else utc_now
    with running(Home(settings.home), "nightly", run_id=new_run_id(clock()), clock=clock) as run:
        taken = []
        for source in fetching.enabled_sources(settings):
            fetcher = fetching.open_fetcher(run, settings, source)
            planned = plan(run, settings, source)
            taken += [fetch_issue(run, fetcher, item) for item in planned]
        load(run, [item for item in taken if item], batch_issues=settings.batch_issues)
    report = run.report()
    create_markdown_artifact(report.markdown(), key="nightly-report", description=report.headline())
    get_run_logger().info("\n".join(report.lines()))
    if report.outcome == "failed":
        raise NightFailed(report.headline())
    name = "Partial" if report.outcome == "partial" else "Completed"
    state = Completed(name=name, message=report.headline(), data=report)
    return cast("RunReport", state)  # Prefect ends in the state and hands the caller its data
