"""Missed freshness objectives, each as one plain line: what, by how much, and what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.settings import Settings
from schemas.words import counted
from tasks.coverage import Day
from tasks.freshness import Freshness
from tasks.parse.text import printable
from tasks.sources import sources

_REASON_SHOWN = 200
_START = "`paperhouse run` loads what is due, `paperhouse serve` does so every night"


def missed_objectives(found: Iterable[Freshness], settings: Settings) -> list[str]:
    """A line for each list that is late or was never loaded."""
    lines = []
    for fresh in found:
        if fresh.state == "never loaded":
            lines.append(f"{_name(fresh)}: never loaded, {_asked(fresh)}; {_START}")
        elif fresh.state == "late":
            lines.append(_late(fresh, _reached_from(fresh, settings)))
    return lines


@dataclass(frozen=True)
class Silence:
    """A list whose expected issues are empty, several in a row up to now."""

    source: str
    edition: str
    began_on: date
    line: str


def silences(found: Iterable[Freshness]) -> list[Silence]:
    """The lists that are silent, each with a line for people."""
    return [
        Silence(fresh.source, fresh.edition, fresh.empty_since_on, _silent(fresh))
        for fresh in found
        if fresh.is_silent and fresh.empty_since_on
    ]


def _silent(fresh: Freshness) -> str:
    last = fresh.last_full_on or "none"
    return (
        f"{_name(fresh)}: empty since {fresh.empty_since_on}: {fresh.n_empty_in_a_row:,} expected "
        f"days in a row, the newest issue with records is {last}; {_asked(fresh)}; look at the "
        f"source's own page: it may have moved, or publish nothing"
    )


def nothing_ran(home: str) -> str:
    """The line if no run is recorded."""
    return f"nothing has ever run in {home}; {_START}"


def not_shown(published: int | None, lake: int) -> str:
    """The line if readers do not see the lake's current snapshot."""
    shown = "nothing is published" if published is None else f"snapshot {published} is published"
    return f"{shown}, the lake is at snapshot {lake}; the next run publishes it: `paperhouse run`"


def _late(fresh: Freshness, reached_from: date | None) -> str:
    oldest = fresh.late[0]
    beyond = timedelta(hours=(fresh.behind_h or 0) - (fresh.promise_h or 0))
    late = f"{counted(len(fresh.late), 'issue')} late"
    return (
        f"{_name(fresh)}: {late}, the oldest of {oldest.issued_on} by {_span(beyond)}: "
        f"{_why(oldest.state, oldest.reason)}; {_asked(fresh)}; {_advice(fresh.late, reached_from)}"
    )


def _advice(late: Sequence[Day], reached_from: date | None) -> str:
    """What to do about late days: a nightly run fetches recent ones, `ingest` older ones by name,
    and `release` loads one that is held although it is right."""
    older = [day for day in late if reached_from is None or day.issued_on < reached_from]
    parts = ["`paperhouse run` asks for what is due"] if len(older) < len(late) else []
    if older:
        parts.append(f"`paperhouse ingest {older[0].issue_id}` asks for an older one by its name")
    held = [day.issue_id for day in late if day.state == "held"]
    if held:
        parts.append(f'`paperhouse issues release {held[0]} --why "…"` loads a held one')
    return ", ".join(parts)


def _reached_from(fresh: Freshness, settings: Settings) -> date | None:
    """The oldest day that a nightly run fetches by itself."""
    newest_day, since = sources()[fresh.source].newest_day, settings.source(fresh.source).since
    if newest_day is None:
        return since
    moving = newest_day(fresh.as_of) - timedelta(days=settings.look_back_days)
    return min(moving, since) if since else moving


def _name(fresh: Freshness) -> str:
    return f"{fresh.source} {fresh.edition}"


def _asked(fresh: Freshness) -> str:
    at = fresh.last_attempt_at
    return f"last asked or read {at:%Y-%m-%d %H:%M} UTC" if at else "never asked for"


def _why(state: str, reason: str | None) -> str:
    """The reason on one line; it may quote what a source sent."""
    if state == "missing" or not reason:
        return reason or state
    return f"{state}, {printable(reason):.{_REASON_SHOWN}}"


def _span(span: timedelta) -> str:
    """`4 days 15 hours`, `15 hours`, `under an hour`."""
    hours = int(span.total_seconds() // 3600)
    parts = [(hours // 24, "day"), (hours % 24, "hour")]
    return " ".join(counted(n, word) for n, word in parts if n) or "under an hour"
