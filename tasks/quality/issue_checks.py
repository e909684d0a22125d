"""Issue checks: captures are checked against the rules of ops.issue_profiles before loading.

A held capture changes nothing in the tables; its bytes stay in the landing and a person may release
it. These rules are about the issue as a whole; its records are checked one by one later.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

import pyarrow as pa

from schemas import rule_id
from schemas.profiles import ISSUE_PROFILES
from schemas.words import counted
from tasks.errors import ExpectationError
from tasks.merge.premade import CANDIDATE
from tasks.parse.capture import Capture, CaptureId
from tasks.parse.model import Listed
from tasks.quality.listing_days import KnownDays
from tasks.quality.profile import Profile, compare, measure, measure_days
from tasks.quality.validate import Broken, RuleResult, Verdict, validate
from tasks.sources import stored_days

Edition = tuple[str, str]
"""Source and edition."""

_RULES = [(column, rule) for column in ISSUE_PROFILES.columns for rule in column.rules]
_IN_WORDS = {rule_id(ISSUE_PROFILES, column, rule): rule.because for column, rule in _RULES}
"""How a profile that broke a rule is put in words, by rule, for rules that say it themselves."""

NOT_MEASURED: Mapping[int, Profile] = MappingProxyType({})


@dataclass(frozen=True)
class Precedents:
    """What a batch is compared with."""

    n_known: Mapping[str, int]
    """The most records loaded of each issue."""
    by_day: Mapping[Edition, Mapping[date, Profile]]
    """One profile for each dated issue of the trailing weeks."""
    twins: Mapping[CaptureId, str]
    """The other dated issue that the bytes of a capture belong to."""
    known_days: KnownDays = field(default_factory=dict)
    """When the papers of bodies without listing times were listed, as loaded issues say."""
    released: Collection[CaptureId] = ()
    """Captures that a person released, whatever the rules say."""


@dataclass(frozen=True)
class CheckedIssue:
    """A capture, its profile and the rules it broke; held when `held_because` is given."""

    capture: Capture
    profile: Profile
    held_because: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class IssueChecks:
    """The checked captures of a batch, in its order, and the result of every rule."""

    captures: tuple[CheckedIssue, ...]
    results: tuple[RuleResult, ...]


def check_issues(
    captures: Sequence[Capture],
    precedents: Precedents,
    measured: Mapping[int, Profile] = NOT_MEASURED,
) -> IssueChecks:
    """Check captures, in the order of their capture times, against the rules about issues.

    A capture that passes can raise the number of records known of its issue, so later captures are
    compared with it. `measured` has the measures of captures, by `id()`, that were measured before.
    Raises `ExpectationError` when a rule cannot be evaluated.
    """
    alone = [measured.get(id(capture)) or measure(capture) for capture in captures]
    found = [profile | _days(c, precedents) for c, profile in zip(captures, alone, strict=True)]
    profiles = _compared(captures, found, precedents)
    said = _days_said(captures, profiles)
    if said:
        known = dict(precedents.known_days)
        for paper, days in said.items():
            known[paper] = {*known.get(paper, ()), *days}
        now = replace(precedents, known_days=known)
        again = [
            profile if profile["n_day_known"] else profile | _days(capture, now)
            for capture, profile in zip(captures, found, strict=True)
        ]
        if again != found:
            profiles = _compared(captures, again, precedents)
    verdict = _checked(profiles)
    checked = [
        _checked_issue(capture, found, verdict.broken.get(number, ()))
        for number, (capture, found) in enumerate(zip(captures, profiles, strict=True))
    ]
    return IssueChecks(tuple(checked), verdict.results)


def _days(capture: Capture, precedents: Precedents) -> Profile:
    return measure_days(capture, precedents.twins.get(capture.id), precedents.known_days)


def _days_said(
    captures: Sequence[Capture], profiles: Sequence[Profile]
) -> dict[tuple[str, str], set[Listed]]:
    """When papers were listed, as the captures of the batch that may be loaded say; nothing where
    all captures say it of themselves."""
    said: dict[tuple[str, str], set[Listed]] = defaultdict(set)
    if all(found["n_day_known"] for found in profiles):
        return said
    for capture, found in zip(captures, profiles, strict=True):
        if found["is_admitted"]:
            for paper, listed in stored_days(capture):
                said[capture.issue.source, paper].add(listed)
    return said


def _compared(
    captures: Sequence[Capture], measured: Sequence[Profile], precedents: Precedents
) -> list[Profile]:
    """The measures of captures, with those that compare them, and whether they may be loaded."""
    by_day = {edition: dict(days) for edition, days in precedents.by_day.items()}
    for capture, found in zip(captures, measured, strict=True):
        if found["issued_on"] and found["n_parsed"]:
            by_day.setdefault(_edition(capture), {})[found["issued_on"]] = found
    n_known = dict(precedents.n_known)
    profiles = []
    for capture, found in zip(captures, measured, strict=True):
        issue_id = found["issue_id"]
        days = by_day.get(_edition(capture), {})
        whole = found | compare(found, days, n_known.get(issue_id, 0))
        is_released = capture.id in precedents.released
        whole["is_admitted"] = is_released or not _is_held(whole)
        if is_released:
            n_known[issue_id] = found["n_parsed"]
        elif whole["is_admitted"]:
            n_known[issue_id] = max(n_known.get(issue_id, 0), found["n_parsed"])
        profiles.append(whole)
    return profiles


def _is_held(found: Profile) -> bool:
    """Whether a rule holds an issue of this profile."""
    return any(
        rule.severity == "hold" and not rule.is_met(found[column.name]) for column, rule in _RULES
    )


def _checked(profiles: Sequence[Profile]) -> Verdict:
    """Great Expectations' verdict, compared with the rules' own for each value."""
    names = [name for name in ISSUE_PROFILES.column_names if name != "run_id"]
    rows = ISSUE_PROFILES.rows({name: [p[name] for p in profiles] for name in names})
    numbers = pa.array(range(len(profiles)), pa.int64())
    verdict = validate({ISSUE_PROFILES: rows.append_column(CANDIDATE, numbers)})
    expected = {
        (number, rule_id(ISSUE_PROFILES, column, rule))
        for number, found in enumerate(profiles)
        for column, rule in _RULES
        if not rule.is_met(found[column.name])
    }
    found = {(number, rule.rule_id) for number, rules in verdict.broken.items() for rule in rules}
    if found != expected:
        number, name = min(found ^ expected)
        raise ExpectationError(
            f"{name}: Great Expectations and the rule disagree about {profiles[number]['issue_id']}"
        )
    return verdict


def _checked_issue(capture: Capture, found: Profile, broken: Sequence[Broken]) -> CheckedIssue:
    sentences = {
        severity: [_reason(rule, found) for rule in broken if rule.severity == severity]
        for severity in ("hold", "warn")
    }
    held_because = None
    if not found["is_admitted"]:
        known = f", {found['n_known']} known" if found["n_known"] else ""
        held_because = (
            f"{'; '.join(sentences['hold'])} ({counted(found['n_parsed'], 'record')}{known})"
        )
    return CheckedIssue(capture, found, held_because, tuple(sentences["warn"]))


def _reason(broken: Broken, found: Profile) -> str:
    in_words = _IN_WORDS[broken.rule_id]
    return in_words(found) if in_words else broken.sentence


def _edition(capture: Capture) -> Edition:
    return capture.issue.source, capture.issue.edition
