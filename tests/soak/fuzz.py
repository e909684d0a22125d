"""Looks for damage that raises or goes unnoticed: `python -m tests.soak.fuzz --cases 20000`.

Options: `--seed 1` (other damage), `--seconds 1800` (at most). Good bodies of every registered
format are damaged at random: half of them in one value of one record, the others anywhere. Every
damaged body goes through recognising, parsing, resolving and validation. Only the typed errors may
be raised; every reject has its reason, its raw text and where that stands; whatever comes out can
be stored; lists have as many records and rejects as JSON items; every record is accounted for; and
damage in one value costs at most its record: all others are read as before.
A failure is told with its case number: the same seed damages the same case in the same way.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from tasks.errors import BadBody
from tasks.merge.resolve import ExistingPapers
from tasks.merge.to_arrow import Stamp
from tasks.parse.capture import Capture, Page
from tasks.parse.model import IssueRef, ParsedBody, Record, Span
from tasks.quality.record_checks import check_records
from tests.soak.fuzz_bodies import Seed, detected, seeds
from tests.soak.fuzz_damage import damaged
from tests.soak.fuzz_values import damage_value

NOW = datetime(2026, 11, 25, tzinfo=UTC)
N_JUDGED_TOGETHER = 400
LARGE = 100_000
"""Bytes of a body that takes long to read, so it is one among many."""


@dataclass
class Found:
    """What the cases showed; `failures` should be empty."""

    n_cases: int = 0
    n_bad_bodies: int = 0
    n_one_value: int = 0
    """Cases with damage in one value."""
    n_lost: int = 0
    """Records that such damage cost."""
    n_records: int = 0
    n_rejects: int = 0
    n_accepted: int = 0
    n_quarantined: int = 0
    n_duplicate: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        formats = ", ".join(f"{n:,} {name}" for name, n in sorted(self.formats.items()))
        return (
            f"{self.n_cases:,} damaged bodies ({formats}): "
            f"{self.n_one_value:,} in one value, which cost {self.n_lost:,} records; "
            f"{self.n_bad_bodies:,} no issue any more, {self.n_records:,} records, "
            f"{self.n_rejects:,} unreadable; judged: {self.n_accepted:,} accepted, "
            f"{self.n_quarantined:,} quarantined, {self.n_duplicate:,} duplicate; "
            f"{len(self.failures)} failures"
        )


def run(n_cases: int, *, seed: int, seconds: float) -> Found:
    """Damage and look, case by case, until all are done or the time is over."""
    found, bodies, waiting = Found(), seeds(), list[Capture]()
    until = time.monotonic() + seconds
    weights = [1 if len(body.content) > LARGE else 12 for body in bodies]
    for number in range(n_cases):
        if time.monotonic() > until:
            break
        chance = random.Random(f"{seed}:{number}")  # noqa: S311 - reproducible damage, no secret
        body = chance.choices(bodies, weights)[0]
        found.n_cases += 1
        found.formats[body.label] += 1
        try:
            content, parsed = _case(body, chance, found)
        except Exception as error:  # noqa: BLE001 - any failure is what is looked for
            found.failures.append(f"case {number}, {body.label} {body.name}: {error!r:.300}")
            continue
        if parsed is None:
            found.n_bad_bodies += 1
            continue
        found.n_records += len(parsed.records)
        found.n_rejects += len(parsed.rejects)
        waiting.append(_capture(number, body, content, parsed))
        if len(waiting) == N_JUDGED_TOGETHER:
            _judged(waiting, found)
            waiting.clear()
    _judged(waiting, found)
    return found


def _case(body: Seed, chance: random.Random, found: Found) -> tuple[bytes, ParsedBody | None]:
    """One damaged body, and what parsing it gives. Anything wrong is raised."""
    if not body.records or chance.random() < 0.5:
        content, n_expected = damaged(body, chance)
        detected(content, body.name)  # only typed errors may come
        return content, _looked_at(body, content, n_expected)
    content = damage_value(body, chance)
    _hold(detected(content, body.name) == body.detected, "one value changed what is detected")
    found.n_one_value += 1
    parsed = _looked_at(body, content, None)
    _hold(parsed is not None, "one value made the whole body unreadable")
    n_lost = _n_lost(body.parsed, parsed) if parsed else 0
    _hold(n_lost <= 1, f"one value cost {n_lost} records")
    found.n_lost += n_lost
    return content, parsed


def _n_lost(before: ParsedBody, after: ParsedBody) -> int:
    """How many records are not read as before."""
    return sum((_records(before) - _records(after)).values())


def _records(parsed: ParsedBody) -> Counter[Record]:
    return Counter(record._replace(place=0) for record in parsed.records)


def _looked_at(body: Seed, content: bytes, n_expected: int | None) -> ParsedBody | None:
    """What parsing gives; None when it says that this is no issue. Anything wrong is raised."""
    try:
        parsed = body.format.parse(content)
    except BadBody:
        return None
    places = [record.place for record in parsed.records] + [r.place for r in parsed.rejects]
    _hold(sorted(places) == list(range(len(places))), f"places are not 0, 1, 2, …: {places}")
    _hold(n_expected in (None, parsed.n_parsed), f"{n_expected} items, {parsed.n_parsed} found")
    for reject in parsed.rejects:
        _hold(bool(reject.reason), "a reject without a reason")
        _hold_raw(reject.raw, reject.span, content)
        f"{reject.reason}{reject.raw}".encode()
    for place in places[:1] + places[-1:]:
        _hold_raw(*body.format.locate(content, place), content)
    "".join([parsed.query or "", *(found.path for found in parsed.fields_seen)]).encode()
    return parsed


def _hold(is_so: object, otherwise: str) -> None:
    if not is_so:
        raise AssertionError(otherwise)


def _hold_raw(raw: str, span: Span, content: bytes) -> None:
    """Raw text stands in the body; only the missing end of one has none, at its end."""
    _hold(0 <= span.start <= span.end <= len(content), f"{span} of {len(content)} bytes")
    _hold(bool(raw) == (span.start < span.end), f"{raw!r:.60} at {span}")


def _capture(number: int, body: Seed, content: bytes, parsed: ParsedBody) -> Capture:
    issue = IssueRef(body.source, "daily", f"2026-11-20.{number}")
    page = Page(sha256(content).hexdigest(), body.format.parser_version, parsed)
    return Capture(issue, NOW, (page,))


def _judged(captures: Sequence[Capture], found: Found) -> None:
    """Judge a batch and count what became of its records."""
    if not captures:
        return
    try:
        checked = check_records(list(captures), ExistingPapers(), Stamp("fuzz", NOW))
    except Exception as error:  # noqa: BLE001 - any failure is what is looked for
        found.failures.append(f"judging {captures[0].issue} and after: {error!r:.300}")
        return
    for capture, counts in checked.counted:
        if capture.n_parsed != counts.n_parsed:
            found.failures.append(f"{capture.issue}: {capture.n_parsed} parsed, but {counts}")
        found.n_accepted += counts.n_accepted
        found.n_quarantined += counts.n_quarantined
        found.n_duplicate += counts.n_duplicate
    if any(not item.reason or not item.rules for item in checked.rejected):
        found.failures.append(f"{captures[0].issue} and after: rejected without a reason")


def main() -> int:
    """Run the cases and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1_800, help="the longest it may take")
    arguments = parser.parse_args()
    found = run(arguments.cases, seed=arguments.seed, seconds=arguments.seconds)
    sys.stdout.write(f"{found}\n")
    for failure in found.failures:
        sys.stdout.write(f"  {failure}\n")
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
