"""Made-up papers in the described tables, written in SQL by the database itself.

Every paper is listed once, looked at three times, names a system and has five authors; every second
one claims something, one in ten has said something else before. No text means anything. The days
of two million end before those of the bundled sample begin.
"""

import duckdb

_PER_DAY = 500
_LINEAGE = (
    "'run' AS run_id, 'sha' AS payload_sha256, 'made/1' AS parser_version, now() AS loaded_at"
)
_TAIL = (
    "'title' AS found_in, 0 AS span_start, 9 AS span_end, 0.9 AS confidence, "
    "'sha' AS content_sha256, 'made/1' AS extractor_version, paper_month"
)
_MADE = f"""
CREATE TEMP TABLE made AS
SELECT
    i,
    printf('%08d', i) AS paper_id,
    DATE '2015-01-01' + (i // {_PER_DAY})::INTEGER AS day_on,
    'huggingface:daily:' || day_on AS issue_id,
    day_on::TIMESTAMP + INTERVAL 27 HOUR AS looked_at,
    strftime(day_on, '%Y-%m') AS month
FROM range($n) AS papers (i)
"""
_ROWS = {
    "core.issues": f"""
        SELECT DISTINCT issue_id, 'huggingface' AS source, 'daily' AS edition, day_on AS issue_key,
            day_on AS issued_on, looked_at + INTERVAL 6 DAY AS captured_at, 'settled' AS state,
            {_PER_DAY} AS n_parsed, {_PER_DAY} AS n_accepted, 0 AS n_quarantined, 0 AS n_duplicate,
            looked_at AS first_seen_at, looked_at + INTERVAL 6 DAY AS last_seen_at,
            month AS issue_month, {_LINEAGE}
        FROM made
    """,
    "core.issue_captures": f"""
        SELECT issue_id, first_seen_at + to_days(d) AS captured_at, state, n_parsed, n_accepted,
            n_quarantined, n_duplicate, issue_month, {_LINEAGE}
        FROM core.issues, (VALUES (0), (1), (6)) AS later (d)
    """,
    "core.listings": f"""
        SELECT issue_id, paper_id, i % {_PER_DAY} + 1 AS rank, 'Paper ' || i AS title_as_listed,
            'listed' AS listing_type, 'reader-' || (hash(i) % 5000) AS submitter,
            'Lab ' || (hash(i, 1) % 3000) AS organization, looked_at AS first_seen_at,
            looked_at + INTERVAL 6 DAY AS last_seen_at, month AS issue_month, {_LINEAGE}
        FROM made
    """,
    "core.paper_versions": f"""
        SELECT paper_id, looked_at + to_days(v) AS valid_from,
            CASE WHEN v = 0 AND i % 10 = 0 THEN looked_at + INTERVAL 1 DAY END AS valid_to,
            paper_id AS arxiv_id, 'Name' || i || ': a paper' AS title, 'name' || i AS title_key,
            repeat('words of an abstract ', 15) || i AS abstract,
            looked_at - INTERVAL 50 HOUR AS published_at,
            CASE WHEN (i + v) % 3 = 0 THEN 'https://github.com/example/' || i END AS github_repo,
            list_transform([1, 2, 3, 4], lambda k: 'term ' || (hash(i, k) % 50000)) AS ai_keywords,
            'sha' AS content_sha256, month AS paper_month, {_LINEAGE}
        FROM made, (VALUES (0), (1)) AS versions (v)
        WHERE v = 0 OR i % 10 = 0
    """,
    "core.paper_authors": f"""
        SELECT paper_id, position, 'Author ' || (hash(i, position) % 400000) AS name,
            lower(name) AS name_key, false AS is_hidden, looked_at AS seen_at,
            month AS paper_month, {_LINEAGE}
        FROM made, range(1, 6) AS places (position)
    """,
    "core.observations": f"""
        SELECT paper_id, 'huggingface' AS source, looked_at + to_days(d) AS observed_at,
            hash(i) % 50 + d * 3 AS upvotes, d AS comments, hash(i, 2) % 900 + d AS github_stars,
            month AS observed_month, {_LINEAGE}
        FROM made, (VALUES (0), (1), (6)) AS later (d)
    """,
    "derived.paper_facts": f"""
        SELECT paper_id, CASE i % 3 WHEN 0 THEN 'linked' WHEN 1 THEN 'promised' ELSE 'none' END
            AS code, CASE WHEN i % 3 = 0 THEN 'https://github.com/example/' || i END AS code_url,
            0 AS n_links, 1 AS n_systems, 1 AS n_claims, 3 AS n_topics, {_TAIL}
        FROM (SELECT *, month AS paper_month FROM made)
    """,
    "derived.paper_systems": f"""
        SELECT paper_id, 'Name' || (i % 900000) AS name, 'name' || (i % 900000) AS name_key,
            'title' AS pattern, {_TAIL}
        FROM (SELECT *, month AS paper_month FROM made)
    """,
    "derived.paper_claims": f"""
        SELECT paper_id, 'speedup' AS kind, (hash(i) % 90) / 10 AS value, 'x' AS unit,
            'It is faster.' AS sentence, {_TAIL}
        FROM (SELECT *, month AS paper_month FROM made)
        WHERE i % 2 = 0
    """,
    "derived.paper_topics": f"""
        SELECT paper_id, 'topic ' || (i * 7 + t * 13) % 90 AS topic, 'area' AS area,
            'phrase' AS method, 'word' AS evidence, {_TAIL}
        FROM (SELECT *, month AS paper_month FROM made), range(3) AS topics (t)
    """,
}


def generate(connection: duckdb.DuckDBPyConnection, n_papers: int) -> None:
    """Fill the tables of an empty publication with so many papers."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(_MADE, {"n": n_papers})
    for name, query in _ROWS.items():
        connection.execute(f"INSERT INTO {name} BY NAME {query}")
    connection.execute("DROP TABLE made")
