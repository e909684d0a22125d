"""Prefect artifacts of a run: the report, its issues as a table, a link to the warehouse's pages;
and an event for automations."""

from collections.abc import Iterable
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


def create_artifacts(report: RunReport, home: Home, url: str | None = None) -> None:
    """Create the artifacts and the event of a run that has ended; `url` is where readers find the
    pages."""
    headline = report.headline()
    create_markdown_artifact(report.markdown(), key="nightly-report", description=headline)
    if report.outcomes:
        create_table_artifact(issue_table(report), key="nightly-issues", description=headline)
    pages = home.site / "index.html"
    if pages.exists():
        create_link_artifact(
            url or pages.as_uri(),
            key="warehouse-pages",
            link_text="pages of the warehouse",
            description="The newest papers and all data.",
        )
    _emit(report, home)


def create_lines_artifact(lines: Iterable[str], *, key: str, description: str) -> None:
    """Create an artifact that lists the lines of a report."""
    listed = "\n".join(f"- {line.strip()}" for line in lines)
    create_markdown_artifact(listed, key=key, description=description)


def issue_table(report: RunReport) -> list[dict[str, Any]]:
    """One row for each issue: its outcome, its numbers of records, and the reason."""
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


def _emit(report: RunReport, home: Home) -> None:
    """Emit the event for automations; the one that starts `watch` reacts to its absence."""
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
