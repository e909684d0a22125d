"""Full-text search over titles and abstracts, ranked by BM25.

The index is a file of its own beside the publication. The first search after papers changed builds
it from the publication and swaps it in whole. So publishing stays fast, the published file needs no
extension, and a search never uses an index of outdated texts.

Ranking needs DuckDB's `fts` extension, loaded from its Python package. Where that or the index is
not available, search finds papers that contain all the words, and the result says why.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.errors import PaperhouseError, UsageError
from warehouse.query.read_only import close_off, reading
from warehouse.storage.duckdb_extensions import (
    CLOSED,
    NoExtension,
    extension_file,
    load_extension,
)
from warehouse.storage.durable_files import unfinished
from warehouse.storage.paths import database_name

_MEMORY_LIMIT = "512MB"
"""What DuckDB may use to build the index; beyond it, DuckDB spills beside the file."""

# words are separated by anything but letters and digits (by default digits separate, too)
_INDEX = r"""
PRAGMA create_fts_index(
    'papers', 'paper_id', 'title', 'abstract', stemmer = 'porter', ignore = '[^\p{L}\p{N}]+'
)
"""
_TEXTS = "SELECT paper_id, title, abstract FROM core.papers WHERE withdrawn_at IS NULL"
_STATE = f"SELECT count(*) || ' ' || coalesce(sum(hash(texts)), 0) FROM ({_TEXTS}) AS texts"
# a word counts once anywhere, and once more in a title
_RANKED = """
SELECT paper_id, everywhere + coalesce(in_title, 0) AS score
FROM (
    SELECT
        paper_id,
        fts_main_papers.match_bm25(paper_id, $words) AS everywhere,
        fts_main_papers.match_bm25(paper_id, $words, fields := 'title') AS in_title
    FROM papers
)
WHERE everywhere IS NOT NULL
"""
_MATCHED = f"""
WITH texts AS (
    SELECT paper_id, lower(title) AS title, lower(concat_ws(' ', title, abstract)) AS whole
    FROM ({_TEXTS})
)

SELECT paper_id, len(list_filter($words, lambda word: contains(title, word)))::DOUBLE AS score
FROM texts
WHERE len(list_filter($words, lambda word: NOT contains(whole, word))) = 0
"""
_LISTED = """
WITH lists AS (
    SELECT
        listings.paper_id,
        min(issues.issued_on) AS listed_on,
        string_agg(DISTINCT issues.source, ', ' ORDER BY issues.source) AS sources
    FROM core.listings
    JOIN core.issues USING (issue_id)
    WHERE issues.source = coalesce($source, issues.source)
    GROUP BY ALL
)

SELECT round(found.score, 2) AS score, paper_id, papers.title, lists.listed_on, lists.sources
FROM found
JOIN core.papers USING (paper_id)
JOIN lists USING (paper_id)
WHERE
    ($since IS NULL OR lists.listed_on >= $since)
    AND ($until IS NULL OR lists.listed_on <= $until)
ORDER BY found.score DESC, lists.listed_on DESC NULLS LAST, paper_id
LIMIT $limit
"""


class NoRanking(PaperhouseError):
    """Results cannot be ranked; the text says why and what to do."""


@dataclass(frozen=True)
class Wanted:
    """What to search for. Dates are those of the first issue that listed a paper, inclusive."""

    words: str
    source: str | None = None
    since: date | None = None
    until: date | None = None
    limit: int = 20


@dataclass(frozen=True)
class Found:
    """Papers, best first: score, paper_id, title, listed_on, sources. If `unranked_because` says
    why there is no BM25 rank, the score is the number of words found in the title."""

    papers: pa.Table
    unranked_because: str | None = None


def search(publication: Path, index: Path, wanted: Wanted) -> Found:
    """Papers whose title or abstract has any of the words, best first; unranked: all of the words.

    `index` is the file of the index. Raises `UsageError` when there is no word to look for, and
    what `reading` raises.
    """
    if not wanted.words.strip():
        raise UsageError(
            "there is no word to look for; write one, as in `paperhouse search pruning`"
        )
    because = None
    try:
        found = _ranked(publication, index, wanted.words)
    except (NoRanking, NoExtension) as error:
        found, because = _matched(publication, wanted.words), str(error)
    with reading(publication) as connection:
        connection.register("found", found)
        filters = {name: value for name, value in vars(wanted).items() if name != "words"}
        papers = connection.execute(_LISTED, filters).to_arrow_table()
    return Found(papers, because)


def _ranked(publication: Path, index: Path, words: str) -> pa.Table:
    """Papers and their scores. Raises `NoRanking` or `NoExtension`."""
    extension = extension_file("fts")
    with reading(publication) as connection:
        ((state,),) = connection.execute(_STATE).fetchall()
        if _state_of(index) != state:
            _build(index, state, connection.sql(_TEXTS).to_arrow_table(), extension)
    with duckdb.connect(database_name(index), read_only=True, config=CLOSED) as connection:
        # loading reads another file, so it must come before access to files is closed
        load_extension(connection, extension)
        close_off(connection)
        return connection.execute(_RANKED, {"words": words}).to_arrow_table()


def _matched(publication: Path, words: str) -> pa.Table:
    """Papers that have every word, and how many of the words are in the title."""
    with reading(publication) as connection:
        return connection.execute(_MATCHED, {"words": words.lower().split()}).to_arrow_table()


def _state_of(index: Path) -> str | None:
    """Which texts an index was built from; None when there is no readable index."""
    if not index.exists():
        return None
    try:
        with duckdb.connect(database_name(index), read_only=True, config=CLOSED) as connection:
            ((state,),) = connection.execute("SELECT state FROM made_of").fetchall()
    except duckdb.Error:
        return None
    return str(state)


def _build(index: Path, state: str, texts: pa.Table, extension: Path) -> None:
    """Build the index in a temporary file and swap it in. Raises `NoRanking` if it cannot."""
    try:
        with (
            unfinished(index) as temporary,
            duckdb.connect(
                database_name(temporary), config={"memory_limit": _MEMORY_LIMIT}
            ) as connection,
        ):
            load_extension(connection, extension)
            connection.register("texts", texts)
            connection.execute("CREATE TABLE papers AS FROM texts")
            connection.execute("CREATE TABLE made_of AS SELECT $state AS state", {"state": state})
            connection.execute(_INDEX)
    except OSError as error:
        raise NoRanking(
            f"no search index can be written at {index}: {error.strerror}; search once as the user "
            "who owns the warehouse"
        ) from error
