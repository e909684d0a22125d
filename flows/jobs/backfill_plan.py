"""The plan of a backfill: the issues of a range that remain, in batches from the oldest on.

An issue that was fetched within `FRESH_DAYS` is not requested again, unless it is open, unconfirmed
or has records in quarantine; and a body that was landed and not loaded is loaded without a request.
So the same command continues where it was stopped, and completes what was seen half.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

from flows.pipeline.captures import LandedCapture, landed_captures
from flows.pipeline.issue_state import IssueStates
from flows.pipeline.quarantine import open_rows
from flows.settings import Settings
from schemas.errors import UsageError
from schemas.ops import UNCONFIRMED
from tasks.parse.model import IssueRef
from tasks.sources import Source, sources
from warehouse.lake.interface import open_store
from warehouse.ledger import open_ledger
from warehouse.storage.home import Home
from warehouse.storage.landing import Landing

FRESH_DAYS = 7
"""An issue that was fetched so many days ago or less is not requested again."""

Size = Literal["day", "week", "month", "year"]
_NAMES: dict[Size, str] = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
"""How a batch is named by its days."""


class BadRange(UsageError):
    """A range of days, or a source, that cannot be backfilled; the message says which can."""


@dataclass(frozen=True)
class Wanted:
    """The issues of a source from `since` to `until`, both included.

    Without `until` the range ends with the newest issue that can be published by now. With
    `is_missing_only` only issues never loaded or not confirmed are requested, with `is_again` all
    of them whatever is known, else all that were not fetched lately. `size` is what is fetched,
    loaded and published together.
    """

    source: str
    since: date
    until: date | None = None
    is_missing_only: bool = False
    is_again: bool = False
    size: Size = "month"


@dataclass(frozen=True)
class Batch:
    """A part of the range: issues to request, and landed captures that wait to be loaded."""

    name: str
    issues: tuple[IssueRef, ...]
    waiting: tuple[LandedCapture, ...] = ()

    @property
    def n_issues(self) -> int:
        """The number of issues; each waiting capture counts as one."""
        return len(self.issues) + len(self.waiting)

    @property
    def all_issues(self) -> set[IssueRef]:
        return {*self.issues, *(landed.issue for landed in self.waiting)}


def check_range(wanted: Wanted, now: datetime) -> tuple[Source, date]:
    """The source and the last day of the range. Raises `BadRange`."""
    name, since, until = wanted.source, wanted.since, wanted.until
    if wanted.is_missing_only and wanted.is_again:
        raise BadRange("--missing and --again contradict each other; give one of them")
    known = sources()
    able = [n for n, s in known.items() if s.expected and s.newest_day and s.request]
    if name not in able:
        raise BadRange(f"{name} has no days to request; sources that have: {', '.join(able)}")
    source = known[name]
    assert source.newest_day is not None  # noqa: S101 - `able` has only such sources
    newest = source.newest_day(now)
    last = min(until or newest, newest)
    if since > last:
        raise BadRange(f"--since {since} is after the last day there can be, {last}")
    if source.fetchable_days is not None:
        first = newest - timedelta(days=source.fetchable_days - 1)
        if since < first:
            raise BadRange(
                f"{name} serves nothing before {first} any more; load saved bodies of older days "
                "with `paperhouse ingest`, or name a later --since"
            )
    return source, last


def expected_issues(settings: Settings, source: Source, since: date, until: date) -> list[IssueRef]:
    """The issues of a range, oldest first."""
    assert source.expected is not None  # noqa: S101 - checked with the range
    return list(source.expected(since, until, settings.source(source.name).editions))


def plan_batches(
    settings: Settings, issues: list[IssueRef], wanted: Wanted, now: datetime
) -> list[Batch]:
    """What remains to be done of the issues of the range, in batches."""
    home = settings.warehouse()
    with open_ledger(home.ledger) as ledger:
        states = IssueStates(open_store(home).current(), ledger, settings.expectations())
        waiting = _waiting(home, states, issues)
        answered, not_whole = states.answered_at(), set(states.doubts)
        if not wanted.is_missing_only:
            not_whole |= {row["issue_id"] for row in open_rows(ledger)}
    fresh_from = now - timedelta(days=FRESH_DAYS)
    todo: list[IssueRef] = []
    for issue in issues:
        last = answered.get(str(issue))
        is_done = last is not None and (wanted.is_missing_only or last >= fresh_from)
        is_asked = wanted.is_again or not is_done or str(issue) in not_whole
        if str(issue) in waiting or is_asked:
            todo.append(issue)

    def name(issue: IssueRef) -> str:
        return f"{issue.begins_on or date.max:{_NAMES[wanted.size]}}"

    return [
        Batch(
            batch,
            tuple(i for i in its_issues if wanted.is_again or str(i) not in waiting),
            tuple(landed for issue in its_issues for landed in waiting.get(str(issue), ())),
        )
        for batch, grouped in groupby(todo, name)
        for its_issues in [list(grouped)]
    ]


def _waiting(
    home: Home, states: IssueStates, issues: Sequence[IssueRef]
) -> dict[str, list[LandedCapture]]:
    """Captures landed by runs that ended before they loaded them, by issue."""
    settled = states.settled()
    captures = landed_captures(Landing(home.landing), {str(issue) for issue in issues})
    found: dict[str, list[LandedCapture]] = {}
    for capture_id, landed in captures.items():
        if capture_id not in settled:
            found.setdefault(str(landed.issue), []).append(landed)
    return found


def unconfirmed_issues(settings: Settings, issues: Collection[IssueRef]) -> list[str]:
    """Those of the issues that are unconfirmed now, oldest first."""
    home = settings.warehouse()
    with open_ledger(home.ledger) as ledger:
        states = IssueStates(open_store(home).current(), ledger, settings.expectations())
        return [
            str(i) for i in issues if (d := states.doubts.get(str(i))) and d.state == UNCONFIRMED
        ]
