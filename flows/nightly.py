"""The nightly flow: fetch what is due, load it, publish, report, send the digest.

The steps are plain functions, combined in `flows/jobs/nightly.py`; here they become Prefect tasks,
so that each has its own state, times and log.

The tasks have no retries of their own: `fetch_issue` retries requests itself, and a failure that
remains is an outcome of the run. What a task raises is a fault on our side, such as a full disk; it
ends the night with nothing half loaded.
"""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, cast

from prefect import State, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import AwareDatetime, Field

from flows.digest.job import is_set_up, run_digest
from flows.jobs.nightly import Steps, night
from flows.monitoring import alerts
from flows.monitoring.metrics import write_metrics
from flows.monitoring.notify import notify
from flows.monitoring.status import read_status
from flows.orchestration.artifacts import create_artifacts
from flows.orchestration.assets import materializing
from flows.orchestration.scheduling import (
    AUTO_SCHEDULED,
    PATIENCE_S,
    superseding_run,
    wait_for_writer,
)
from flows.pipeline import extract, extract_mail
from flows.pipeline import load as loading
from flows.pipeline.report import RunReport
from flows.pipeline.run import Clock, new_run_id, running_with, utc_now
from flows.settings import VERSION, Settings, load_settings
from flows.site.build import refresh_site
from schemas.errors import PaperhouseError
from schemas.ops import RUNS, SUPERSEDED
from warehouse.ledger import Ledger, open_ledger
from warehouse.storage.home import Home
from warehouse.storage.writer_lock import MailerBusy


class NightFailed(PaperhouseError):
    """Nothing that was due could be loaded; `report` has each fault."""

    def __init__(self, report: RunReport) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return f"{self.report.headline()}: {self.report.fault_line()}"


def _run_name() -> str:
    """`nightly 2026-11-14 03:00Z`: the moment the run acts at, or was scheduled for."""
    moment = flow_run.parameters.get("now") or flow_run.scheduled_start_time
    return f"nightly {moment.astimezone(UTC):%Y-%m-%d %H:%MZ}"


STEPS = Steps(
    plan=task(name="plan", task_run_name="plan {source.name}", cache_policy=NO_CACHE)(extract.plan),
    fetch=task(name="fetch", task_run_name="fetch {planned.due.issue}", cache_policy=NO_CACHE)(
        extract.fetch_issue
    ),
    mail=task(name="fetch mail", task_run_name="fetch mail", cache_policy=NO_CACHE)(
        extract_mail.fetch_mail
    ),
    load=materializing(loading.load, "load"),
)


@task(name="send digest", task_run_name="send digest", cache_policy=NO_CACHE)
def _send_digest(settings: Settings) -> list[str]:
    """Send the mails that are due by now; the deployment `digest` sends those of later hours."""
    try:
        lines = run_digest(settings, clock=utc_now).lines()
    except MailerBusy as error:
        lines = [str(error)]
    get_run_logger().info("\n".join(lines))
    return lines


@flow(name="nightly", flow_run_name=_run_name)
def nightly(
    home: Path | None = None,
    now: AwareDatetime | None = None,
    sweep: bool = False,
    look_back_days: Annotated[int, Field(ge=1, le=365)] | None = None,
) -> RunReport | None:
    """Load what is due into the warehouse.

    `home` is the warehouse folder instead of the configured one; `now`, with its zone, replaces the
    clock, for rehearsals, which send no mail; a `sweep` looks back further than a night, for late
    withdrawals and links to code; `look_back_days` makes it a refresh of the newest days only. Ends
    Completed, named `Partial` if some source or issue failed, or `Nothing to do` if it was
    superseded; ends Failed if nothing that was due could be loaded. A caller gets the report (None
    when superseded), or `NightFailed`. Whether mails could be sent does not matter to it.

    A scheduled run waits while another process is writing, and may be superseded. A run started by
    a person, or a rehearsal, does neither.
    """
    settings = load_settings(home=home, look_back_days=look_back_days)
    clock: Clock = (lambda: now) if now else utc_now
    command = "sweep" if sweep else "refresh" if look_back_days else "nightly"
    warehouse = settings.warehouse()
    is_scheduled = now is None and AUTO_SCHEDULED in flow_run.tags

    def work() -> RunReport | State[None]:
        if is_scheduled and (superseding := _superseded_by(warehouse, command)):
            return _nothing_to_do(warehouse, command, superseding)
        run_id = new_run_id(clock())
        with running_with(settings, command, run_id=run_id, clock=clock) as run:
            night(run, settings, STEPS, sweep=sweep)
        return run.report()

    try:
        done = wait_for_writer(work, patience_s=PATIENCE_S if is_scheduled else 0)
    except Exception as error:
        failed = alerts.of_error(command, error)
        notify(warehouse, [failed], now=clock(), pages=settings.site.address)
        raise
    if isinstance(done, State):
        return cast("None", done)
    _report(done, settings, clock())
    if now is None and is_set_up(settings):
        _send_digest(
            settings, return_state=True
        )  # a step of its own: what it raises fails no night
    return cast("RunReport", _final_state(done))


def _report(report: RunReport, settings: Settings, now: datetime) -> None:
    """Report a run that has ended: to the log, as metrics, alerts and Prefect artifacts."""
    get_run_logger().info("\n".join(report.lines()))
    home, status = settings.warehouse(), read_status(settings, now=now)
    write_metrics(home, status, report)
    found = alerts.of_run(report) + alerts.of_status(status.missed, status.silences)
    notify(home, found, now=now, pages=settings.site.address)
    refresh_site(settings)
    create_artifacts(report, home, settings.site.address)


def _superseded_by(home: Home, command: str) -> str | None:
    """The id of the run that supersedes this one, if any."""
    with open_ledger(home.ledger) as ledger:
        due, rows = flow_run.scheduled_start_time, ledger.rows(RUNS)
        return superseding_run(command, due, rows, now=utc_now())


def _nothing_to_do(home: Home, command: str, superseding: str) -> State[None]:
    """Record that a run was superseded, without waiting for the writer lock."""
    began = utc_now()
    row = {"run_id": new_run_id(began), "command": command, "started_at": began}
    row |= {"ended_at": began, "outcome": SUPERSEDED, "exit_code": 0, "version": VERSION}
    with closing(Ledger(home.ledger)) as ledger:
        ledger.record(RUNS, [row])
    due = flow_run.scheduled_start_time
    message = (
        f"nothing to do: run {superseding} began after this one was due ({due:%Y-%m-%d %H:%MZ})"
    )
    get_run_logger().info(message)
    return Completed(name="Nothing to do", message=message)


def _final_state(report: RunReport) -> State[RunReport]:
    """The state in which a run ends. Prefect gives its data to the caller, or raises it.

    A failed night is returned and not raised, because Prefect would log a traceback of our own
    code, although the report says already what the source did.
    """
    if report.outcome == "failed":
        return Failed(message=report.headline(), data=NightFailed(report))
    name = "Partial" if report.outcome == "partial" else "Completed"
    return Completed(name=name, message=report.headline(), data=report)
