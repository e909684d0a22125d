"""All that the published file says of one paper."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import UsageError
from warehouse.query.read_only import reading
from warehouse.query.search import OldPublication

# systems: through JSON, because files published by older versions have no column `role`
_PAPER = "SELECT * EXCLUDE (month_on) FROM mart.papers WHERE paper_id = $id"
_PAPERS = """
SELECT papers.* EXCLUDE (month_on) FROM mart.papers AS papers
WHERE list_contains($ids, paper_id) ORDER BY list_position($ids, paper_id)
"""
_PARTS = {
    "votes": """
        SELECT source, observed_at, upvotes, comments, github_stars FROM core.observations
        WHERE paper_id = $id ORDER BY source, observed_at
    """,
    "versions": """
        SELECT source, witness, valid_from, valid_to, title, resolved_by, payload_sha256,
               record_index, parser_version
        FROM core.paper_versions WHERE paper_id = $id ORDER BY source, witness, valid_from
    """,
    "systems": """
        SELECT name, kind, confidence FROM mart.new_systems AS systems
        WHERE paper_id = $id AND (to_json(systems) ->> 'role') IS DISTINCT FROM 'part'
        ORDER BY confidence DESC, name
    """,
    "claims": """
        SELECT kind, value, unit, metric, baseline, sentence, confidence FROM mart.claims
        WHERE paper_id = $id ORDER BY confidence DESC, sentence, kind, value
    """,
    "listings": """
        SELECT issue_id, rank, first_seen_at, last_seen_at, removed_at, payload_sha256, record_index
        FROM core.listings WHERE paper_id = $id ORDER BY first_seen_at, issue_id
    """,
}


class NoSuchPaper(UsageError):
    """The published file has no paper of this id."""


def read_paper(publication: Path, paper_id: str) -> dict[str, Any]:
    """The row of mart.papers of a paper, with `votes`, `versions`, `systems`, `claims` and
    `listings` as lists of rows.

    Raises `NoSuchPaper`, `OldPublication` and what `reading` raises.
    """
    with reading(publication) as connection:
        try:
            found = _rows(connection, _PAPER, paper_id)
        except duckdb.CatalogException as error:
            raise OldPublication(publication) from error
        if not found:
            raise NoSuchPaper(
                f"no paper is called {paper_id!r}; `paperhouse search` finds papers by words"
            )
        parts = {part: _rows(connection, query, paper_id) for part, query in _PARTS.items()}
    return {**found[0], **parts}


def read_papers(publication: Path, paper_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of mart.papers of papers, in the order of their ids; ids without a row are left out.

    Raises `OldPublication` and what `reading` raises.
    """
    with reading(publication) as connection:
        try:
            found = connection.execute(_PAPERS, {"ids": list(paper_ids)}).to_arrow_table()
        except duckdb.CatalogException as error:
            raise OldPublication(publication) from error
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def _rows(connection: duckdb.DuckDBPyConnection, query: str, paper_id: str) -> list[dict[str, Any]]:
    found = connection.execute(query, {"id": paper_id}).to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows
