"""Bare DuckDB: `read_json`, SQL, and partitioned Parquet."""

import duckdb

from benchmarks.contenders.shape import KEYS, arguments, tell

_ITEMS = """
CREATE TEMP TABLE items AS
SELECT regexp_extract(filename, '([0-9-]{10})[.]json', 1) AS day, day[:7] AS month,
       'huggingface:daily:' || day AS issue_id, item,
       row_number() OVER (PARTITION BY filename) AS rank
FROM read_json(?, format = 'array', records = false, filename = true, union_by_name = true,
               columns = {'json': 'JSON'}, maximum_object_size = 33554432) AS t(item, filename)
"""
_TABLES = {
    "issues": "SELECT issue_id, day AS issued_on, count(*) AS n, month FROM items GROUP BY ALL",
    "listings": "SELECT issue_id, item->>'$.paper.id' AS paper_id, rank, "
    "item->>'$.title' AS title_as_listed, month FROM items",
    "papers": "SELECT DISTINCT ON (paper_id) item->>'$.paper.id' AS paper_id, "
    "item->>'$.paper.title' AS title, item->>'$.paper.summary' AS abstract, "
    "(item->>'$.paper.publishedAt')::TIMESTAMP AS published_at, "
    "item->>'$.paper.githubRepo' AS github_repo, item->>'$.paper.ai_summary' AS ai_summary, month "
    "FROM items",
    "authors": "SELECT DISTINCT ON (paper_id, position) paper_id, position, a->>'$.name' AS name, "
    "(a->>'$.hidden')::BOOLEAN AS hidden, month "
    "FROM (SELECT item->>'$.paper.id' AS paper_id, month, unnest(item->'$.paper.authors[*]') AS a, "
    "generate_subscripts(item->'$.paper.authors[*]', 1) AS position FROM items)",
    "observations": "SELECT DISTINCT item->>'$.paper.id' AS paper_id, "
    "(item->>'$.paper.upvotes')::BIGINT AS upvotes, (item->>'$.numComments')::BIGINT AS comments, "
    "(item->>'$.paper.githubStars')::BIGINT AS github_stars, month FROM items",
}


def main() -> None:
    """Load a folder into Parquet, all months anew."""
    source, target = arguments()
    with duckdb.connect() as connection:
        connection.execute(_ITEMS, [str(source / "*.json")])
        for name in KEYS:
            connection.execute(
                f"COPY ({_TABLES[name]}) TO '{target / name}' "
                "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month), OVERWRITE)"
            )
        parquet = {n: f"SELECT count(*) FROM '{target / n}/*/*.parquet'" for n in KEYS}
        tell({n: connection.execute(query).fetchall()[0][0] for n, query in parquet.items()})


if __name__ == "__main__":
    main()
