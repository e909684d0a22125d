"""Looks for damage that raises or goes unnoticed: `python -m tests.soak.fuzz --cases 20000`.

Options: `--seed 1` (other damage), `--seconds 1800` (at most). Real bodies are damaged at random:
bytes are flipped, cut, doubled and inserted; lines and tags are moved; the JSON of lists is changed
in its structure. Every damaged body goes through recognising, parsing, resolving and validation.
Only the typed errors may be raised; every reject has its reason, its raw text and where that
stands; lists have as many records and rejects as JSON items; and every record is accounted for.
A failure is told with its case number: the same seed damages the same case in the same way.
"""

import argparse
import html
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from schemas.errors import PaperhouseError
from tasks.detect_format import detect_format
from tasks.errors import BadBody
from tasks.merge.resolve import ExistingPapers
from tasks.merge.to_arrow import Stamp
from tasks.parse.capture import Capture, Page
from tasks.parse.model import IssueRef, ParsedBody, Span
from tasks.quality.record_checks import check_records
from tasks.sources import Format, sources
from tests.support.folders import DIGESTS, SAMPLE

NOW = datetime(2026, 11, 25, tzinfo=UTC)
N_JUDGED_TOGETHER = 400
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**70, 0.1, 1e308, "", " ", "1.41k", "\x00\x1b[2J", "\ud7ff"),
    *("<script>alert(1)</script>", "'; DROP TABLE listings; --", "x" * 5_000, [], {}, [[]], [{}]),
)


@dataclass(frozen=True)
class Seed:
    """A good body of a form."""

    source: str
    format: Format
    name: str
    content: bytes


@dataclass
class Found:
    """What the cases showed; `failures` should be empty."""

    n_cases: int = 0
    n_bad_bodies: int = 0
    n_records: int = 0
    n_rejects: int = 0
    n_accepted: int = 0
    n_quarantined: int = 0
    n_duplicate: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        formats = ", ".join(f"{n:,} {name}" for name, n in self.formats.items())
        return (
            f"{self.n_cases:,} damaged bodies ({formats}): "
            f"{self.n_bad_bodies:,} no issue any more, {self.n_records:,} records, "
            f"{self.n_rejects:,} unreadable; judged: {self.n_accepted:,} accepted, "
            f"{self.n_quarantined:,} quarantined, {self.n_duplicate:,} duplicate; "
            f"{len(self.failures)} failures"
        )


def seeds() -> list[Seed]:
    """Bodies to damage: the real ones at hand, else the sample's."""
    real, found = DIGESTS.is_dir(), []
    root = DIGESTS if real else SAMPLE
    found += _seeds("huggingface", "api", sorted((root / "huggingface/api").glob("*.json"))[::24])
    found += _seeds("huggingface", "page", sorted((root / "huggingface/html").glob("2*.html"))[:1])
    found += _seeds("pagedump", "text", sorted((root / "pagedump").glob("*.txt"))[:1])
    if real:
        found += _seeds("textdump", "fields", sorted((root / "textdump").glob("*.txt"))[:2])
        found += _seeds("arxiv", "rss", sorted((root / "arxiv/rss").glob("*.xml")))
        found += _seeds("arxiv", "mailing", sorted((root / "arxiv/mailing").glob("*.txt")))
    return found


def _seeds(source: str, body_format: str, files: Iterable[Path]) -> list[Seed]:
    known = sources()[source].format(body_format)
    return [Seed(source, known, file.name, file.read_bytes()) for file in files]


def run(n_cases: int, *, seed: int, seconds: float) -> Found:
    """Damage and look, case by case, until all are done or the time is over."""
    found, bodies, waiting = Found(), seeds(), list[Capture]()
    until = time.monotonic() + seconds
    # a page takes a hundred times as long to read as a list, so it is one body among many
    weights = [4 if body.format.name == "page" else 12 for body in bodies]
    for number in range(n_cases):
        if time.monotonic() > until:
            break
        chance = random.Random(f"{seed}:{number}")  # noqa: S311 - reproducible damage, no secret
        body = chance.choices(bodies, weights)[0]
        found.n_cases += 1
        found.formats[body.format.name] += 1
        content, n_expected = damaged(body, chance)
        try:
            parsed = _looked_at(body, content, n_expected)
        except Exception as error:  # noqa: BLE001 - any failure is what is looked for
            found.failures.append(f"case {number}, {body.format.name} {body.name}: {error!r:.300}")
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


def _looked_at(body: Seed, content: bytes, n_expected: int | None) -> ParsedBody | None:
    """What parsing gives; None when it says that this is no issue. Anything wrong is raised."""
    with suppress(PaperhouseError):  # what no form claims is told so, in a typed error
        detect_format(content, body.name)
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
    for place in places[:1] + places[-1:]:
        _hold_raw(*body.format.locate(content, place), content)
    return parsed


def _hold(is_so: bool, otherwise: str) -> None:
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


def damaged(body: Seed, chance: random.Random) -> tuple[bytes, int | None]:
    """A damaged copy, and the number of its items where the damage left that countable."""
    if body.format.name in ("api", "page") and chance.random() < 0.5:
        return _damaged_items(body, chance)
    content = body.content
    for _ in range(chance.choice((1, 1, 2, 5))):
        content = chance.choice(_DAMAGES)(content, chance)
    return content, None


def _damaged_items(body: Seed, chance: random.Random) -> tuple[bytes, int | None]:
    """The list of items with its structure changed, in the body it stood in."""
    if body.format.name == "api":
        items = json.loads(body.content)
        _damage_structure(items, chance)
        return _as_json(items), len(items) if _is_list_of_papers(items) else None
    start = body.content.index(b'data-props="', body.content.index(b'"DailyPapers"')) + 12
    end = body.content.index(b'"', start)
    props = json.loads(html.unescape(body.content[start:end].decode()))
    _damage_structure(props["dailyPapers"], chance)
    written = html.escape(_as_json(props).decode(), quote=True).encode()
    content = body.content[:start] + written + body.content[end:]
    return content, len(props["dailyPapers"])


def _is_list_of_papers(items: list[Any]) -> bool:
    return not items or any(isinstance(item, dict) and "paper" in item for item in items)


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def _damage_structure(items: list[Any], chance: random.Random) -> None:
    """Delete, double, retype, swap or nest something at a random depth of a list, in place."""
    for _ in range(chance.choice((1, 1, 3))):
        holder: Any = items
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(holder[key], (dict, list)) and holder[key] and chance.random() < 0.7:
                holder = holder[key]
                continue
            _change(holder, key, chance)
            break


def _change(holder: Any, key: Any, chance: random.Random) -> None:
    kind = chance.choice(("delete", "double", "retype", "retype", "nest", "swap"))
    if kind == "delete":
        del holder[key]
    elif kind == "double" and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif kind == "nest":
        holder[key] = {"x": [holder[key]]}
    elif kind == "swap":
        other = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        holder[key], holder[other] = holder[other], holder[key]
    else:
        holder[key] = chance.choice(ODD_VALUES)


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 8, 64)) if content else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + content[end:]


def _truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _double(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:end] + content[start:]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    odd = (b"\x00", b"\xff\xfe", b"<", b'"', b"\\", b"]]>", b"\r", b"\xc2\xa0", b"{" * 300)
    return content[:at] + chance.choice(odd) + content[at:]


def _move_line(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    line = lines.pop(chance.randrange(len(lines)))
    for _ in range(chance.choice((0, 1, 2))):
        lines.insert(chance.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def _drop_tag(content: bytes, chance: random.Random) -> bytes:
    at = content.find(b"<", chance.randrange(len(content) + 1))
    end = content.find(b">", at)
    return content if at < 0 or end < 0 else content[:at] + content[end + 1 :]


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((1, 10, 200, 5_000)))


_DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flip, _cut, _truncate, _double, _insert, _move_line, _drop_tag),
)


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
