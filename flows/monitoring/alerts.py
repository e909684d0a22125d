"""Alerts: what the operator of the warehouse should know, one value for each cause.

Pure functions of a run's report and of the state of the warehouse; `flows/monitoring/notify.py`
sends them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flows.monitoring.digest_state import DigestState
from flows.monitoring.freshness_checks import Silence
from flows.pipeline.report import RunReport, first_lines
from schemas.errors import PaperhouseError
from schemas.ops import SUPERSEDED

_DECIDE = "`paperhouse digest in-doubt` decides whether they are sent again"
_REFUSED = "a relay with a bad name makes many servers refuse at once; look at its log"
_LINES_SHOWN = 20
ENDED = ("ok", "unchanged", SUPERSEDED, "partial", "failed")
"""The outcomes of a run that has ended by itself."""


@dataclass(frozen=True)
class Alert:
    """One cause for a message; at most one message a day is sent for each cause."""

    cause: str
    """`run failed`, `run partial`, `issues held`, `drift`, `papers removed`, `stale`, `silent`,
    `empty` with the list, or `digest` with what is wrong with the mails."""
    headline: str
    lines: tuple[str, ...] = ()
    page: str = "docs/operations.md"
    """The page that says what to do."""
    began_on: date | None = None
    """When it began, for a cause of which one message is sent in all, and not one a day."""

    def text(self, pages: str | None = None) -> str:
        """The body of a message; `pages` is where those of the warehouse are served."""
        lines = first_lines(self.lines, _LINES_SHOWN, "and {} more")
        links = [f"What to do: {self.page}", *([f"The pages: {pages}"] if pages else [])]
        return "\n".join([*lines, "", *links])


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


def of_digest(
    state: DigestState, *, relay_fault: str | None = None, given_up: Sequence[str] = ()
) -> list[Alert]:
    """The alerts of the digest by mail; `relay_fault` is why a run that sends mails stopped, and
    `given_up` are the mails it gave up, a line each."""
    n_refused = state.n_last_day.get("refused", 0)
    doubts = f"{len(state.in_doubt)} mails may or may not have arrived"
    refusals = f"{n_refused} addresses refused their mail in a day"
    given = f"{len(given_up)} mails were given up"
    found = [
        ("late", "mails are late", state.missed),
        ("relay", "the relay fails", (relay_fault,) if relay_fault else ()),
        ("in doubt", doubts, (*state.in_doubt, _DECIDE) if state.in_doubt else ()),
        ("refused", refusals, (_REFUSED,) if state.has_many_refusals else ()),
        ("given up", given, tuple(given_up)),
    ]
    return [
        Alert(f"digest {cause}", headline, lines, "docs/digest.md")
        for cause, headline, lines in found
        if lines
    ]


def of_failed_digest(error: Exception) -> Alert:
    """The alert for a run of the digest that raised an error. Only our own errors are repeated:
    others may have what the mail was made of."""
    said = f": {error}" if isinstance(error, PaperhouseError) else ""
    line = f"{type(error).__name__}{said}"
    return Alert("digest failed", "no mails were sent", (line,), "docs/digest.md")


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
