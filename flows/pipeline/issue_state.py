"""What the lake and the ledger know of each issue.

Planning, backfills, issue checks, status and review all depend on what became of an issue. They
all ask here, so they cannot disagree. Each table is read once, when it is first needed.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.core import CAPTURES, ISSUES, LISTINGS
from schemas.ops import (
    COVERAGE,
    DEFERRED,
    FETCHES,
    FRESHNESS,
    OUTCOMES,
    RELEASES,
    RUNS,
    WITHDRAWN,
)
from schemas.profile_reasons import on_other_day
from schemas.profiles import ISSUE_PROFILES
from tasks.calendar import UNSETTLED
from tasks.completeness import AS_SOURCES_SAY, Doubt, Expectations, Look, doubts
from tasks.coverage import Edition, Evidence, Fault, Loaded, coverage
from tasks.errors import BadIssueId
from tasks.freshness import freshness
from tasks.merge.batch import Existing, is_in
from tasks.parse.capture import CaptureId
from tasks.parse.model import IssueRef
from tasks.sources import sources
from warehouse.lake.snapshot import Snapshot
from warehouse.ledger import Ledger


class LoadedIssue(NamedTuple):
    """An issue in the lake: its newest capture, its state, and when it was last seen."""

    captured_at: datetime
    payload_sha256: str
    state: str
    last_seen_at: datetime


class IssueStates:
    """What a snapshot and the ledger know of issues, by issue id."""

    def __init__(
        self,
        snapshot: Snapshot,
        ledger: Ledger,
        wanted: Expectations = AS_SOURCES_SAY,
        *,
        outcomes: Sequence[dict[str, Any]] = (),
    ) -> None:
        """`outcomes` are those of a run that has not recorded them yet."""
        self.snapshot = snapshot
        self._ledger = ledger
        self._wanted = wanted
        self._unrecorded = outcomes
        self._undecided: list[dict[str, Any]] = []

    @cached_property
    def loaded(self) -> dict[str, LoadedIssue]:
        """Every issue in the lake."""
        columns = ["issue_id", "captured_at", "payload_sha256", "state", "last_seen_at"]
        rows = self.snapshot.dataset(ISSUES).to_table(columns=columns)
        values = (rows[name].to_pylist() for name in columns)
        return {name: LoadedIssue(*state) for name, *state in zip(*values, strict=True)}

    @cached_property
    def _outcomes(self) -> list[dict[str, Any]]:
        return [*self._ledger.rows(OUTCOMES), *self._unrecorded]

    @cached_property
    def doubts(self) -> dict[str, Doubt]:
        """The loaded issues that are open or unconfirmed, by id."""
        return {str(issue): doubt for issue, doubt in self._doubts.items()}

    @cached_property
    def _doubts(self) -> dict[IssueRef, Doubt]:
        looks = self._looks()
        by_source: dict[str, dict[IssueRef, list[Look]]] = {}
        for issue_id in self.loaded.keys() & looks.keys():
            issue = IssueRef.parse(issue_id)
            seen = [look for _, look in sorted(looks[issue_id].items())]
            by_source.setdefault(issue.source, {})[issue] = seen
        return {
            issue: doubt
            for name, found in by_source.items()
            if name in sources()
            for issue, doubt in doubts(sources()[name], found, self._wanted).items()
        }

    def _looks(self) -> dict[str, dict[datetime, Look]]:
        """The looks at each issue by their time: its captures, and the fetches of a loaded body
        that found nothing new."""
        columns = ["issue_id", "captured_at", "payload_sha256", "n_parsed", "n_declared"]
        rows = self.snapshot.dataset(CAPTURES).to_table(columns=columns).sort_by("payload_sha256")
        lost = self._lost_papers()
        found: dict[str, dict[datetime, Look]] = {}
        counts: dict[tuple[str, str], tuple[int, int | None]] = {}
        for issue_id, at, sha256, *count in zip(*rows.to_pydict().values(), strict=True):
            look = Look(at, *count)._replace(has_lost_papers=(issue_id, at) in lost)
            found.setdefault(issue_id, {})[at] = look
            counts[issue_id, sha256] = (count[0], count[1])
        for row in self._outcomes:
            key = (row["issue_id"], row["payload_sha256"])
            if row["outcome"] == "unchanged" and key in counts:
                at = row["captured_at"]
                found[key[0]].setdefault(at, Look(at, *counts[key]))
        return found

    def _lost_papers(self) -> set[tuple[str, datetime]]:
        """Issue and time of the captures that no longer list some paper of their issue."""
        columns = ["issue_id", "removed_at"]
        rows = self.snapshot.dataset(LISTINGS).to_table(
            columns=columns, filter=pc.field("removed_at").is_valid()
        )
        return set(zip(*rows.to_pydict().values(), strict=True))

    @cached_property
    def _decisions(self) -> list[dict[str, Any]]:
        return [*self._ledger.rows(RELEASES), *self._undecided]

    @cached_property
    def _newest_decisions(self) -> dict[CaptureId, dict[str, Any]]:
        """The newest decision about each capture: a person may change their mind, and again."""
        oldest_first = sorted(self._decisions, key=lambda row: row["released_at"])
        return {
            (row["issue_id"], row["captured_at"], row["payload_sha256"]): row
            for row in oldest_first
        }

    @cached_property
    def released(self) -> frozenset[CaptureId]:
        """The captures that a person released and did not withdraw since then."""
        return frozenset(
            capture
            for capture, row in self._newest_decisions.items()
            if row["decision"] != WITHDRAWN
        )

    def why_withdrawn(self, capture: CaptureId) -> str | None:
        """Why a person withdrew a capture or its bytes; None if nobody did, or a person released
        this capture since then."""
        issue_id, _, sha256 = capture
        if capture in self.released:
            return None
        return self._withdrawn_captures.get(capture) or self.withdrawn.get((issue_id, sha256))

    @cached_property
    def _withdrawn_captures(self) -> dict[CaptureId, str]:
        """Every capture that a person withdrew and did not release since then, and why."""
        return {
            capture: row["why"]
            for capture, row in self._newest_decisions.items()
            if row["decision"] == WITHDRAWN
        }

    @cached_property
    def withdrawn(self) -> dict[tuple[str, str], str]:
        """The bytes that a person withdrew, by issue and SHA-256, and why: those of the newest
        capture, which the issue showed then. They are not loaded again, whenever they are captured;
        bytes of an older one may have been right, and are judged by the rules when they come."""
        rows = [row for row in self._decisions if row["decision"] == WITHDRAWN]
        newest: dict[tuple[str, datetime], dict[str, Any]] = {}  # by issue and time of decision
        for row in sorted(rows, key=lambda row: row["captured_at"]):
            newest[row["issue_id"], row["released_at"]] = row
        return {(r["issue_id"], r["payload_sha256"]): r["why"] for r in newest.values()}

    def decide(self, decisions: list[dict[str, Any]]) -> None:
        """Decisions of a person about captures: from now on they count."""
        self._undecided += decisions
        for name in (
            "_decisions",
            "_newest_decisions",
            "released",
            "withdrawn",
            "_withdrawn_captures",
        ):
            self.__dict__.pop(name, None)

    def record_decisions(self) -> None:
        """Put the decisions on record, when what they say is done."""
        self._ledger.record(RELEASES, self._undecided)

    def last_states(self) -> dict[str, str]:
        """The last state of every issue: as loaded, open, unconfirmed, or the fault of a later
        attempt."""
        latest = {
            name: (found.captured_at, doubt.state if doubt else found.state)
            for name, found in self.loaded.items()
            for doubt in [self.doubts.get(name)]
        }
        for row in self._outcomes:
            issue_id, tried_at = row["issue_id"], row["captured_at"]
            is_newest = issue_id not in latest or tried_at > latest[issue_id][0]
            if row["outcome"] in UNSETTLED and is_newest:
                latest[issue_id] = (tried_at, row["outcome"])
        return {issue_id: state for issue_id, (_, state) in latest.items()}

    def answered_at(self) -> dict[str, datetime]:
        """When each issue was last fetched with an outcome that needs no other fetch.

        An issue that is not loaded any more, because its bytes were withdrawn or turned out to be
        another date's, needs one.
        """
        answered = {name: found.captured_at for name, found in self.loaded.items()}
        removed = {
            (row["issue_id"], row["payload_sha256"])
            for row in self._outcomes
            if row["outcome"] == "held" and row["issue_id"] not in self.loaded
        }
        for row in self._outcomes:
            issue_id, at, sha256 = row["issue_id"], row["captured_at"], row["payload_sha256"]
            is_removed = (issue_id, sha256) in removed or self.why_withdrawn((issue_id, at, sha256))
            if row["outcome"] not in (*UNSETTLED, DEFERRED) and not is_removed:
                answered[issue_id] = max(at, answered.get(issue_id, at))
        return answered

    def settled(self) -> set[CaptureId]:
        """Every capture that is loaded or has an outcome. A landed capture that is not among these
        is from a run that was stopped before it loaded."""
        columns = ("issue_id", "captured_at", "payload_sha256")
        of_outcomes = {tuple(row[name] for name in columns) for row in self._outcomes}
        return loaded_captures(self.snapshot) | of_outcomes

    def held(self) -> list[dict[str, Any]]:
        """The last outcome of every issue that is held or withdrawn now, oldest first; without
        what was held and then loaded, because what spoke against it was removed."""
        began = {row["run_id"]: row["started_at"] for row in self._ledger.rows(RUNS)}
        oldest_first = sorted(
            self._outcomes, key=lambda r: (r["captured_at"], began[r["run_id"]], r["run_id"])
        )
        latest = {row["issue_id"]: row for row in oldest_first}
        loaded = loaded_captures(self.snapshot)
        return [
            row
            for row in latest.values()
            if row["outcome"] in ("held", WITHDRAWN)
            and (row["issue_id"], row["captured_at"], row["payload_sha256"]) not in loaded
        ]

    def most_records(self, existing: Existing, issues: Collection[str]) -> dict[str, int]:
        """The most records in a capture of each of some issues, from its newest release on.

        Counted in `existing`, which may be newer than the snapshot: a batch is compared with the
        batches before it.
        """
        begins: dict[str, datetime] = {}
        for issue_id, captured_at, _ in self.released:
            begins[issue_id] = max(captured_at, begins.get(issue_id, captured_at))
        rows = existing.dataset(CAPTURES).to_table(
            columns=["issue_id", "captured_at", "n_parsed"], filter=is_in("issue_id", issues)
        )
        most: dict[str, int] = {}
        for row in rows.to_pylist():
            issue_id = row["issue_id"]
            if row["captured_at"] >= begins.get(issue_id, row["captured_at"]):
                most[issue_id] = max(most.get(issue_id, 0), row["n_parsed"])
        return most

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence from which coverage and freshness are computed."""
        runs = {row["run_id"]: row["started_at"] for row in self._ledger.rows(RUNS)}
        return Evidence(
            {
                IssueRef.parse(issue_id): Loaded(found.state, found.last_seen_at)
                for issue_id, found in self.loaded.items()
            },
            self._faults(),
            self._tried_at(runs),
            min(runs.values(), default=None),
            doubts=self._doubts,
            wanted=self._wanted,
            remarks=self._remarks(),
        )

    def _remarks(self) -> dict[IssueRef, str]:
        """By issue: how many records of its newest loaded capture were listed on another day."""
        newest = ((name, found.captured_at) for name, found in self.loaded.items())
        profiles = self._ledger.of_captures(ISSUE_PROFILES, newest)
        latest = {row["issue_id"]: row for row in profiles if row["is_admitted"]}
        return {
            IssueRef.parse(issue_id): on_other_day(row)
            for issue_id, row in latest.items()
            if row["other_day"]
        }

    def _faults(self) -> dict[IssueRef, Fault]:
        """The newest failed attempt at each issue."""
        failed = ", ".join(f"'{outcome}'" for outcome in sorted(UNSETTLED))
        rows = self._ledger.newest(OUTCOMES, "issue_id", f"outcome IN ({failed})")
        return {
            issue: Fault(row["outcome"], row["reason"], row["captured_at"])
            for issue, row in _by_issue(rows)
        }

    def _tried_at(self, runs: dict[str, datetime]) -> dict[Edition, datetime]:
        """When each edition was last requested or read, also by a run that failed."""
        tried_at: dict[Edition, datetime] = {}
        handled = _by_issue(self._ledger.newest(OUTCOMES, "issue_id"))
        requested = _by_issue(self._ledger.newest(FETCHES, "issue_id"))
        tries = [(issue, runs.get(row["run_id"])) for issue, row in handled]
        tries += [(issue, row["started_at"]) for issue, row in requested]
        for issue, at in tries:
            edition = (issue.source, issue.edition)
            if at:
                tried_at[edition] = max(at, tried_at.get(edition, at))
        return tried_at


def issue_state_tables(evidence: Evidence, now: datetime) -> dict[str, pa.Table]:
    """ops.freshness and ops.coverage at a moment, by full name."""
    every = sources().values()
    fresh = [found.row() for source in every for found in freshness(source, evidence, now=now)]
    return {
        FRESHNESS.full_name: pa.Table.from_pylist(fresh, schema=FRESHNESS.arrow),
        COVERAGE.full_name: coverage_table(evidence, now),
    }


def coverage_table(evidence: Evidence, now: datetime) -> pa.Table:
    """ops.coverage at a moment."""
    every = sources().values()
    days = [vars(day) for source in every for day in coverage(source, evidence, now=now)]
    return pa.Table.from_pylist(days, schema=COVERAGE.arrow)


def loaded_captures(existing: Existing | Snapshot) -> set[CaptureId]:
    """Every capture in the tables: issue, capture time, SHA-256."""
    columns = ["issue_id", "captured_at", "payload_sha256"]
    rows = existing.dataset(CAPTURES).to_table(columns=columns)
    return set(zip(*(rows[name].to_pylist() for name in columns), strict=True))


def _by_issue(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[IssueRef, dict[str, Any]]]:
    """The rows with their issue, without those of files whose issue is not known."""
    for row in rows:
        try:
            yield IssueRef.parse(row["issue_id"]), row
        except BadIssueId:
            continue
