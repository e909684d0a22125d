"""The maintenance flow: what `paperhouse maintain` does, every week."""

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from flows.history import Upkeep, maintain
from flows.settings import load_settings


@flow(name="maintenance", flow_run_name="maintenance")
def maintenance(home: Path | None = None) -> Upkeep:
    """Expire old snapshots, verify every file, compact small ones.

    `home` is the warehouse folder instead of the configured one. Fails, naming each file, when the
    lake is damaged.
    """
    upkeep = maintain(load_settings(home=home))
    lines = upkeep.lines()
    create_markdown_artifact(
        "\n".join(f"- {line}" for line in lines), key="maintenance-report", description=lines[-1]
    )
    get_run_logger().info("\n".join(lines))
    return upkeep
