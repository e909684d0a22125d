"""How well the extractors do on labelled papers: precision, recall, and what confidence is worth.

A label names what must be found: `systems` (forms of one name parted by `|`), `claims` (`20 %`,
`3-5 points`, `10>12 %`, a number alone when it has no unit), `links` written in the text, and
whether `code` is linked or promised. What stands under `maybe`, or as a claim behind `?`, may be
found or not: readers would differ on it, so it counts neither way.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tasks.derive import Read, read
from tasks.derive.claims import Claim
from tasks.derive.names import name_key
from tasks.derive.paper import Paper
from tasks.parse.model import Record

TABLES = ("systems", "claims", "links", "code")
Label = Mapping[str, Any]


class Judgement(NamedTuple):
    """One thing found in a paper and whether it was right, with its confidence."""

    paper_id: str
    what: str
    is_right: bool
    confidence: float


@dataclass
class Score:
    """What was found of one table, and what was not."""

    found: list[Judgement] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def n_right(self) -> int:
        return sum(judgement.is_right for judgement in self.found)

    @property
    def precision(self) -> float:
        return self.n_right / len(self.found) if self.found else 1.0

    @property
    def recall(self) -> float:
        wanted = self.n_right + len(self.missed)
        return self.n_right / wanted if wanted else 1.0


def labels(part: str) -> dict[str, Label]:
    """The labels of a part, `work` or `report`, by paper id."""
    text = (Path(__file__).parent / f"{part}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def measure(part: str, known: Mapping[str, Record]) -> dict[str, Score]:
    """The score of each table on one part of the labelled papers."""
    scores = {table: Score() for table in TABLES}
    for paper_id, label in labels(part).items():
        record = known[paper_id]
        fields = (record.title, record.abstract, record.github_repo, record.project_page)
        found = read(Paper(*fields, record.ai_keywords))
        _compare(scores["systems"], paper_id, _systems(found), label.get("systems", ()), label)
        _compare(scores["claims"], paper_id, _claims(found), label.get("claims", ()), label)
        _compare(scores["links"], paper_id, _links(found), label.get("links", ()), label)
        _judge_code(scores["code"], paper_id, found, label)
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


class _Named(NamedTuple):
    """Something found: the keys it may be known by, how it prints, and its confidence."""

    keys: set[str]
    what: str
    confidence: float


def _compare(
    score: Score, paper_id: str, found: Iterator[_Named], wanted: Iterable[str], label: Label
) -> None:
    """Pair what was found with what was wanted, each once."""
    open_ = {text: _keys(text) for text in wanted if not text.startswith("?")}
    free = [_keys(text) for text in label.get("maybe", ())]
    free += [_keys(text[1:]) for text in wanted if text.startswith("?")]
    right: set[str] = set()
    for item in found:
        text = next((text for text, keys in open_.items() if keys & item.keys), None)
        if text is None and any(keys & item.keys for keys in free):
            continue
        is_right = text is not None and text not in right
        if text is not None and text in right:
            continue
        right |= {text} if text else set()
        score.found.append(Judgement(paper_id, item.what, is_right, item.confidence))
    score.missed += [(paper_id, text) for text in open_ if text not in right]


def _keys(text: str) -> set[str]:
    """The keys of a label: of each form of a name, a claim's numbers, or an address."""
    if re.fullmatch(r"[\d.]+(?:[->][\d.]+)?(?: (?:%|points|x))?", text):
        return {_numbers(re.split(r"[->]", text.split(" ", maxsplit=1)[0]))}
    if "/" in text or re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,5}", text):
        return {text}
    return {name_key(body_format) for body_format in text.split("|")} | {
        _letters(f) for f in text.split("|")
    }


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _numbers(values: Iterable[str | float]) -> str:
    return "~".join(f"{float(value):g}" for value in values)


def _systems(found: Read) -> Iterator[_Named]:
    for system in found.systems:
        names = (system.name, *(system.aliases or ()))
        keys = {name_key(name) for name in names} | {_letters(name) for name in names}
        yield _Named(keys, system.name, system.confidence)


def _claims(found: Read) -> Iterator[_Named]:
    for claim in found.claims:
        yield _Named({_numbers(_values(claim))}, _printed(claim), claim.confidence)


def _values(claim: Claim) -> list[float]:
    pairs = (claim.value, claim.value_low, claim.value_high, claim.value_from, claim.value_to)
    return [value for value in pairs if value is not None]


def _printed(claim: Claim) -> str:
    return f"{claim.kind} {_numbers(_values(claim))} {claim.unit or '?'}"


def _links(found: Read) -> Iterator[_Named]:
    for link in found.links:
        if link.found_in in ("title", "abstract"):
            yield _Named({link.url_key}, link.url, link.confidence)


def _judge_code(score: Score, paper_id: str, found: Read, label: Label) -> None:
    """The availability of code is one of three; what was said wrongly was also missed."""
    said, wanted = found.code.code, label.get("code", "none")
    score.found.append(Judgement(paper_id, said, said == wanted, found.code.confidence))
    if said != wanted:
        score.missed.append((paper_id, wanted))
