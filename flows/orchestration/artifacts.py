"""What Prefect's page shows of a run: the report, its issues as a table, the way to the pages of
the warehouse, and an event for automations."""

from pathlib import Path
from typing import Any

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from prefect.events import emit_event

from flows.pipeline.report import RunReport
from warehouse.storage.home import Home

EVENT = "paperhouse.run"
RESOURCE = "paperhouse.home"


def show(report: RunReport, home: Home) -> None:
    """Leave artifacts and an event of a run that has ended."""
    said = report.headline()
    create_markdown_artifact(report.markdown(), key="nightly-report", description=said)
    if report.outcomes:
        create_table_artifact(issue_table(report), key="nightly-issues", description=said)
    pages = home.root.absolute() / "docs" / "site" / "index.html"
    if pages.exists():
        _link_to(pages)
    _emit(report, home)


def issue_table(report: RunReport) -> list[dict[str, Any]]:
    """One row for each issue: what became of it, its records, and why."""
    return [
        {
            "issue": outcome.issue_id,
            "outcome": outcome.outcome,
            "parsed": outcome.n_parsed,
            "accepted": outcome.n_accepted,
            "quarantined": outcome.n_quarantined,
            "why": outcome.reason or "",
        }
        for outcome in report.outcomes
    ]


def _link_to(pages: Path) -> None:
    create_link_artifact(
        pages.as_uri(),
        key="warehouse-pages",
        link_text="pages of the warehouse",
        description="What `paperhouse docs build` wrote last, on the machine of the worker.",
    )


def _emit(report: RunReport, home: Home) -> None:
    """An event for automations; its absence is what the dead man's one sees."""
    emit_event(
        event=f"{EVENT}.{report.outcome}",
        resource={
            "prefect.resource.id": f"{RESOURCE}.{home.root.name}",
            "prefect.resource.name": home.root.name,
        },
        payload={
            "run_id": report.run_id,
            "command": report.command,
            "headline": report.headline(),
            "snapshot": report.snapshot,
        },
    )
