"""Record checks: parsed captures become rows to load, and every record is accounted for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa

from schemas import Table
from schemas.core import PAPER_ALIASES
from tasks.merge.premade import Premade
from tasks.merge.resolve import Candidate, ExistingPapers, resolve
from tasks.merge.to_arrow import Counts, Stamp, alias_rows, capture_rows, sightings, without
from tasks.parse.capture import Capture, Page
from tasks.parse.model import Raw
from tasks.quality.validate import Broken, RuleResult, validate

UNREADABLE = "parse"
"""The rule given for a record that could not even be read."""


class NotConserved(AssertionError):
    """Records were lost in processing: a bug, so nothing of the batch is loaded."""


@dataclass(frozen=True)
class Rejected:
    """A record for the quarantine. `raw` is None until its text is looked up in the body."""

    capture_number: int
    capture: Capture
    page: Page
    index: int
    rules: tuple[str, ...]
    reason: str
    raw: Raw | None = None
    paper_id: str | None = None


@dataclass(frozen=True)
class CheckedRecords:
    """A checked batch: counts by capture, rows to load by table, and records to quarantine."""

    counted: tuple[tuple[Capture, Counts], ...]
    accepted: Mapping[Table, pa.Table]
    captures: pa.Table
    rejected: tuple[Rejected, ...]
    results: tuple[RuleResult, ...]


def check_records(
    captures: list[Capture],
    existing: ExistingPapers,
    stamp: Stamp,
    premade: Mapping[int, Premade] = MappingProxyType({}),
) -> CheckedRecords:
    """Resolve and validate a batch; `premade` as for `sightings`.

    Raises `NotConserved` unless every capture's records are accepted, quarantined or duplicate, and
    `ExpectationError` when a rule cannot be evaluated.
    """
    resolved = resolve(captures, existing)
    frames = sightings(resolved.candidates, stamp, premade)
    verdict = validate(frames)
    broken = [_broken(resolved.candidates[n], verdict.broken[n]) for n in sorted(verdict.rejected)]
    rejected = (*_unreadable(captures), *broken)
    n_rejected = Counter(item.capture_number for item in rejected)
    n_candidates = Counter(candidate.capture_number for candidate in resolved.candidates)
    n_broken = Counter(item.capture_number for item in broken)
    counted = tuple(
        (
            capture,
            Counts(
                n_accepted=n_candidates[number] - n_broken[number],
                n_quarantined=n_rejected[number],
                n_duplicate=resolved.n_duplicate[number],
            ),
        )
        for number, capture in enumerate(captures)
    )
    for capture, counts in counted:
        if capture.n_parsed != counts.n_parsed:
            raise NotConserved(f"{capture.issue}: {capture.n_parsed} records parsed, but {counts}")
    frames[PAPER_ALIASES] = alias_rows(resolved.aliases, resolved.candidates, stamp)
    return CheckedRecords(
        counted,
        {table: without(rows, verdict.rejected) for table, rows in frames.items()},
        capture_rows(counted, stamp),
        rejected,
        verdict.results,
    )


def _unreadable(captures: list[Capture]) -> list[Rejected]:
    return [
        Rejected(
            number,
            capture,
            page,
            reject.place,
            (UNREADABLE,),
            reject.reason,
            Raw(reject.raw, reject.span),
        )
        for number, capture in enumerate(captures)
        for page in capture.pages
        for reject in page.parsed.rejects
    ]


def _broken(candidate: Candidate, rules: tuple[Broken, ...]) -> Rejected:
    return Rejected(
        candidate.capture_number,
        candidate.capture,
        candidate.page,
        candidate.record.place,
        tuple(rule.rule_id for rule in rules),
        "; ".join(dict.fromkeys(rule.sentence for rule in rules)),
        paper_id=candidate.paper_id,
    )
