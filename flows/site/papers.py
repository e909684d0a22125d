"""A page for each paper: what it says, its votes over time, its claims, and where that is from."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from jinja2 import Environment

from flows.site import words
from flows.site.charts import Chart, counted, steps
from flows.site.citations import bibtex
from flows.site.contents import Contents

_PAPERS = """
SELECT papers.*, cards.n_gained
FROM mart.papers AS papers JOIN cards USING (paper_id) JOIN wanted USING (paper_id)
"""
_PARTS = {
    "names": """
        SELECT paper_id, name_key, name, has_page
        FROM authorships JOIN wanted USING (paper_id) ORDER BY position
    """,
    "votes": """
        SELECT paper_id, source, observed_at, held_until_at, upvotes
        FROM counts JOIN wanted USING (paper_id) ORDER BY source, observed_at
    """,
    "revisions": """
        SELECT * FROM revisions JOIN wanted USING (paper_id) ORDER BY revised_at DESC, source
    """,
    "claims": """
        SELECT paper_id, sentence FROM mart.claims JOIN wanted USING (paper_id)
        GROUP BY ALL ORDER BY max(confidence) DESC, sentence
    """,
    "introduced": """
        SELECT paper_id, name_key, name, kind, n_same_name
        FROM introduced JOIN wanted USING (paper_id) ORDER BY confidence DESC, name
    """,
    "about": """
        SELECT paper_id, topic FROM about JOIN wanted USING (paper_id)
        ORDER BY confidence DESC, topic
    """,
    "listings": """
        SELECT paper_id, issue_id, issues.issued_on, rank, removed_at,
            listings.payload_sha256, listings.record_index
        FROM core.listings JOIN core.issues USING (issue_id) JOIN wanted USING (paper_id)
        ORDER BY listings.first_seen_at, issue_id
    """,
}
"""Queries for the lists of a paper, by the name that the template has for them."""


def paper_pages(contents: Contents, environment: Environment) -> Iterator[tuple[str, str]]:
    """Id and text of the pages of the papers that the table `wanted` names."""
    template = environment.get_template("paper.html")
    parts = {name: contents.grouped(query, "paper_id") for name, query in _PARTS.items()}
    for paper in contents.rows(_PAPERS):
        paper_id = paper["paper_id"]
        lists = {name: rows.get(paper_id, []) for name, rows in parts.items()}
        text = template.render(
            up="../",
            here="",
            paper=paper,
            charts=_charts(paper_id, lists["votes"]),
            citation=bibtex([paper]).strip(),
            **lists,
        )
        yield paper_id, text


def _charts(paper_id: str, votes: Sequence[dict[str, Any]]) -> list[Chart]:
    """The votes over time, for each source that saw them change."""
    charts = []
    for source in dict.fromkeys(row["source"] for row in votes):
        rows = [row for row in votes if row["source"] == source]
        if len(rows) == 1:
            continue  # the votes beside say as much
        values = [
            counted(
                f"{row['observed_at']:%Y-%m-%d %H:%M}",
                f"curve:{paper_id}:{source}:{row['observed_at']:%Y-%m-%dT%H:%M:%S}",
                row["upvotes"],
            )
            for row in rows
        ]
        ends: list[datetime] = [*(row["observed_at"] for row in rows), rows[-1]["held_until_at"]]
        title = f"Votes at {words.source_title(source)}"
        chart = steps(title, ("seen at, UTC", "votes"), values, [at.timestamp() for at in ends])
        charts += [chart] if chart else []
    return charts
