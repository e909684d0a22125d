"""Which pages there are, and a key of what each shows: a page is written anew if its key changed.

The keys are sums of hashes that DuckDB takes of the rows a page is made of, in the same read-only
connection from which the pages are then filled. So nobody has to tell what a load touched, and what
a crash left out is found by the next build. When a paper was last looked at is in no key, and pages
of authors and systems show no votes: else a night would write them all. All rows are those of the
marts, and of the lineage columns behind them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from flows.settings.sections import FilterSettings
from tasks.parse.text import printable
from warehouse.query.digest import define_matching

_CARDS = """
CREATE TEMP TABLE cards AS
WITH looked AS (
    SELECT source, max(make_timestamp(epoch_us(held_until_at))::DATE) AS looked_on
    FROM mart.upvote_curves GROUP BY ALL
),

counts AS (
    SELECT source, paper_id, observed_at, upvotes,
        make_timestamp(epoch_us(observed_at))::DATE AS observed_on, looked_on
    FROM mart.upvote_curves JOIN looked USING (source)
),

gained AS (
    SELECT paper_id, sum(n_gained)::BIGINT AS n_gained FROM (
        SELECT source, paper_id,
            max_by(upvotes, observed_at)
            - max_by(upvotes, observed_at) FILTER (observed_on < looked_on) AS n_gained
        FROM counts GROUP BY ALL
    ) GROUP BY ALL
),

revised AS (
    SELECT paper_id, max(revised_at) AS revised_at FROM mart.revisions
    WHERE is_title_changed OR is_abstract_changed OR is_code_link_added GROUP BY ALL
),

shown AS (
    SELECT
        paper_id, title, list_slice(string_split(authors, ', '), 1, 4) AS names, n_authors,
        organization, listed_on, upvotes, nullif(greatest(n_gained, 0), 0) AS n_gained, comments,
        github_stars, code_url, code_state, topics, coalesce(summary, left(abstract, 900)) AS lead,
        arxiv_url, hf_url, is_withdrawn, thumbnail_url,
        greatest(listed_on::TIMESTAMPTZ, revised_at) AS updated_at
    FROM mart.papers LEFT JOIN gained USING (paper_id) LEFT JOIN revised USING (paper_id)
)

SELECT *, hash(shown) AS key,
    hash(paper_id, title, names, n_authors, organization, listed_on, code_url, code_state, topics,
        lead, arxiv_url, thumbnail_url) AS text_key,
    hash(paper_id, title, names, listed_on, code_url, topics, lead, updated_at) AS feed_key
FROM shown
"""
_LISTED = """
CREATE TEMP TABLE listed AS
SELECT
    source, paper_id, listed_on, issue_id, strftime(listed_on, '%Y-%m') AS month,
    strftime(listed_on, '%G-W%V') AS week
FROM mart.listed_papers
"""
_MEMBERS = """
CREATE TEMP TABLE members AS
SELECT 'days' AS folder, listed_on::VARCHAR AS name, source, paper_id FROM listed
UNION ALL SELECT 'weeks', week, source, paper_id FROM listed
UNION ALL SELECT 'months', month, source, paper_id FROM listed
UNION ALL SELECT 'topics', topic, NULL, paper_id FROM mart.paper_topics
UNION ALL SELECT 'authors', name_key, NULL, paper_id FROM mart.paper_authors
    QUALIFY count(*) OVER (PARTITION BY name_key) >= {fewest}
UNION ALL SELECT 'systems', name_key, NULL, paper_id FROM mart.new_systems
    QUALIFY n_same_name >= 2 AND row_number() OVER (PARTITION BY name_key, paper_id) = 1
"""
EXPORTED = 60
"""The most papers of a topic or an author that an export has, the newest: so a night that adds one
writes a file of a page's length, however many papers the topic has."""
_PARTS = {
    "cards": """
        SELECT folder, name,
            hash(CASE WHEN folder IN ('authors', 'systems') THEN text_key ELSE key END, source)
        FROM members JOIN cards USING (paper_id)
    """,
    "feeds": """
        SELECT 'feeds', folder || '/' || name, hash(feed_key)
        FROM members JOIN cards USING (paper_id)
        WHERE folder IN ('topics', 'authors', 'filters') AND listed_on IS NOT NULL
    """,
    "exports": """
        SELECT 'exports', folder || '/' || name, hash(text_key)
        FROM members JOIN cards USING (paper_id)
        WHERE folder IN ('days', 'weeks', 'months', 'filters')
    """,
    "exports of the newest": f"""
        SELECT 'exports', folder || '/' || name, hash(text_key) FROM (
            SELECT folder, name, text_key FROM members JOIN cards USING (paper_id)
            WHERE folder IN ('topics', 'authors')
            QUALIFY row_number() OVER (
                PARTITION BY folder, name ORDER BY listed_on DESC NULLS LAST, paper_id DESC
            ) <= {EXPORTED}
        )
    """,
    "neighbours": """
        SELECT folder, name, hash(
            lag(name) OVER (PARTITION BY folder ORDER BY name),
            lead(name) OVER (PARTITION BY folder ORDER BY name)
        )
        FROM (SELECT DISTINCT folder, name FROM members WHERE folder IN ('days', 'weeks', 'months'))
    """,
    "topics of weeks": """
        SELECT 'weeks', strftime(listed_on, '%G-W%V'), hash(row) FROM mart.topic_activity AS row
    """,
    "topics of months": """
        SELECT 'months', strftime(listed_on, '%Y-%m'), hash(row) FROM mart.topic_activity AS row
    """,
    "topic in time": """
        SELECT 'topics', topic, hash(row) FROM mart.topic_activity AS row WHERE topic IS NOT NULL
    """,
    "momentum": """
        SELECT 'topics', topic, hash(row) FROM mart.topic_momentum AS row
        WHERE week_on >= (SELECT max(week_on) - 14 FROM mart.topic_momentum)
    """,
    "papers": """
        SELECT 'papers', paper_id, hash(cards.key, papers.abstract, papers.n_revisions,
            papers.project_url, papers.published_at, papers.sources, papers.systems)
        FROM mart.papers AS papers JOIN cards USING (paper_id)
    """,
    "authors": """
        SELECT 'papers', authors.paper_id,
            hash(name_key, authors.name, position, members.name IS NOT NULL)
        FROM mart.paper_authors AS authors LEFT JOIN members
            ON members.folder = 'authors' AND members.name = name_key
            AND members.paper_id = authors.paper_id
    """,
    "votes": """
        SELECT 'papers', paper_id, hash(source, observed_at, upvotes, comments)
        FROM mart.upvote_curves
    """,
    "revisions": "SELECT 'papers', paper_id, hash(row) FROM mart.revisions AS row",
    "claims": "SELECT 'papers', paper_id, hash(row) FROM mart.claims AS row",
    "systems": "SELECT 'papers', paper_id, hash(row) FROM mart.new_systems AS row",
    "listings": """
        SELECT 'papers', paper_id, hash(issue_id, rank, removed_at, payload_sha256, record_index)
        FROM core.listings
    """,
}
"""Queries for the folder of a page, its name, and the hash of a row that it shows."""

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
    """What is published, as pages. Its tables `cards`, `listed` and `members` are temporary ones of
    the connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        fewest_papers: int,
        filters: Mapping[str, FilterSettings],
    ) -> None:
        self._connection = connection
        for query in (_CARDS, _LISTED, _MEMBERS.format(fewest=fewest_papers)):
            connection.execute(query)
        if filters:
            define_matching(connection)
        for name, wanted in filters.items():
            given = {key: list(v) if isinstance(v, tuple) else v for key, v in wanted}
            connection.execute(_FILTERS, {"name": name, **given})

    def keys(self) -> dict[tuple[str, str], str]:
        """The key of every page, by folder and name; a name is that of a row, not of a file."""
        parts = " UNION ALL ".join(f"({query})" for query in _PARTS.values())
        found = self._connection.execute(
            "SELECT folder, name, sum(key)::VARCHAR FROM "
            f"({parts}) AS parts (folder, name, key) GROUP BY ALL ORDER BY ALL"
        )
        return {(folder, name): key for folder, name, key in found.fetchall()}

    def choose(self, table: str, **columns: Sequence[str]) -> None:
        """Make a temporary table of texts, of what is to be filled."""
        rows = pa.table({name: pa.array(texts, "string") for name, texts in columns.items()})
        self._connection.register("given", rows)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM given")
        self._connection.unregister("given")

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


def differing(keys: Mapping[str, str], shown: Mapping[str, str]) -> set[str]:
    """The pages whose keys are not those that are shown."""
    return {path for path, key in keys.items() if shown.get(path) != key}
