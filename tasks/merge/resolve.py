"""Resolves each record to a paper: by its id, else as the only paper with exactly its title.

It never guesses: when no paper or several have the title, the record gets a provisional id. When
such a paper is later seen with an id, an alias connects the two.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schemas.core import NO_ID_MONTH
from tasks.parse.capture import Capture, Page
from tasks.parse.model import Record
from tasks.parse.text import title_key


@dataclass(frozen=True)
class ExistingPapers:
    """The papers of the lake that resolving needs: ids by title key, and provisional ids."""

    by_title: Mapping[str, frozenset[str]] = field(default_factory=dict)
    provisional: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """A record and its paper, to be validated and merged."""

    capture: Capture
    page: Page
    record: Record
    paper_id: str
    key: str
    """The title key."""
    capture_number: int
    """The capture's place in the batch."""
    rank: int
    """Place in the issue, from 1: it goes on from page to page."""


@dataclass(frozen=True)
class Alias:
    """A provisional id and the candidate that shows which paper it is."""

    alias_id: str
    candidate_number: int


@dataclass(frozen=True)
class Resolved:
    """All candidates of a batch, without the records that a body listed a second time."""

    candidates: tuple[Candidate, ...]
    aliases: tuple[Alias, ...]
    n_duplicate: tuple[int, ...]
    """Records left out, by the capture's place in the batch."""


def provisional_id(key: str) -> str:
    """The id of a paper of which only the title is known."""
    return f"title:{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def paper_month(paper_id: str) -> str:
    """Month in an arXiv id, `2503.02130` → `2025-03`; `unknown` for a provisional id.

    arXiv numbers by year and month since 2007-04 (`YYMM.NNNNN`) and did before with the archive in
    front (`hep-th/9901001`); two-digit years from 91 belong to the last century.
    """
    if paper_id.startswith("title:"):
        return NO_ID_MONTH
    digits = paper_id.rpartition("/")[2]
    year, month = digits[:2], digits[2:4]
    century = "19" if year >= "91" else "20"
    return f"{century}{year}-{month}"


def titles_to_look_up(captures: Iterable[Capture], provisional: Collection[str]) -> set[str]:
    """Title keys to look up: of records without an id, and of those that have the title of a
    provisional paper (another paper may have it too)."""
    keys = ((title_key(record.title), record.arxiv_id) for _, _, record in _records(captures))
    return {key for key, known in keys if known is None or provisional_id(key) in provisional}


def resolve(captures: list[Capture], existing: ExistingPapers) -> Resolved:
    """Give every record of a batch its paper."""
    by_title: defaultdict[str, set[str]] = defaultdict(set)
    for key, papers in existing.by_title.items():
        by_title[key] |= {paper for paper in papers if not paper.startswith("title:")}
    for _, _, record in _records(captures):
        if record.arxiv_id:
            by_title[title_key(record.title)].add(record.arxiv_id)

    candidates: list[Candidate] = []
    n_duplicate = [0] * len(captures)
    for number, capture in enumerate(captures):
        seen: set[str] = set()
        for page, n_before in zip(capture.pages, capture.n_before, strict=True):
            for record in page.parsed.records:
                key = title_key(record.title)
                paper_id = record.arxiv_id or _by_title(key, by_title)
                if paper_id in seen:
                    n_duplicate[number] += 1
                    continue
                seen.add(paper_id)
                rank = n_before + record.place + 1
                candidates.append(Candidate(capture, page, record, paper_id, key, number, rank))
    aliases = tuple(_aliases(candidates, by_title, existing))
    return Resolved(tuple(candidates), aliases, tuple(n_duplicate))


def _by_title(key: str, by_title: Mapping[str, set[str]]) -> str:
    papers = by_title.get(key, set())
    return next(iter(papers)) if len(papers) == 1 else provisional_id(key)


def _aliases(
    candidates: list[Candidate], by_title: Mapping[str, set[str]], existing: ExistingPapers
) -> Iterator[Alias]:
    """One alias for each provisional id that can now be matched to a paper with an id.

    It takes two sightings of a title, one with an id and one without. The alias comes from the
    later of the two, so it does not depend on how sightings were cut into batches.
    """
    with_id: dict[str, int] = {}
    without_id: dict[str, int] = {}
    for number, candidate in enumerate(candidates):
        side = with_id if candidate.record.arxiv_id else without_id
        side.setdefault(candidate.key, number)
    for key in sorted(with_id.keys() | without_id.keys()):
        if len(by_title[key]) != 1:
            continue
        alias_id = provisional_id(key)
        if key in without_id:
            yield Alias(alias_id, max(without_id[key], with_id.get(key, -1)))
        elif alias_id in existing.provisional:
            yield Alias(alias_id, with_id[key])


def _records(captures: Iterable[Capture]) -> Iterator[tuple[Capture, Page, Record]]:
    for capture in captures:
        for page in capture.pages:
            for record in page.parsed.records:
                yield capture, page, record
