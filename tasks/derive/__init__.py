"""Reading facts from a paper's own words: links, systems, claims, topics.

Each extractor is a pure function of one paper's texts with a version. Whoever changes what an
extractor finds raises its version: `paperhouse derive` then reads all papers again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from schemas import Table
from schemas.derived import (
    DERIVED,
    PAPER_CLAIMS,
    PAPER_FACTS,
    PAPER_LINKS,
    PAPER_SYSTEMS,
    PAPER_TOPICS,
)
from tasks.derive import claims, links, systems, topics
from tasks.derive.paper import Paper

MAX_TITLE, MAX_ABSTRACT, MAX_FIELD, MAX_KEYWORDS = 1_000, 20_000, 500, 100
"""What is read of a text or a list of texts; no real one is longer."""

VERSIONS = {
    PAPER_LINKS: links.VERSION,
    PAPER_SYSTEMS: systems.VERSION,
    PAPER_CLAIMS: claims.VERSION,
    PAPER_TOPICS: topics.VERSION,
}
"""The version of the extractor that fills each table, in the order of `Read`."""
VERSION = " ".join(VERSIONS.values())
"""All of them: what derived.paper_facts says a paper was read with."""


class Read(NamedTuple):
    """What was read of one paper."""

    code: links.Code
    links: list[links.Link]
    systems: list[systems.System]
    claims: list[claims.Claim]
    topics: list[topics.Topic]


def read(paper: Paper) -> Read:
    """Everything the extractors find in a paper."""
    known = Paper(
        paper.title[:MAX_TITLE],
        (paper.abstract or "")[:MAX_ABSTRACT],
        (paper.github_repo or "")[:MAX_FIELD],
        (paper.project_page or "")[:MAX_FIELD],
        tuple(keyword[:MAX_FIELD] for keyword in (paper.ai_keywords or ())[:MAX_KEYWORDS]),
    )
    linked = links.links(known)
    return Read(
        links.code(known, linked),
        linked,
        systems.systems(known),
        claims.claims(known),
        topics.topics(known),
    )


def derived_rows(papers: Iterable[Mapping[str, Any]]) -> dict[Table, Any]:
    """The rows of every derived table for rows of core.paper_versions (one for each paper).

    Each needs paper_id, title, abstract, github_repo, project_page, ai_keywords, content_sha256 and
    paper_month. Gives an Arrow table for each derived table, also when it is empty.
    """
    columns: dict[Table, dict[str, list[Any]]] = {
        table: {name: [] for name in table.column_names} for table in DERIVED
    }
    facts = columns[PAPER_FACTS]
    filled = [(columns[table], version) for table, version in VERSIONS.items()]
    for row in papers:
        keywords = tuple(row["ai_keywords"]) if row["ai_keywords"] else None
        fields = (row["title"], row["abstract"], row["github_repo"], row["project_page"])
        found = read(Paper(*fields, keywords))
        own = {name: row[name] for name in ("paper_id", "content_sha256", "paper_month")}
        counts = {
            "n_links": len(found.links),
            "n_systems": len(found.systems),
            "n_claims": len(found.claims),
            "n_topics": len(found.topics),
        }
        _add(facts, found.code._asdict() | counts, own | {"extractor_version": VERSION})
        items: tuple[Sequence[Any], ...] = found[1:]
        for (values, version), of_one in zip(filled, items, strict=True):
            for item in of_one:
                _add(values, item._asdict(), own | {"extractor_version": version})
    return {table: table.rows(values) for table, values in columns.items()}


def _add(columns: dict[str, list[Any]], values: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    for name, column in columns.items():
        column.append(own[name] if name in own else values[name])
