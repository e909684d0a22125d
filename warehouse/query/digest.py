"""Runs `digest.sql`: which papers of an issue a person is shown, in which order, and why.

The file says in plain words what matches and how papers are ranked. Its tables and macros are
temporary ones of the connection, so the published file stays as it is.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

import duckdb

Place = Literal["pinned", "match", "top"]
_PART = "-- part: "
_TABLE = "CREATE TEMP TABLE IF NOT EXISTS digest_papers AS FROM ({papers}) LIMIT 0"


class Wished(NamedTuple):
    """What a person asked for; everything of an issue without `max_papers`."""

    topics: Sequence[str] = ()
    words: Sequence[str] = ()
    authors: Sequence[str] = ()
    code_only: bool = False
    min_votes: int = 0
    max_papers: int | None = None


class Ranked(NamedTuple):
    """A paper that a person is shown, and what of their wishes it matches: topics and words as they
    wrote them, authors as the paper prints them."""

    paper_id: str
    place: Place
    topics: tuple[str, ...]
    words: tuple[str, ...]
    authors: tuple[str, ...]


def define_matching(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the macros of the first part: `matched_topics` and its neighbours."""
    connection.execute(_part("matching"))


def prepare(
    connection: duckdb.DuckDBPyConnection, issue: str, source: str, first: date, last: date
) -> list[dict[str, Any]]:
    """Gather the papers of an issue, once for everybody; gives their rows, the most voted first.

    The issue's papers are those the source first listed from `first` to `last`.
    """
    define_matching(connection)
    papers = _part("papers")
    given = {"issue": issue, "source": source, "first": first, "last": last}
    connection.execute(_TABLE.format(papers=papers), given)
    connection.execute("DELETE FROM digest_papers WHERE issue = ?", [issue])
    connection.execute(f"INSERT INTO digest_papers {papers}", given)
    found = connection.execute(
        "SELECT * EXCLUDE (issue, folded_topics, folded_text, parts) FROM digest_papers "
        "WHERE issue = ? ORDER BY upvotes DESC NULLS LAST, paper_id",
        [issue],
    ).to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def rank(
    connection: duckdb.DuckDBPyConnection, issue: str, wishes: Sequence[Wished]
) -> list[list[Ranked]]:
    """The papers of an issue that was prepared, for each of these wishes, in their order."""
    asked = json.dumps([{"wish": n, **one._asdict()} for n, one in enumerate(wishes)])
    found = connection.execute(_part("choice"), {"issue": issue, "wishes": asked})
    ranked: list[list[Ranked]] = [[] for _ in wishes]
    for wish, paper_id, place, *matched in found.fetchall():
        ranked[wish].append(Ranked(paper_id, place, *map(tuple, matched)))
    return ranked


@cache
def _part(name: str) -> str:
    """The statements of one part of the file."""
    text = (resources.files("warehouse.query") / "digest.sql").read_text(encoding="utf-8")
    parts = {part.partition("\n")[0]: part.partition("\n")[2] for part in text.split(_PART)[1:]}
    return parts[name].strip()
