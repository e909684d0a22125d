"""The maintenance flow: what `paperhouse maintain` does, every week."""

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from flows.jobs.maintenance import Upkeep, maintain
from flows.orchestration.artifacts import create_lines_artifact
from flows.orchestration.scheduling import AUTO_SCHEDULED, PATIENCE_S, wait_for_writer
from flows.settings import load_settings
from flows.site.build import refresh_site


@flow(name="maintenance", flow_run_name="maintenance")
def maintenance(home: Path | None = None) -> Upkeep:
    """Expire old snapshots, verify every file, compact small ones.

    `home` is the warehouse folder instead of the configured one. Fails, naming each file, when the
    lake is damaged. A scheduled run waits while another process is writing.
    """
    patience_s = PATIENCE_S if AUTO_SCHEDULED in flow_run.tags else 0
    settings = load_settings(home=home)
    upkeep = wait_for_writer(lambda: maintain(settings), patience_s=patience_s)
    refresh_site(settings)
    lines = upkeep.lines()
    create_lines_artifact(lines, key="maintenance-report", description=lines[-1])
    get_run_logger().info("\n".join(lines))
    return upkeep
