"""A key of what each page shows: a page is written anew if its key changed.

The keys are sums of hashes that DuckDB takes of the rows a page is made of, in the same read-only
connection from which the pages are then filled. So nobody has to tell what a load touched, and what
a crash left out is found by the next build. When a paper was last looked at is in no key, and pages
of authors and systems show no votes: else a night would write them all.
"""

from flows.site.contents import EXPORTED

_PAPERS = {
    "papers": "SELECT paper_id, page_key FROM cards",
    "authors": "SELECT paper_id, hash(name_key, name, position, has_page) FROM authorships",
    "votes": "SELECT paper_id, key FROM counts",
    "revisions": "SELECT paper_id, hash(row) FROM revisions AS row",
    "claims": "SELECT paper_id, hash(row) FROM mart.claims AS row",
    "systems": "SELECT paper_id, hash(row) FROM introduced AS row",
    "listings": """
        SELECT paper_id, hash(issue_id, rank, removed_at, payload_sha256, record_index)
        FROM core.listings
    """,
}
"""Queries for a paper, and the hash of a row that its page shows."""
_MORE = {
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
    "topic in time": "SELECT 'topics', topic, hash(row) FROM mart.topic_activity AS row",
    "momentum": """
        SELECT 'topics', topic, hash(row) FROM momentum AS row
        WHERE week_on >= (SELECT max(week_on) - 14 FROM momentum)
    """,
}
"""Queries for the folder and the name of a list, and the hash of a row that its page shows beside
its papers."""
_SHARDS = """
SELECT 'search', coalesce(strftime(listed_on, '%Y-%m'), 'undated'),
    sum(hash(paper_id, title, authors, listed_on, upvotes, topics, systems)), NULL, NULL
FROM mart.papers WHERE NOT is_withdrawn GROUP BY ALL
"""
PAGES = f"""
WITH lists AS MATERIALIZED (
    SELECT folder, name, count(*) AS n_papers,
        sum(hash(CASE WHEN folder IN ('authors', 'systems') THEN text_key ELSE key END, source))
        AS page,
        sum(feed_key) FILTER (
            folder IN ('topics', 'authors', 'filters') AND listed_on IS NOT NULL
        ) AS feed,
        sum(text_key) FILTER (folder != 'systems') AS export
    FROM members JOIN cards USING (paper_id) GROUP BY ALL
),

long AS (
    SELECT folder, name, list_sum(max_by(text_key, recency, {EXPORTED})) AS export
    FROM members JOIN cards USING (paper_id)
    SEMI JOIN (
        FROM lists WHERE folder IN ('topics', 'authors') AND n_papers > {EXPORTED}
    ) USING (folder, name)
    GROUP BY ALL
),

more AS (
    SELECT folder, name, sum(key) AS page FROM ({" UNION ALL ".join(_MORE.values())})
        AS more (folder, name, key)
    GROUP BY ALL
),

pages (folder, name, page, feed, export) AS (
    SELECT folder, name, lists.page + coalesce(more.page, 0), feed,
        coalesce(long.export, lists.export)
    FROM lists LEFT JOIN more USING (folder, name) LEFT JOIN long USING (folder, name)
    -- whoever follows a filter that no paper has passed yet finds an empty feed
    UNION ALL
    SELECT 'filters', filters.name, NULL, 0, NULL
    FROM filters ANTI JOIN lists ON lists.folder = 'filters' AND lists.name = filters.name
    UNION ALL
    SELECT 'papers', paper_id, sum(key), NULL, NULL
    FROM ({" UNION ALL ".join(_PAPERS.values())}) AS papers (paper_id, key) GROUP BY ALL
    UNION ALL
    {_SHARDS}
)

SELECT folder, name, (page % 18446744073709551616)::UBIGINT AS page,
    (feed % 18446744073709551616)::UBIGINT AS feed,
    (export % 18446744073709551616)::UBIGINT AS export
FROM pages
"""
"""Folder and name of each page, which is that of a row and not of a file, and the keys of the page,
its feed and its export; NULL where there is none."""
