"""The flow that sends the digest by mail: what `paperhouse digest send` does, every 15 minutes.

Each subscriber has an hour in a time zone; whoever's hour has come gets the mail.
"""

from pathlib import Path

from prefect import State, flow, get_run_logger
from prefect.states import Completed, Failed

from flows.digest.job import is_set_up, run_digest
from flows.digest.report import DigestReport
from flows.orchestration.artifacts import create_lines_artifact
from flows.pipeline.run import utc_now
from flows.settings import load_settings
from warehouse.storage.writer_lock import MailerBusy


@flow(name="digest", flow_run_name="digest")
def digest(home: Path | None = None) -> State[DigestReport] | State[None]:
    """Send the mails that are due.

    `home` is the warehouse folder instead of the configured one. Ends Completed, named `Partial` if
    a mail is in doubt or was given up, and `Nothing to do` if no mail was due, none is set up, or
    another process is sending; Failed if the relay took no mail.
    """
    settings = load_settings(home=home)
    if not is_set_up(settings):
        return _nothing("no relay is set: digest.smtp and digest.sender")
    try:
        report = run_digest(settings, clock=utc_now)
    except MailerBusy as error:
        return _nothing(str(error))
    if not report.counts and not report.faults:
        return _nothing(report.headline())
    lines = report.lines()
    get_run_logger().info("\n".join(lines))
    create_lines_artifact(lines, key="digest-report", description=report.headline())
    if report.exit_code == 1:
        return Failed(message=lines[1])
    name = "Partial" if report.exit_code else "Completed"
    return Completed(name=name, message=report.headline(), data=report)


def _nothing(why: str) -> State[None]:
    get_run_logger().info("nothing to do: %s", why)
    return Completed(name="Nothing to do", message=why)
