"""Alerts: what the operator of the warehouse should know, one value for each cause.

Pure functions of a run's report and of the state of the warehouse; `flows/monitoring/notify.py`
sends them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flows.monitoring.freshness_checks import Silence
from flows.pipeline.report import RunReport, first_lines
from schemas.ops import SUPERSEDED

_LINES_SHOWN = 20
ENDED = ("ok", "unchanged", SUPERSEDED, "partial", "failed")
"""The outcomes of a run that has ended by itself."""


@dataclass(frozen=True)
class Alert:
    """One cause for a message; at most one message a day is sent for each cause."""

    cause: str
    """`run failed`, `run partial`, `issues held`, `drift`, `papers removed`, `stale`, `silent`, or
    `empty` with the list."""
    headline: str
    lines: tuple[str, ...] = ()
    page: str = "docs/operations.md"
    """The page that says what to do."""
    began_on: date | None = None
    """When it began, for a cause of which one message is sent in all, and not one a day."""

    def text(self) -> str:
        """The body of a message."""
        lines = first_lines(self.lines, _LINES_SHOWN, "and {} more")
        return "\n".join([*lines, "", f"What to do: {self.page}"])


def of_run(report: RunReport) -> list[Alert]:
    """The alerts of a run that has ended. Held issues alone give one alert, `issues held`."""
    held = [fault for fault in report.faults if fault.outcome == "held"]
    others = [fault for fault in report.faults if fault.outcome != "held"]
    alarms = [drift for drift in report.drift if drift.severity == "alarm"]
    found: list[Alert] = []
    if others:
        lines = tuple(f"{o.issue_id}: {o.outcome}: {o.reason}" for o in others)
        found.append(Alert(f"run {report.outcome}", report.headline(), lines))
    if held:
        headline = f"{len(held)} issues held back by {report.command}"
        lines = tuple(f"{o.issue_id}: {o.reason}" for o in held)
        found.append(Alert("issues held", headline, lines, "docs/quality.md"))
    if alarms:
        headline = f"{len(alarms)} alarms about how digests are written"
        lines = tuple(f"{d.source} {d.form}: {d}" for d in alarms)
        found.append(Alert("drift", headline, lines, "docs/sources.md"))
    if report.removals:
        headline = f"{len(report.removals)} captures no longer list many papers of their issue"
        lines = tuple(f"{r.issue_id}: {r.reason}" for r in report.removals)
        found.append(Alert("papers removed", headline, lines, "docs/quality.md"))
    return found


def of_error(command: str, error: Exception) -> Alert:
    """The alert for a run that raised an error, such as a full disk."""
    return Alert("run failed", f"{command} failed", (f"{type(error).__name__}: {error}",))


def of_status(missed: Sequence[str], silences: Iterable[Silence]) -> list[Alert]:
    """The alerts of the state of a warehouse."""
    return of_missed_objectives(missed) + of_silent_lists(silences)


def of_missed_objectives(missed: Sequence[str]) -> list[Alert]:
    """One alert for all objectives that are missed now; a silent list has its own."""
    return [Alert("stale", f"{len(missed)} missed objectives", tuple(missed))] if missed else []


def of_silent_lists(silences: Iterable[Silence]) -> list[Alert]:
    """One alert for each list whose issues are empty, from its first empty day on."""
    return [
        Alert(
            f"empty {silence.source} {silence.edition}",
            f"{silence.source} {silence.edition} is empty since {silence.began_on}",
            (silence.line,),
            "docs/alerts.md",
            silence.began_on,
        )
        for silence in silences
    ]


def of_silence(runs: Iterable[Mapping[str, Any]], now: datetime, after_h: float) -> list[Alert]:
    """The alert that no run has ended for `after_h` hours.

    `runs` are rows of ops.runs. A run that failed has sent its own alert; one that was killed, or
    still hangs, has not.
    """
    ended = [run["ended_at"] for run in runs if run["outcome"] in ENDED and run["ended_at"]]
    last = max(ended, default=None)
    if last is not None and now - last < timedelta(hours=after_h):
        return []
    since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "yet"
    line = f"No run has ended {since}; one should every {after_h:g} hours."
    return [Alert("silent", "nothing runs any more", (line,))]
