"""Extracts facts from a paper's own words: links, systems, claims, topics.

Each extractor is a pure function of one paper's texts and has a version. A change of what it finds
must raise that version; `paperhouse derive` then reads all papers again.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa

from schemas import Table
from schemas.derived import (
    PAPER_CLAIMS,
    PAPER_FACTS,
    PAPER_LINKS,
    PAPER_SYSTEMS,
    PAPER_TOPICS,
)
from tasks.derive import claims, links, systems, topics
from tasks.derive.availability import Code, code
from tasks.derive.paper import Paper

MAX_TITLE, MAX_ABSTRACT, MAX_FIELD, MAX_KEYWORDS = 1_000, 20_000, 500, 100
"""Longer texts and lists are cut; no real one is longer."""

VERSIONS = {
    PAPER_LINKS: links.VERSION,
    PAPER_SYSTEMS: systems.VERSION,
    PAPER_CLAIMS: claims.VERSION,
    PAPER_TOPICS: topics.VERSION,
}
"""The version of the extractor that fills each table, in the order of `Read`."""
VERSION = " ".join(VERSIONS.values())
"""All of them, as recorded in derived.paper_facts."""

_OWN = ("paper_id", "content_sha256", "paper_month")
"""The columns that every derived row copies from its paper."""
READS = (*_OWN, *Paper._fields)
"""The columns of core.papers that rows are derived from."""
_FIELDS: dict[Table, tuple[str, ...]] = {
    PAPER_LINKS: links.Link._fields,
    PAPER_SYSTEMS: systems.System._fields,
    PAPER_CLAIMS: claims.Claim._fields,
    PAPER_TOPICS: topics.Topic._fields,
    PAPER_FACTS: (*Code._fields, "n_links", "n_systems", "n_claims", "n_topics"),
}


class Read(NamedTuple):
    """What the extractors found in one paper."""

    code: Code
    links: list[links.Link]
    systems: list[systems.System]
    claims: list[claims.Claim]
    topics: list[topics.Topic]

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many links, systems, claims and topics there are."""
        return len(self.links), len(self.systems), len(self.claims), len(self.topics)


def read(paper: Paper) -> Read:
    """Everything the extractors find in a paper."""
    return read_all([paper])[0]


def read_all(papers: Iterable[Paper]) -> list[Read]:
    """Everything the extractors find in each paper.

    Each extractor reads all papers before the next one begins. That takes a sixth less time than
    paper by paper: what an extractor needs stays in the processor's caches.
    """
    cut = [_cut(paper) for paper in papers]
    linked = [links.links(paper) for paper in cut]
    codes = [code(*pair) for pair in zip(cut, linked, strict=True)]
    named = [systems.systems(paper) for paper in cut]
    claimed = [claims.claims(paper) for paper in cut]
    about = [topics.topics(paper) for paper in cut]
    return [Read(*found) for found in zip(codes, linked, named, claimed, about, strict=True)]


def _cut(paper: Paper) -> Paper:
    """A paper with only so much of its texts and lists as is read."""
    return Paper(
        paper.title[:MAX_TITLE],
        (paper.abstract or "")[:MAX_ABSTRACT],
        (paper.github_repo or "")[:MAX_FIELD],
        (paper.project_page or "")[:MAX_FIELD],
        tuple([keyword[:MAX_FIELD] for keyword in (paper.ai_keywords or ())[:MAX_KEYWORDS]]),
    )


def derived_rows(papers: Iterable[Mapping[str, Any]]) -> dict[Table, pa.Table]:
    """The rows of every derived table for rows of core.papers.

    Each row needs the columns in `READS`. Returns an Arrow table for each derived table, even if it
    is empty.
    """
    rows = list(papers)
    reads = read_all(Paper(*(row[name] for name in Paper._fields)) for row in rows)
    facts = [(*found.code, *found.counts) for found in reads]
    tables = {PAPER_FACTS: _rows(PAPER_FACTS, VERSION, rows, facts)}
    for (table, version), name in zip(VERSIONS.items(), Read._fields[1:], strict=True):
        listed = [getattr(found, name) for found in reads]
        of_papers = [row for row, items in zip(rows, listed, strict=True) for _ in items]
        tables[table] = _rows(table, version, of_papers, list(chain.from_iterable(listed)))
    return tables


def _rows(
    table: Table,
    version: str,
    papers: Sequence[Mapping[str, Any]],
    items: Sequence[tuple[Any, ...]],
) -> pa.Table:
    """The rows of a table: for each item, which has the values of `_FIELDS`, and its paper."""
    if not items:
        return table.empty()
    columns = dict(zip(_FIELDS[table], map(list, zip(*items, strict=True)), strict=True))
    own = {name: [paper[name] for paper in papers] for name in _OWN}
    return table.rows({**own, "extractor_version": [version] * len(items), **columns})


def derived_tables(papers: pa.Table) -> dict[str, pa.Table]:
    """`derived_rows` for rows in Arrow, by full name of the table: for another process, because
    these values can be pickled."""
    return {table.full_name: rows for table, rows in derived_rows(papers.to_pylist()).items()}
