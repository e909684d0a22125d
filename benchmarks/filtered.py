"""Questions about a few papers, asked of the marts and by SQL written by hand on native tables.

    python -m benchmarks.filtered [--papers 2000000]

Papers are generated. Both queries of a pair must give the same rows; the ratio of their medians is
what the marts cost, or save.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.marts import make_publication
from benchmarks.measuring import machine


class Pair(NamedTuple):
    """A question, and the two queries that answer it."""

    question: str
    mart: str
    by_hand: str


_FIRST = """
first AS (
    SELECT paper_id, min(issued_on) AS listed_on
    FROM core.listings JOIN core.issues USING (issue_id) GROUP BY ALL
)
"""
_ADDRESS = "'https://huggingface.co/papers/' || paper_id AS hf_url"
_VOTES = "(SELECT paper_id, max_by(upvotes, observed_at) AS upvotes FROM core.observations"
_LAST_MONTH = "(SELECT max(issued_on) FROM core.issues) - 30"

PAIRS = (
    Pair(
        "papers of the last 30 days with abstract, votes and code",
        f"""
        SELECT paper_id, title, abstract, upvotes, code_url FROM mart.papers
        WHERE listed_on > {_LAST_MONTH}
        """,
        f"""
        WITH listed AS (
            SELECT DISTINCT paper_id FROM core.listings JOIN core.issues USING (issue_id)
            WHERE issued_on > {_LAST_MONTH}
        )
        SELECT paper_id, title, abstract, upvotes, code_url FROM listed
        JOIN (SELECT paper_id, title, abstract FROM core.paper_versions WHERE valid_to IS NULL)
            USING (paper_id)
        LEFT JOIN {_VOTES} SEMI JOIN listed USING (paper_id) GROUP BY ALL) USING (paper_id)
        LEFT JOIN derived.paper_facts USING (paper_id)
        """,
    ),
    Pair(
        "one paper",
        "SELECT paper_id, title, abstract, upvotes, hf_url FROM mart.papers "
        "WHERE paper_id = '00012345'",
        f"""
        SELECT paper_id, title, abstract, upvotes, {_ADDRESS}
        FROM core.paper_versions
        LEFT JOIN {_VOTES} WHERE paper_id = '00012345' GROUP BY ALL) USING (paper_id)
        WHERE paper_id = '00012345' AND valid_to IS NULL
        """,
    ),
    Pair(
        "the ten papers with most votes",
        "SELECT paper_id, title, upvotes FROM mart.papers ORDER BY upvotes DESC, paper_id LIMIT 10",
        f"""
        SELECT paper_id, title, upvotes FROM core.paper_versions
        JOIN {_VOTES} GROUP BY ALL) USING (paper_id)
        WHERE valid_to IS NULL ORDER BY upvotes DESC, paper_id LIMIT 10
        """,
    ),
    Pair(
        "a topic's papers of the last 30 days with code",
        f"""
        SELECT paper_id, title, code_url, {_ADDRESS} FROM mart.paper_topics
        WHERE topic = 'topic 7' AND code_state = 'linked' AND listed_on > {_LAST_MONTH}
        """,
        f"""
        WITH {_FIRST}
        SELECT paper_id, title, code_url, {_ADDRESS}
        FROM (
            SELECT DISTINCT paper_id FROM derived.paper_topics
            WHERE topic = 'topic 7' AND confidence >= 0.7
        )
        JOIN (SELECT paper_id, code_url FROM derived.paper_facts WHERE code = 'linked')
            USING (paper_id)
        JOIN first USING (paper_id)
        JOIN (SELECT paper_id, title FROM core.paper_versions WHERE valid_to IS NULL)
            USING (paper_id)
        WHERE first.listed_on > {_LAST_MONTH}
        """,
    ),
    Pair(
        "the papers by somebody",
        f"SELECT paper_id, title, listed_on, {_ADDRESS} FROM mart.paper_authors "
        "WHERE name_key = 'author 1234'",
        f"""
        WITH {_FIRST}
        SELECT paper_id, title, first.listed_on, {_ADDRESS}
        FROM (
            SELECT DISTINCT paper_id FROM core.paper_authors
            WHERE name_key = 'author 1234' AND is_current IS NOT FALSE AND is_hidden IS NOT TRUE
        )
        JOIN first USING (paper_id)
        JOIN (SELECT paper_id, title FROM core.paper_versions WHERE valid_to IS NULL)
            USING (paper_id)
        """,
    ),
)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=2_000_000)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each query")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "generated.duckdb"
        print(machine())
        make_publication(file, arguments.papers)
        print(f"{file.stat().st_size / 2**20:,.0f} MiB\n")
        print("| question | rows | mart, ms | by hand, ms | ratio |\n|---|---:|---:|---:|---:|")
        with duckdb.connect(
            str(file), read_only=True, config={"memory_limit": "2GB"}
        ) as connection:
            for pair in PAIRS:
                print(_compared(connection, pair, arguments.repeat), flush=True)


def _compared(connection: duckdb.DuckDBPyConnection, pair: Pair, repeat: int) -> str:
    """A row of the table. The two queries take turns; the first run of each is not counted."""
    taken: dict[str, list[float]] = {pair.mart: [], pair.by_hand: []}
    rows: list[list[tuple[object, ...]]] = []
    for _ in range(repeat + 1):
        for query, times in taken.items():
            begun = time.perf_counter()
            found = connection.execute(query).fetchall()
            times.append(time.perf_counter() - begun)
            rows.append(sorted(found))
    if any(found != rows[0] for found in rows):
        raise RuntimeError(f"{pair.question}: the two queries give different rows")
    mart, by_hand = (statistics.median(times[1:]) * 1000 for times in taken.values())
    n_rows = f"{len(rows[0]):,}"
    return f"| {pair.question} | {n_rows} | {mart:.0f} | {by_hand:.0f} | {mart / by_hand:.2f} |"


if __name__ == "__main__":
    main()
