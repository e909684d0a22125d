"""What is published, read once: temporary tables of the rows that pages are made of.

All rows are those of the marts, and of the lineage columns behind them. Some marts are views that
take long at many papers, so what several pages need of them is kept here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from flows.settings.sections import FilterSettings
from tasks.parse.text import printable
from warehouse.query.digest import define_matching

_LISTED = """
SELECT
    source, paper_id, listed_on, issue_id, strftime(listed_on, '%Y-%m') AS month,
    strftime(listed_on, '%G-W%V') AS week
FROM mart.listed_papers
"""
_COUNTS = """
SELECT source, paper_id, observed_at, held_until_at, upvotes,
    make_timestamp(epoch_us(observed_at))::DATE AS observed_on,
    hash(source, observed_at, upvotes, comments) AS key
FROM mart.upvote_curves
"""
_AUTHORSHIPS = """
WITH named AS (
    SELECT paper_id, name_key, name, position, is_first, listed_on FROM mart.paper_authors
)

SELECT *, name_key IN (
    SELECT name_key FROM named GROUP BY ALL HAVING count(*) >= {fewest}
) AS has_page
FROM named
"""
_CARDS = """
WITH looked AS (
    SELECT source, max(make_timestamp(epoch_us(held_until_at))::DATE) AS looked_on
    FROM counts GROUP BY ALL
),

-- a paper that was not seen at the newest look gained nothing at it
seen AS (
    SELECT DISTINCT source, paper_id FROM counts JOIN looked USING (source)
    WHERE observed_on >= looked_on
),

gained AS (
    SELECT paper_id, sum(n_gained)::BIGINT AS n_gained FROM (
        SELECT source, paper_id,
            max_by(upvotes, observed_at)
            - max_by(upvotes, observed_at) FILTER (observed_on < looked_on) AS n_gained
        FROM counts SEMI JOIN seen USING (source, paper_id) JOIN looked USING (source)
        GROUP BY ALL
    ) GROUP BY ALL
),

revised AS (
    SELECT paper_id, max(revised_at) AS revised_at FROM revisions
    WHERE is_title_changed OR is_abstract_changed OR is_code_link_added GROUP BY ALL
),

shown AS (
    SELECT
        papers.*, nullif(greatest(gained.n_gained, 0), 0) AS n_gained,
        greatest(listed_on::TIMESTAMPTZ, revised_at) AS updated_at,
        hash(paper_id, title, authors, listed_on, code_url, topics, coalesce(summary, abstract))
        AS said
    FROM mart.papers AS papers LEFT JOIN gained USING (paper_id) LEFT JOIN revised USING (paper_id)
),

texts AS (
    SELECT *,
        hash(said, n_authors, organization, code_state, arxiv_url, thumbnail_url) AS text_key
    FROM shown
),

cards AS (
    SELECT *,
        hash(text_key, upvotes, n_gained, comments, github_stars, hf_url, is_withdrawn, updated_at)
        AS key
    FROM texts
)

SELECT paper_id, listed_on, upvotes, n_gained, is_withdrawn, updated_at, key, text_key,
    hash(said, updated_at) AS feed_key,
    hash(key, abstract, n_revisions, project_url, published_at, sources, systems) AS page_key,
    row_number() OVER (ORDER BY listed_on NULLS FIRST, paper_id) AS recency
FROM cards
"""
_MEMBERS = """
SELECT 'days' AS folder, listed_on::VARCHAR AS name, source, paper_id FROM listed
UNION ALL SELECT 'weeks', week, source, paper_id FROM listed
UNION ALL SELECT 'months', month, source, paper_id FROM listed
UNION ALL SELECT 'topics', topic, NULL, paper_id FROM about
UNION ALL SELECT 'authors', name_key, NULL, paper_id FROM authorships WHERE has_page
UNION ALL SELECT DISTINCT 'systems', name_key, NULL, paper_id FROM introduced
    WHERE n_same_name >= 2
"""
_TABLES = {
    "listed": _LISTED,
    "counts": _COUNTS,
    "revisions": "FROM mart.revisions",
    "authorships": _AUTHORSHIPS,
    "about": "SELECT paper_id, topic, area, confidence FROM mart.paper_topics",
    "introduced": "FROM mart.new_systems",
    "momentum": "FROM mart.topic_momentum",
    "cards": _CARDS,
    "members": _MEMBERS,
}
"""Queries that fill the temporary tables, in their order."""
CARD = """
paper_id, title, list_slice(string_split(authors, ', '), 1, 4) AS names, n_authors, organization,
papers.listed_on, papers.upvotes, cards.n_gained, comments, github_stars, code_url, code_state,
topics, coalesce(summary, left(abstract, 900)) AS lead, arxiv_url, hf_url, papers.is_withdrawn,
thumbnail_url
"""
"""What a card shows, of `mart.papers AS papers` joined with `cards`."""
EXPORTED = 60
"""The most papers of a topic or an author that an export has, the newest: so a night that adds one
writes a file of a page's length, however many papers the topic has."""

_FILTERS = """
INSERT INTO members
SELECT 'filters', $name, NULL, paper_id FROM mart.papers
WHERE
    NOT is_withdrawn
    AND ($topics = [] OR len(matched_topics(topics_of(topics), $topics)) > 0)
    AND ($words = [] OR len(matched_words(text_of(title, abstract), $words)) > 0)
    AND (
        $authors = []
        OR len(matched_authors(
            names_of(authors), parts_of_names(names_of(authors)), asked_names($authors)
        )) > 0
    )
    AND ($min_votes = 0 OR upvotes >= $min_votes)
    AND (NOT $code OR code_url IS NOT NULL)
"""


class Contents:
    """What is published, as pages; its tables are temporary ones of the connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        fewest_papers: int,
        filters: Mapping[str, FilterSettings],
    ) -> None:
        self._connection = connection
        for table, query in _TABLES.items():
            filled = query.format(fewest=fewest_papers) if table == "authorships" else query
            connection.execute(f"CREATE TEMP TABLE {table} AS {filled}")
        self.choose("filters", name=list(filters))
        if filters:
            define_matching(connection)
        for name, wanted in filters.items():
            given = {key: list(v) if isinstance(v, tuple) else v for key, v in wanted}
            connection.execute(_FILTERS, {"name": name, **given})

    def choose(self, table: str, **columns: Sequence[str]) -> None:
        """Make a temporary table of texts, of what is to be filled."""
        rows = pa.table({name: pa.array(texts, "string") for name, texts in columns.items()})
        self._connection.register("given", rows)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM given")
        self._connection.unregister("given")

    def choose_lists(self, table: str, lists: Sequence[tuple[str, str]]) -> None:
        """Make a temporary table of folder and name of lists that are to be filled."""
        self.choose(table, folder=[folder for folder, _ in lists], name=[name for _, name in lists])

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query. Texts have no character in them that does not print."""
        found = self._connection.execute(query, parameters or None).to_arrow_table()
        return [dict(zip(found.column_names, row, strict=True)) for row in _printable(found)]

    def grouped(self, query: str, by: str, **parameters: Any) -> dict[Any, list[dict[str, Any]]]:
        """The rows of a query, by the value of a column, in their order."""
        groups: dict[Any, list[dict[str, Any]]] = {}
        for row in self.rows(query, **parameters):
            groups.setdefault(row[by], []).append(row)
        return groups


def _printable(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows as tuples, the texts in them on one line."""
    columns = []
    for column in rows.columns:
        values = column.to_pylist()
        if pa.types.is_string(column.type):
            values = [_shown(value) for value in values]
        elif pa.types.is_list(column.type):
            values = [value and [_shown(text) for text in value] for value in values]
        columns.append(values)
    return zip(*columns, strict=True)


def _shown(text: str | None) -> str | None:
    return text if text is None or text.isprintable() else printable(text)
