"""What a load and a run did, as values; log, exit code, ledger and artifacts are made of them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from flows.pipeline.timings import Timings
from schemas import Change
from schemas.ops import DEFERRED, FETCH_FAILED
from schemas.words import counted
from tasks.quality.drift import FormatKey, Sightings
from tasks.quality.validate import RuleResult
from warehouse.lake.snapshot import Snapshot

LOADED = frozenset({"settled", "partial", "empty"})
SEEN = LOADED | {"unchanged"}
"""Outcomes that are a look at a loaded issue."""
FAULTY = frozenset({"held", "broken", FETCH_FAILED})
EXIT_CODES = {"ok": 0, "unchanged": 0, "failed": 1, "partial": 3}
"""Exit codes by the outcome of a run or a backfill."""
HELD_HINT = '`paperhouse issues release ID --why "…"` loads what is held all the same'
_NOTES_SHOWN = 20
_PATHS_SHOWN = 5


@dataclass(frozen=True)
class IssueOutcome:
    """What became of one issue in a run; see ops.issue_outcomes."""

    issue_id: str
    captured_at: datetime
    outcome: str
    payload_sha256: str | None = None
    n_parsed: int | None = None
    n_accepted: int | None = None
    n_quarantined: int | None = None
    n_duplicate: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Removal:
    """A capture that does not list `n_removed` of the `n_before` papers listed until then."""

    issue_id: str
    captured_at: datetime
    n_removed: int
    n_before: int

    @property
    def reason(self) -> str:
        be = "is" if self.n_before == 1 else "are"
        papers = counted(self.n_before, "paper")
        return f"{self.n_removed:,} of {papers} listed until then {be} not in it"

    @property
    def share(self) -> float:
        return self.n_removed / self.n_before

    def is_about(self, outcome: IssueOutcome) -> bool:
        return (self.issue_id, self.captured_at) == (outcome.issue_id, outcome.captured_at)


@dataclass(frozen=True)
class FoundDrift:
    """A change in how bodies of a format are written; see ops.drift."""

    source: str
    form: str
    """Name of the format, under the name of its column in ops.drift."""
    path: str
    kind: str
    severity: str
    detail: str
    n_records: int

    def __str__(self) -> str:
        return f"{shown(self.path)} {self.kind}: {self.detail}".strip()


@dataclass
class LoadResult:
    """What a load did: the outcome of each capture, and what it changed in the lake."""

    outcomes: list[IssueOutcome] = field(default_factory=list)
    changes: dict[str, Change] = field(default_factory=dict)
    warnings: list[RuleResult] = field(default_factory=list)
    """Rules of severity `warn` that some loaded row broke."""
    sightings: dict[FormatKey, Sightings] = field(default_factory=dict)
    settled: list[dict[str, Any]] = field(default_factory=list)
    """Rows of ops.quarantine to write when the load is committed."""
    snapshot: Snapshot | None = None
    """The current snapshot after the commit; None when nothing was committed."""
    is_reprocessing: bool = False
    """Whether the bodies were counted when they were captured."""


@dataclass(frozen=True)
class RunReport:
    """The outcome of a run."""

    run_id: str
    command: str
    started_at: datetime
    ended_at: datetime
    outcomes: tuple[IssueOutcome, ...] = ()
    changes: Mapping[str, Change] = field(default_factory=dict)
    snapshot: int | None = None
    """The snapshot this run wrote; None when nothing changed."""
    warnings: tuple[RuleResult, ...] = ()
    """Rules of severity `warn` that some loaded row broke."""
    drift: tuple[FoundDrift, ...] = ()
    """What changed in how the digests are written."""
    removals: tuple[Removal, ...] = ()
    """Captures that no longer list many papers of their issue."""
    timings: Timings | None = field(default=None, compare=False)
    """Where the run's time went."""

    @property
    def faults(self) -> list[IssueOutcome]:
        """Issues that were not loaded and should have been."""
        return [outcome for outcome in self.outcomes if outcome.outcome in FAULTY]

    @property
    def deferred(self) -> list[IssueOutcome]:
        """Issues that were not requested, because the run's requests were used up."""
        return [outcome for outcome in self.outcomes if outcome.outcome == DEFERRED]

    def fault_line(self) -> str | None:
        """What went wrong, in one line; ops.issue_outcomes has each fault in full."""
        if not self.faults:
            return None
        first = self.faults[0]
        return f"{len(self.faults)} not loaded, first {first.issue_id}: {first.reason:.200}"

    @property
    def outcome(self) -> str:
        """`ok`, `unchanged`, `partial` or `failed`; see ops.runs.outcome."""
        if not self.faults:
            return "ok" if self.snapshot else "unchanged"
        is_all = len(self.faults) == len(self.outcomes) - len(self.deferred)
        return "failed" if is_all else "partial"

    @property
    def exit_code(self) -> int:
        """0 all well, 1 failed, 3 partial."""
        return EXIT_CODES[self.outcome]

    def count(self, name: str) -> int:
        """The sum of one count, such as `n_accepted`, over all issues."""
        return sum(getattr(outcome, name) or 0 for outcome in self.outcomes)

    def headline(self) -> str:
        """The run in one line; an issue of several captures counts once for each outcome."""
        handled = Counter(word for _, word in {(o.issue_id, o.outcome) for o in self.outcomes})
        issues = ", ".join(f"{n:,} {word}" for word, n in sorted(handled.items())) or "none due"
        if self.snapshot is None:
            wrote = "nothing new, no snapshot written"
        else:
            wrote = f"snapshot {self.snapshot} published"
        return f"{self.command} {self.outcome}: issues: {issues}; {wrote}"

    def lines(self) -> list[str]:
        """The report for people: the headline, and the details below it."""
        lines = [self.headline()]
        n_kept_out = sum(o.n_parsed or 0 for o in self.outcomes if o.outcome not in LOADED)
        if n_parsed := self.count("n_parsed"):
            kept_out = f" + {n_kept_out:,} of issues kept out" if n_kept_out else ""
            lines.append(
                f"  records: {n_parsed:,} parsed = "
                f"{self.count('n_accepted'):,} accepted + "
                f"{self.count('n_quarantined'):,} quarantined + "
                f"{self.count('n_duplicate'):,} duplicate{kept_out}"
            )
        lines += [f"  {name}: {change}" for name, change in sorted(self.changes.items())]
        lines += [
            f"  warning: {rule.rule_id}: {rule.n_broken:,} of {rule.n_checked:,} rows do not "
            f"{rule.threshold}"
            for rule in self.warnings
        ]
        lines += [f"  {fault.outcome}: {fault.issue_id}: {fault.reason}" for fault in self.faults]
        if any(fault.outcome == "held" for fault in self.faults):
            lines.append(f"  {HELD_HINT}")
        if self.deferred:
            last = self.deferred[-1].issue_id
            lines.append(f"  {len(self.deferred):,} deferred to the next run, among them {last}")
        return lines + self._drift() + self._notes()

    def _drift(self) -> list[str]:
        """A line for each alarm, and one for all notices of one kind about one format."""
        alarms = [drift for drift in self.drift if drift.severity == "alarm"]
        lines = [
            f"  alarm: {drift.source} {drift.form}: {drift} ({counted(drift.n_records, 'record')})"
            for drift in alarms
        ]
        lines = first_lines(lines, _NOTES_SHOWN, "  and {:,} more alarms in ops.drift")
        notices: dict[str, list[str]] = {}
        for drift in self.drift:
            if drift.severity != "alarm":
                about = f"{drift.source} {drift.form}: {drift.kind}"
                notices.setdefault(about, []).append(f"{shown(drift.path)} ({drift.detail})")
        for about, paths in notices.items():
            rest = len(paths) - _PATHS_SHOWN
            more = f" and {rest:,} more" if rest > 0 else ""
            lines.append(f"  notice: {about}: {', '.join(paths[:_PATHS_SHOWN])}{more}")
        return lines

    def _notes(self) -> list[str]:
        """The reasons of issues that were loaded, or seen again and are still in doubt."""
        noted = [o for o in self.outcomes if o.outcome in SEEN and o.reason]
        lines = [f"  {o.outcome}: {o.issue_id}: {o.reason}" for o in noted]
        return first_lines(lines, _NOTES_SHOWN, "  and {:,} more in ops.issue_outcomes")

    def markdown(self) -> str:
        """The report for Prefect's pages."""
        rows = [
            f"| {_cell(o.issue_id)} | {o.outcome} | {_number(o.n_parsed)} "
            f"| {_number(o.n_accepted)} | {_number(o.n_quarantined)} | {_cell(o.reason or '')} |"
            for o in self.outcomes
        ]
        head = "| issue | outcome | parsed | accepted | quarantined | why |"
        table = "\n".join([head, "|---|---|---:|---:|---:|---|", *rows])
        body = "\n".join(f"- {_cell(line.strip())}" for line in self.lines()[1:])
        return "\n\n".join(filter(None, [f"**{_cell(self.headline())}**", body, table]))

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            **asdict(replace(self, timings=None)),
            "timings": self.timings.rows() if self.timings else [],
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "outcomes": [
                {**asdict(o), "captured_at": o.captured_at.isoformat()} for o in self.outcomes
            ],
        }


def first_lines(lines: Sequence[str], most: int, rest: str) -> list[str]:
    """The first lines; `rest`, with the number of the others in it, stands for those."""
    n_others = len(lines) - most
    return [*lines[:most], *([rest.format(n_others)] if n_others > 0 else [])]


def shown(path: str) -> str:
    """A field's path for people: short, and without terminal control characters."""
    short = path if len(path) <= 100 else f"{path[:100]}…"
    return short if short.isprintable() else json.dumps(short)


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _cell(text: str) -> str:
    """Text from a digest must not become markup of the report."""
    for mark in "\\|<>*_`[]":
        text = text.replace(mark, f"\\{mark}" if mark not in "<>" else f"&#{ord(mark)};")
    return " ".join(text.split())
