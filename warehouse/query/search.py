"""Full-text search over titles, abstracts and authors, ranked by BM25.

The index is a file of its own beside the publication. The first search after papers changed builds
it from the publication and swaps it in whole. So publishing stays fast, the published file needs no
extension, and a search never uses an index of outdated texts.

Ranking needs DuckDB's `fts` extension, loaded from its Python package. Where that or the index is
not available, search finds papers that contain all the words, and the result says why.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.errors import PaperhouseError, UsageError
from schemas.nearest import or_nearest
from warehouse.query.read_only import close_off, reading
from warehouse.storage.duckdb_extensions import (
    CLOSED,
    NoExtension,
    extension_file,
    load_extension,
)
from warehouse.storage.durable_files import unfinished
from warehouse.storage.paths import database_name

_SNIPPET, _BEFORE = 160, 60
"""Characters of a snippet, and those before the first word found."""
_MEMORY_LIMIT = "512MB"
"""What DuckDB may use to build the index; beyond it, DuckDB spills beside the file."""

# words are separated by anything but letters and digits (by default digits separate, too)
_INDEX = r"""
PRAGMA create_fts_index(
    'papers', 'paper_id', 'title', 'abstract', 'authors',
    stemmer = 'porter', ignore = '[^\p{L}\p{N}]+'
)
"""
_TEXTS = "SELECT paper_id, title, abstract, authors FROM mart.papers WHERE NOT is_withdrawn"
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
    SELECT
        paper_id,
        lower(title) AS title,
        lower(concat_ws(' ', title, abstract, authors)) AS whole
    FROM ({_TEXTS})
)

SELECT paper_id, len(list_filter($words, lambda word: contains(title, word)))::DOUBLE AS score
FROM texts
WHERE len(list_filter($words, lambda word: NOT contains(whole, word))) = 0
"""
_ALL = f"SELECT paper_id, NULL::DOUBLE AS score FROM ({_TEXTS})"
_LISTED = """
WITH lists AS (
    SELECT listings.paper_id, min(issues.issued_on) AS listed_on
    FROM core.listings
    JOIN core.issues USING (issue_id)
    WHERE issues.source = coalesce($source, issues.source)
    GROUP BY ALL
)

SELECT
    round(found.score, 2) AS score,
    paper_id,
    papers.title,
    lists.listed_on,
    papers.sources,
    papers.abstract,
    coalesce(papers.hf_url, papers.code_url) AS url
FROM found
JOIN mart.papers AS papers USING (paper_id)
JOIN lists USING (paper_id)
WHERE
    ($since IS NULL OR lists.listed_on >= $since)
    AND ($until IS NULL OR lists.listed_on <= $until)
    AND ($topic IS NULL OR list_contains(string_split(papers.topics, ', '), $topic))
    AND (
        $author IS NULL
        OR contains(strip_accents(lower(papers.authors)), strip_accents(lower($author)))
    )
    AND (NOT $has_code OR papers.code_url IS NOT NULL)
ORDER BY found.score DESC NULLS LAST, lists.listed_on DESC NULLS LAST, paper_id
LIMIT $limit
"""
_NEAR_WORDS = r"""
WITH texts AS (SELECT lower(concat_ws(' ', title, authors)) AS text FROM mart.papers),

words AS (SELECT unnest(string_split_regex(text, '[^\p{L}\p{N}]+')) AS word FROM texts)

SELECT word
FROM words
WHERE abs(len(word) - len($word)) <= 2 AND levenshtein(word, $word) BETWEEN 1 AND 2
GROUP BY word
ORDER BY levenshtein(word, $word), count(*) DESC, word
LIMIT 3
"""
_TOPICS = "SELECT DISTINCT topic FROM mart.paper_topics ORDER BY topic"


class NoRanking(PaperhouseError):
    """Results cannot be ranked; the text says why and what to do."""


class OldPublication(PaperhouseError):
    """The published file is of a version without the marts that are asked."""

    def __init__(self, publication: Path) -> None:
        super().__init__(
            f"{publication} was written by an older version; `paperhouse maintain` writes it anew"
        )


@dataclass(frozen=True)
class Wanted:
    """What to search for. Dates are those of the first issue that listed a paper, inclusive.

    `words` are of title, abstract or authors, or an id; with another filter there may be none.
    `author` is a part of a name, `topic` a name of `mart.paper_topics`.
    """

    words: str = ""
    source: str | None = None
    since: date | None = None
    until: date | None = None
    limit: int = 20
    topic: str | None = None
    author: str | None = None
    has_code: bool = False


@dataclass(frozen=True)
class Found:
    """Papers, best first: score, paper_id, title, listed_on, sources, snippet, url. Without words
    there is no score, and the newest come first. If `unranked_because` says why there is no BM25
    rank, the score is the number of words found in the title."""

    papers: pa.Table
    unranked_because: str | None = None
    near: tuple[str, ...] = ()
    """Words of titles and names that are like those looked for, where nothing was found."""


def search(publication: Path, index: Path, wanted: Wanted) -> Found:
    """Papers that have any of the words, best first; unranked: all of the words.

    `index` is the file of the index. Raises `UsageError` when there is nothing to look for or no
    such topic, `OldPublication`, and what `reading` raises.
    """
    if not (wanted.words.strip() or wanted.author or wanted.topic or wanted.has_code):
        raise UsageError(
            "there is no word to look for; write one, as in `paperhouse search pruning`"
        )
    try:
        return _search(publication, index, wanted)
    except duckdb.CatalogException as error:
        raise OldPublication(publication) from error


def _search(publication: Path, index: Path, wanted: Wanted) -> Found:
    because = None
    try:
        found = _scored(publication, index, wanted.words)
    except (NoRanking, NoExtension) as error:
        found, because = _matched(publication, wanted.words), str(error)
    with reading(publication) as connection:
        if wanted.topic is not None:
            _check_topic(connection, wanted.topic)
        connection.register("found", found)
        filters = {name: value for name, value in vars(wanted).items() if name != "words"}
        papers = connection.execute(_LISTED, filters).to_arrow_table()
        near = () if papers.num_rows else _near(connection, wanted.words)
    return Found(_with_snippets(papers, wanted.words), because, near)


def _check_topic(connection: duckdb.DuckDBPyConnection, topic: str) -> None:
    known = [name for (name,) in connection.execute(_TOPICS).fetchall()]
    if topic not in known:
        near = or_nearest(topic, known, '`paperhouse sql "FROM mart.topic_activity"` has all')
        raise UsageError(f"no paper has the topic {topic!r}; {near}")


def _near(connection: duckdb.DuckDBPyConnection, words: str) -> tuple[str, ...]:
    """Words that those looked for may be misspelt for."""
    found = [connection.execute(_NEAR_WORDS, {"word": w}).fetchall() for w in words.lower().split()]
    return tuple(dict.fromkeys(word for rows in found for (word,) in rows))


def _with_snippets(papers: pa.Table, words: str) -> pa.Table:
    """The papers with a piece of the abstract, the words in it marked, in place of the whole."""
    texts = [snippet(text or "", words) for text in papers["abstract"].to_pylist()]
    place = papers.column_names.index("abstract")
    return papers.set_column(place, "snippet", pa.array(texts, pa.string()))


def snippet(text: str, words: str) -> str:
    """A piece of a text around the first of some words, each of them marked `**so**`; the beginning
    of the text where none is in it. A word counts in other endings too, as it does for the rank."""
    stems = [re.escape(word[: max(4, len(word) - 3)]) for word in words.split()]
    pattern = re.compile(rf"\b(?:{'|'.join(stems)})\w*", re.IGNORECASE) if stems else None
    first = pattern.search(text) if pattern else None
    start = max(0, first.start() - _BEFORE) if first else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    piece = text[start : start + _SNIPPET]
    if start + _SNIPPET < len(text):
        piece = piece[: max(piece.rfind(" "), 1)] + " \u2026"
    if pattern:
        piece = pattern.sub(r"**\g<0>**", piece)
    return f"\u2026 {piece}" if start else piece


def _scored(publication: Path, index: Path, words: str) -> pa.Table:
    """Papers and their scores; all papers, without one, if there are no words. An id is the first.
    Raises `NoRanking` or `NoExtension`."""
    if not words.strip():
        with reading(publication) as connection:
            return connection.execute(_ALL).to_arrow_table()
    paper_id = words.strip()
    with reading(publication) as connection:
        known = connection.execute(f"{_TEXTS} AND paper_id = $1", [paper_id]).fetchall()
    if known:
        return pa.table({"paper_id": [paper_id], "score": [1.0]})
    return _ranked(publication, index, words)


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
