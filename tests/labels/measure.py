"""How well the extractors do on labelled papers: precision, recall, and what confidence is worth.

A label names what must be found:

- `systems`: names of what the paper introduces, forms of one name parted by `|`
- `parts`: named parts of a system; one that is found as a system is no mistake, and not missed
- `claims`: `gain 20 %`, `speedup 3-5 x`, `from_to 10>12 %`; a number has no unit when none is
  printed, and labels of the first draw have no kind. What stands as often as the paper claims it.
- `links` written in the text, and whether `code` is linked or promised
- `topics`: what the paper is mainly about. Only the second draw has them.

What stands under `maybe`, `also` (topics), or as a claim behind
`?`, may be found or not: readers would differ on it, so it counts neither way. For topics, which
are counted paper by paper, `also` counts as right.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from schemas.derived import ABOUT
from tasks.derive import Read, read
from tasks.derive.claims import Claim
from tasks.derive.names import name_key
from tasks.derive.paper import Paper
from tasks.parse.model import Record

TABLES = ("systems", "parts", "claims", "links", "code", "topics")
Label = Mapping[str, Any]


class Judgement(NamedTuple):
    """One thing found in a paper and whether it was right, with its confidence."""

    paper_id: str
    what: str
    is_right: bool
    confidence: float


@dataclass
class Score:
    """What was found of one table, and what was not.

    For topics, `found` are those at the threshold, `below` the other rows, and `missed` the papers
    of which no main topic was found.
    """

    found: list[Judgement] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)
    below: list[Judgement] = field(default_factory=list)
    n_wanted: int = 0

    @property
    def n_right(self) -> int:
        return sum(judgement.is_right for judgement in self.found)

    @property
    def precision(self) -> float:
        return self.n_right / len(self.found) if self.found else 1.0

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.n_wanted if self.n_wanted else 1.0


def labels(part: str) -> dict[str, Label]:
    """The labels of a part, such as `work` or `report-2`, by paper id."""
    text = (Path(__file__).parent / f"{part}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def measure(part: str, known: Mapping[str, Record]) -> dict[str, Score]:
    """The score of each table on one part of the labelled papers."""
    scores = {table: Score() for table in TABLES}
    for paper_id, label in labels(part).items():
        record = known[paper_id]
        fields = (record.title, record.abstract, record.github_repo, record.project_page)
        found = read(Paper(*fields, record.ai_keywords))
        _compare(scores["systems"], paper_id, _systems(found, "system"), label, "systems")
        _compare(scores["parts"], paper_id, _systems(found, "part"), label, "parts")
        _forgive(scores["parts"], paper_id, _systems(found, "system"))
        _compare(scores["claims"], paper_id, _claims(found), label, "claims")
        _compare(scores["links"], paper_id, _links(found), label, "links")
        _judge_code(scores["code"], paper_id, found, label)
        if "topics" in label:
            _judge_topics(scores["topics"], paper_id, found, label)
    return scores


def calibration(judgements: Iterable[Judgement]) -> list[tuple[str, int, float, float]]:
    """For each band of confidence: its name, how many, the mean confidence, the share right."""
    bands: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        low = min(int(judgement.confidence * 10), 9)
        bands.setdefault(f"{low / 10:.1f}-{(low + 1) / 10:.1f}", []).append(judgement)
    return [
        (
            name,
            len(band),
            sum(j.confidence for j in band) / len(band),
            sum(j.is_right for j in band) / len(band),
        )
        for name, band in sorted(bands.items())
    ]


def agreement(part: str, again: str) -> dict[str, tuple[int, int]]:
    """For each kind of label: how many two readings share, and how many either has.

    Names agree when one form of them does. Code counts where a reader says that there is any.
    """
    first, second = labels(part), labels(again)
    shared = dict.fromkeys(("systems", "claims", "code", "topics"), (0, 0))
    for paper_id in second.keys() & first.keys():
        for kind, (n_both, n_either) in shared.items():
            one, other = (_said(label, kind) for label in (first[paper_id], second[paper_id]))
            n_shared = sum(any(keys & others for others in other) for keys in one)
            n_all = len(one) + len(other) - n_shared
            shared[kind] = (n_both + n_shared, n_either + n_all)
    return shared


def _said(label: Label, kind: str) -> list[set[str]]:
    """The keys of what a reader said for sure."""
    said = label.get(kind, ())
    if isinstance(said, str):
        return [{said}]
    sure = [text for text in said if text[0] != "?"]
    return [{text} if kind == "topics" else _keys(text, kind) for text in sure]


class _Named(NamedTuple):
    """Something found: the keys it may be known by, how it prints, and its confidence."""

    keys: set[str]
    what: str
    confidence: float


def _compare(score: Score, paper_id: str, found: Iterator[_Named], label: Label, kind: str) -> None:
    """Pair what was found with what was wanted, each once."""
    listed = label.get(kind, ())
    open_ = [(text, _keys(text, kind)) for text in listed if text[0] != "?"]
    free = [_keys(text[1:], kind) for text in listed if text[0] == "?"]
    if kind in ("systems", "parts"):
        others = (text for key in ("systems", "parts", "maybe") for text in label.get(key, ()))
        free += [_keys(text, kind) for text in others if text not in listed]
    taken: set[str] = set()
    score.n_wanted += len(open_)
    for item in found:
        pair = next((pair for pair in open_ if pair[1] & item.keys), None)
        if pair is not None:
            open_.remove(pair)
            taken |= pair[1]
        elif any(keys & item.keys for keys in free) or (kind != "claims" and taken & item.keys):
            continue
        score.found.append(Judgement(paper_id, item.what, pair is not None, item.confidence))
    score.missed += [(paper_id, text) for text, _ in open_]


_CLAIM = re.compile(r"(?:(?P<kind>[a-z_]+) )?(?P<numbers>[\d.]+(?:[->][\d.]+)?)(?: (?P<unit>\S+))?")


def _keys(text: str, kind: str) -> set[str]:
    """The keys of a label: of each form of a name, of a claim, or an address."""
    if kind == "links":
        return {text}
    if kind == "claims":
        claim = _CLAIM.fullmatch(text)
        assert claim is not None, text
        numbers = _numbers(re.split(r"[->]", claim["numbers"]))
        if claim["kind"] is None:
            return {f"{numbers} {claim['unit']}" if claim["unit"] else numbers}
        return {f"{claim['kind']} {numbers} {claim['unit'] or ''}"}
    return {key for form in text.split("|") for key in (name_key(form), _letters(form))}


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _numbers(values: Iterable[str | float]) -> str:
    return "~".join(f"{float(value):g}" for value in values)


def _forgive(score: Score, paper_id: str, others: Iterator[_Named]) -> None:
    """A named part that was found as a system was not missed."""
    keys = {key for other in others for key in other.keys}
    score.missed = [
        (paper, text)
        for paper, text in score.missed
        if paper != paper_id or not _keys(text, "parts") & keys
    ]


def _systems(found: Read, role: str) -> Iterator[_Named]:
    for system in found.systems:
        if system.role != role:
            continue
        names = (system.name, *(system.aliases or ()))
        keys = {name_key(name) for name in names} | {_letters(name) for name in names}
        yield _Named(keys, system.name, system.confidence)


def _claims(found: Read) -> Iterator[_Named]:
    for claim in found.claims:
        numbers = _numbers(_values(claim))
        printed = f"{claim.kind} {numbers} {claim.unit or ''}"
        keys = {printed, numbers, f"{numbers} {claim.unit}"}
        yield _Named(keys, printed, claim.confidence)


def _values(claim: Claim) -> list[float]:
    pairs = (claim.value, claim.value_low, claim.value_high, claim.value_from, claim.value_to)
    return [value for value in pairs if value is not None]


def _links(found: Read) -> Iterator[_Named]:
    for link in found.links:
        if link.found_in in ("title", "abstract"):
            yield _Named({link.url_key}, link.url, link.confidence)


def _judge_code(score: Score, paper_id: str, found: Read, label: Label) -> None:
    """The availability of code is one of three; what was said wrongly was also missed."""
    said, wanted = found.code.code, label.get("code", "none")
    score.n_wanted += 1
    score.found.append(Judgement(paper_id, said, said == wanted, found.code.confidence))
    if said != wanted:
        score.missed.append((paper_id, wanted))


def _judge_topics(score: Score, paper_id: str, found: Read, label: Label) -> None:
    """A topic is right when a reader would name it; of a paper, one main topic must be found."""
    sure: dict[str, float] = {}
    for row in found.topics:
        sure[row.topic] = max(row.confidence, sure.get(row.topic, 0.0))
    for topic, confidence in sure.items():
        is_right = topic in label["topics"] or topic in label.get("also", ())
        rows = score.found if confidence >= ABOUT else score.below
        rows.append(Judgement(paper_id, topic, is_right, confidence))
    score.n_wanted += 1
    if not any(sure.get(topic, 0.0) >= ABOUT for topic in label["topics"]):
        score.missed.append((paper_id, " / ".join(label["topics"])))
