"""Resolves each record to a paper: by its id, else as the only paper that has exactly its title.

A paper has the titles under which the witness that knows most of titles ever named it by its id;
what a weaker witness calls it does not count, and a record without an id is no evidence for others.
It never guesses: when no paper or several have the title, the record gets a provisional id. When
such a paper is later seen with an id, an alias connects the two.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.core import NO_ID_MONTH
from schemas.witnesses import Witness, rank
from tasks.parse.capture import Capture, Page
from tasks.parse.model import Record
from tasks.parse.text import title_key

Titles = Mapping[str, Collection[str]]
"""The title keys of a paper, by the rank of the witness that named it so."""


@dataclass(frozen=True)
class ExistingPapers:
    """What resolving needs of the papers in the lake."""

    titles: Mapping[str, Titles] = field(default_factory=dict)
    """By paper id: all titles of the papers that have a title of the batch."""
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
    number: int = 0
    """Place among the records of its page, from 0."""


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
    keys = (
        (title_key(record.title), record.arxiv_id)
        for capture in captures
        for record in capture.records
        if provisional or record.arxiv_id is None
    )
    return {key for key, known in keys if known is None or provisional_id(key) in provisional}


def papers_by_title(captures: Iterable[Capture], existing: ExistingPapers) -> dict[str, set[str]]:
    """The papers that have each title, existing ones and those that the captures name."""
    titles: dict[str, dict[str, set[str]]] = {
        paper: {rank: set(keys) for rank, keys in named.items()}
        for paper, named in existing.titles.items()
    }
    for capture in captures:
        for page in capture.pages:
            knows = rank("title", Witness(capture.issue.source, page.witness))
            for record in page.parsed.records:
                if record.arxiv_id:
                    of_paper = titles.setdefault(record.arxiv_id, {})
                    of_paper.setdefault(knows, set()).add(title_key(record.title))
    by_title: defaultdict[str, set[str]] = defaultdict(set)
    for paper, named in titles.items():
        for key in named[min(named)]:
            by_title[key].add(paper)
    return by_title


def resolve(captures: list[Capture], existing: ExistingPapers) -> Resolved:
    """Give every record of a batch its paper."""
    is_any_told_by_title = bool(titles_to_look_up(captures, existing.provisional))
    by_title = papers_by_title(captures, existing) if is_any_told_by_title else {}
    candidates: list[Candidate] = []
    n_duplicate = [0] * len(captures)
    for number, capture in enumerate(captures):
        seen: set[str] = set()
        for page, n_before in zip(capture.pages, capture.n_before, strict=True):
            for n, record in enumerate(page.parsed.records):
                key = title_key(record.title)
                paper_id = record.arxiv_id or paper_of_title(key, by_title)
                if paper_id in seen:
                    n_duplicate[number] += 1
                    continue
                seen.add(paper_id)
                place = n_before + record.place + 1
                candidates.append(Candidate(capture, page, record, paper_id, key, number, place, n))
    aliases = tuple(_aliases(candidates, by_title, existing))
    return Resolved(tuple(candidates), aliases, tuple(n_duplicate))


def every_record(captures: Sequence[Capture]) -> list[Candidate]:
    """A candidate for each record, also one that a capture lists twice; one without an id is the
    provisional paper of its title, until it is resolved."""
    return [
        Candidate(
            capture, page, record, record.arxiv_id or provisional_id(key), key, number, place, n
        )
        for number, capture in enumerate(captures)
        for page, n_before in zip(capture.pages, capture.n_before, strict=True)
        for n, record in enumerate(page.parsed.records)
        for key, place in [(title_key(record.title), n_before + record.place + 1)]
    ]


def paper_of_title(key: str, by_title: Mapping[str, set[str]]) -> str:
    """The only paper that has a title, else the provisional one."""
    papers = by_title.get(key, set())
    return next(iter(papers)) if len(papers) == 1 else provisional_id(key)


def _aliases(
    candidates: list[Candidate], by_title: Mapping[str, set[str]], existing: ExistingPapers
) -> Iterator[Alias]:
    """One alias for each provisional id that can now be matched to a paper with an id.

    It takes two sightings of a title, one with the paper's id and one without. The alias comes from
    the later of the two, so it does not depend on how sightings were cut into batches.
    """
    with_id: dict[str, int] = {}
    without_id: dict[str, int] = {}
    for number, candidate in enumerate(candidates):
        if candidate.record.arxiv_id is None:
            without_id.setdefault(candidate.key, number)
        elif candidate.paper_id == paper_of_title(candidate.key, by_title):
            with_id.setdefault(candidate.key, number)
    for key in sorted(with_id.keys() | without_id.keys()):
        alias_id = provisional_id(key)
        if paper_of_title(key, by_title) == alias_id:
            continue
        is_known = alias_id in existing.provisional
        if is_known and key in with_id:
            yield Alias(alias_id, with_id[key])
        elif key in without_id:
            yield Alias(alias_id, max(without_id[key], with_id.get(key, -1)))
