"""How each table is merged: pure functions from Arrow tables to Arrow tables.

Each orders existing and incoming rows by capture time, so the result does not depend on how a
night's bodies were cut into batches. A value missing from a capture never removes an existing one.
`tasks/merge/engine.py` runs the SQL of each in a private in-memory DuckDB.
"""

import pyarrow as pa

from schemas import Table
from schemas.core import (
    CAPTURES,
    ISSUES,
    LINEAGE,
    LISTINGS,
    OBSERVATIONS,
    PAPER_ALIASES,
    PAPER_AUTHORS,
    PAPER_VERSIONS,
)
from schemas.papers import CONTENT, content_sha256
from schemas.witnesses import rank_sql
from tasks.merge.before_witnesses import with_witnesses
from tasks.merge.engine import NO_REASSIGNMENTS, Merged, Reassignments, merge


def merge_captures(
    existing: pa.Table, incoming: pa.Table, reassignments: Reassignments = NO_REASSIGNMENTS
) -> Merged:
    """Add captures; existing ones stay as they are."""
    merge_sql = _keep_existing(CAPTURES)
    return merge(CAPTURES, existing, incoming, merge_sql, reassignments, scope="issue_id")


def merge_aliases(
    existing: pa.Table, incoming: pa.Table, reassignments: Reassignments = NO_REASSIGNMENTS
) -> Merged:
    """Add aliases; existing ones stay as they are, but for those of papers that are replaced."""
    replaced = Reassignments(papers=reassignments.papers)
    return merge(PAPER_ALIASES, existing, incoming, _keep_existing(PAPER_ALIASES), replaced)


def merge_issues(
    existing: pa.Table, captures: pa.Table, reassignments: Reassignments = NO_REASSIGNMENTS
) -> Merged:
    """Issues, from `captures`: all captures of the issues touched."""
    merge_sql = """
        SELECT
            issue_id,
            split_part(issue_id, ':', 1) AS source,
            split_part(issue_id, ':', 2) AS edition,
            regexp_extract(issue_id, '^[^:]+:[^:]+:(.*)$', 1) AS issue_key,
            TRY_CAST(regexp_extract(issue_id, '^[^:]+:[^:]+:([^.]*)', 1) AS DATE) AS issued_on,
            captured_at, query, url, state,
            n_declared, n_parsed, n_accepted, n_quarantined, n_duplicate,
            min(captured_at) OVER (PARTITION BY issue_id) AS first_seen_at,
            captured_at AS last_seen_at,
            issue_month, run_id, payload_sha256, record_index, parser_version, loaded_at
        FROM incoming
        QUALIFY row_number() OVER (
            PARTITION BY issue_id ORDER BY captured_at DESC, payload_sha256 DESC
        ) = 1
    """
    return merge(ISSUES, existing, captures, merge_sql, reassignments, scope="issue_id")


def merge_listings(
    existing: pa.Table,
    incoming: pa.Table,
    captures: pa.Table,
    reassignments: Reassignments = NO_REASSIGNMENTS,
) -> Merged:
    """Insert incoming listings, update existing ones, and date those that were removed.

    A listing was removed when a later capture of its issue, without records in quarantine, no
    longer has it. `captures` are all captures of the issues touched; an issue with a new capture
    is touched even if that capture lists nothing.
    """
    values = [name for name in LISTINGS.column_names if name not in _LISTING_OWN]
    newest = ", ".join(
        f"arg_max({name}, (last_seen_at, payload_sha256)) AS {name}" for name in values
    )
    merge_sql = f"""
        WITH seen AS (SELECT * FROM touched UNION ALL BY NAME SELECT * FROM incoming),
        merged AS (
            SELECT issue_id, paper_id, min(first_seen_at) AS first_seen_at,
                   max(last_seen_at) AS last_seen_at, {newest}
            FROM seen GROUP BY issue_id, paper_id
        )
        SELECT *, (
            SELECT min(captured_at) FROM captures
            WHERE captures.issue_id = merged.issue_id
              AND captures.captured_at > merged.last_seen_at AND captures.state <> 'partial'
        ) AS removed_at
        FROM merged
    """
    return merge(
        LISTINGS,
        existing,
        incoming,
        merge_sql,
        reassignments,
        scope="issue_id",
        captures=captures,
        within=captures,
    )


def merge_versions(
    existing: pa.Table, incoming: pa.Table, reassignments: Reassignments = NO_REASSIGNMENTS
) -> Merged:
    """One row per change of what a witness says of a paper, each valid until the next.

    Values missing from a sighting are filled from the same witness's sighting before it; a sighting
    that is then equal to the one before is no new version. Witnesses do not see each other's rows.
    """
    carried = ", ".join(
        f"last_value({name} IGNORE NULLS) OVER history AS {name}" for name in CONTENT
    )
    rest = ", ".join([_WITNESS_OF_PAPER, "valid_from", "paper_month", *LINEAGE])
    merge_sql = f"""
        WITH seen AS (SELECT * FROM touched UNION ALL BY NAME SELECT * FROM incoming),
        filled AS (
            SELECT {rest}, {carried}, min(resolved_by) OVER (
                PARTITION BY {_WITNESS_OF_PAPER}, title_key
            ) AS resolved_by FROM seen
            WINDOW history AS (
                PARTITION BY {_WITNESS_OF_PAPER} ORDER BY valid_from, payload_sha256, record_index
                ROWS UNBOUNDED PRECEDING
            )
            QUALIFY row_number() OVER (
                PARTITION BY {_WITNESS_OF_PAPER}, valid_from
                ORDER BY payload_sha256 DESC, record_index DESC
            ) = 1
        ),
        hashed AS (SELECT *, {content_sha256()} AS content_sha256 FROM filled),
        versions AS (
            SELECT * FROM hashed QUALIFY content_sha256 IS DISTINCT FROM
                lag(content_sha256) OVER (PARTITION BY {_WITNESS_OF_PAPER} ORDER BY valid_from)
        ),
        counted AS (
            SELECT paper_id, count(DISTINCT (source, witness)) AS n_witnesses
            FROM versions GROUP BY paper_id
        )
        SELECT versions.*, n_witnesses, lead(valid_from) OVER (
            PARTITION BY {_WITNESS_OF_PAPER} ORDER BY valid_from
        ) AS valid_to
        FROM versions JOIN counted USING (paper_id)
    """
    known = with_witnesses(existing, n_witnesses=1)
    return merge(PAPER_VERSIONS, known, incoming, merge_sql, reassignments)


def merge_authors(
    existing: pa.Table, incoming: pa.Table, reassignments: Reassignments = NO_REASSIGNMENTS
) -> Merged:
    """The newest author list that each witness gives of a paper, with the first capture of this
    list; the list of the witness that knows most is the current one.

    The user and status of a name at a position are filled into later lists that have the name
    there. Most papers have one list, which stays as it is.
    """
    fill = ", ".join(
        f"last_value({name} IGNORE NULLS) OVER same AS {name}"
        for name in ("hf_user", "status", "is_hidden")
    )
    said = ", ".join(f"'{name}': {name}" for name in _AUTHOR_VALUES)
    lineage = ", ".join(f"any_value({name}) AS {name}" for name in ("paper_month", *LINEAGE))
    merge_sql = f"""
        WITH seen AS (
            SELECT * EXCLUDE (is_current) FROM (
                SELECT * FROM touched UNION ALL BY NAME SELECT DISTINCT * FROM incoming
                ANTI JOIN touched USING ({_WITNESS_OF_PAPER}, seen_at, payload_sha256, record_index)
            )
        ),
        several AS (
            SELECT {_WITNESS_OF_PAPER} FROM seen GROUP BY ALL
            HAVING min(seen_at) <> max(seen_at) OR min(payload_sha256) <> max(payload_sha256)
                OR min(record_index) <> max(record_index)
        ),
        numbered AS (
            SELECT *, dense_rank() OVER (
                PARTITION BY {_WITNESS_OF_PAPER} ORDER BY seen_at, payload_sha256, record_index
            ) AS list_number FROM seen SEMI JOIN several USING ({_WITNESS_OF_PAPER})
        ),
        stays AS (
            SELECT *, list_number - row_number() OVER (
                PARTITION BY {_WITNESS_OF_PAPER}, position, name_key ORDER BY list_number
            ) AS stay FROM numbered
        ),
        filled AS (
            SELECT * EXCLUDE (list_number, stay) REPLACE ({fill}) FROM stays
            WINDOW same AS (
                PARTITION BY {_WITNESS_OF_PAPER}, position, name_key, stay ORDER BY list_number
                ROWS UNBOUNDED PRECEDING
            )
        ),
        lists AS (
            SELECT {_WITNESS_OF_PAPER}, seen_at, payload_sha256 AS body,
                   list({{{said}}} ORDER BY position) AS authors, {lineage}
            FROM filled
            GROUP BY {_WITNESS_OF_PAPER}, seen_at, payload_sha256, record_index
        ),
        changed AS (
            SELECT * FROM lists QUALIFY authors IS DISTINCT FROM
                lag(authors) OVER (PARTITION BY {_WITNESS_OF_PAPER} ORDER BY seen_at, body)
        ),
        newest AS (
            SELECT * FROM changed QUALIFY row_number() OVER (
                PARTITION BY {_WITNESS_OF_PAPER} ORDER BY seen_at DESC, body DESC
            ) = 1
        ),
        signed AS (
            SELECT * EXCLUDE (authors, body, author), author.* FROM (
                SELECT *, unnest(authors) AS author FROM newest
            )
            UNION ALL BY NAME SELECT * FROM seen ANTI JOIN several USING ({_WITNESS_OF_PAPER})
        ),
        best AS (
            SELECT paper_id, min({rank_sql("authors")}) AS knows_most FROM signed GROUP BY paper_id
        )
        SELECT signed.*, {rank_sql("authors")} = knows_most AS is_current
        FROM signed JOIN best USING (paper_id)
    """
    known = with_witnesses(existing, is_current=True)
    return merge(PAPER_AUTHORS, known, incoming, merge_sql, reassignments)


def merge_observations(
    existing: pa.Table,
    incoming: pa.Table,
    past: pa.Table,
    reassignments: Reassignments = NO_REASSIGNMENTS,
) -> Merged:
    """The sightings to add: those in which a count differs from the last one recorded.

    `past` has every observation of the papers touched that stays. `existing` has only the months
    that are rewritten because rows in them are removed; usually it is empty.
    """
    counts = ("upvotes", "comments", "github_stars")
    differs = " OR ".join(
        f"({name} IS NOT NULL AND "
        f"{name} IS DISTINCT FROM last_value({name} IGNORE NULLS) OVER earlier)"
        for name in counts
    )
    most = ", ".join(f"max({name}) AS {name}" for name in counts)
    newest = ", ".join(
        f"arg_max({name}, payload_sha256) AS {name}" for name in ("observed_month", *LINEAGE)
    )
    merge_sql = f"""
        WITH sighted AS (
            SELECT {", ".join(OBSERVATIONS.key)}, {most}, {newest}
            FROM incoming ANTI JOIN past USING ({", ".join(OBSERVATIONS.key)}) GROUP BY ALL
        ),
        seen AS (
            SELECT *, false AS is_sighted FROM past
            UNION ALL BY NAME SELECT *, true AS is_sighted FROM sighted
        ),
        changed AS (
            SELECT * FROM seen
            WINDOW earlier AS (
                PARTITION BY paper_id, source ORDER BY observed_at
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
            QUALIFY is_sighted AND ({differs})
        )
        SELECT * FROM touched UNION ALL BY NAME SELECT * EXCLUDE (is_sighted) FROM changed
    """
    return merge(OBSERVATIONS, existing, incoming, merge_sql, reassignments, past=past)


def _keep_existing(table: Table) -> str:
    """SQL that adds incoming rows; existing rows stay as they are."""
    key = ", ".join(table.key)
    added = f"SELECT * FROM incoming ANTI JOIN touched USING ({key})"
    return f"SELECT * FROM touched UNION ALL BY NAME {added}"


_WITNESS_OF_PAPER = "paper_id, source, witness"
"""The columns that tell whose word a row is: a witness's rows are merged among themselves."""
_LISTING_OWN = {"issue_id", "paper_id", "first_seen_at", "last_seen_at", "removed_at"}
_AUTHOR_VALUES = [
    name
    for name in PAPER_AUTHORS.column_names
    if name
    not in {"paper_id", "source", "witness", "seen_at", "is_current", "paper_month", *LINEAGE}
]
