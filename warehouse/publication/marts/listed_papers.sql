-- One row per source and paper: when the source first listed the paper in an issue with a date, and
-- how long that was after arXiv. Issues without a date do not count, nor does an announcement that a
-- paper was replaced. Withdrawn papers are left out.
-- Materialized by listed_on: most other marts read it. Only last_seen_at depends on ops.issue_outcomes.
--
-- source: The publisher: huggingface, arxiv, …
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line, from the source that knows most of the paper.
-- title_as_listed: The title as that issue prints it.
-- listed_on: Date of the first issue that listed it. All marts count ages from midnight UTC of this
--     date.
-- issue_id: That issue.
-- n_issues: Issues with a date that ever listed it. Unit: issues.
-- published_at: When the paper was first published on arXiv; NULL when not known.
-- lag_days: Time from the day of published_at to listed_on; NULL when not known. Unit: days.
-- first_seen_at: When the source was first seen to list it.
-- last_seen_at: When the source was last seen to list it, including fetches that changed nothing.
WITH looks AS (
    SELECT issue_id, captured_at AS looked_at FROM core.issue_captures
    UNION ALL
    SELECT issue_id, captured_at FROM ops.issue_outcomes WHERE outcome = 'unchanged'
),

issues AS (
    SELECT
        issues.issue_id,
        issues.source,
        issues.issued_on,
        issues.last_seen_at AS newest_body_at,
        max(looks.looked_at) AS looked_at
    FROM core.issues
    JOIN looks USING (issue_id)
    GROUP BY ALL
),

chosen AS (
    SELECT DISTINCT paper_id
    FROM core.listings
    JOIN issues USING (issue_id)
    WHERE
        getvariable('months') IS NULL
        OR list_contains(getvariable('months'), date_trunc('month', issued_on)::DATE)
),

-- a paper in the newest body was still listed at every later fetch that found the issue unchanged
sightings AS (
    SELECT
        issues.source,
        listings.paper_id,
        listings.issue_id,
        CASE
            WHEN listings.listing_type NOT IN ('replace', 'replace-cross') THEN issues.issued_on
        END AS listed_on,
        listings.first_seen_at,
        CASE
            WHEN listings.last_seen_at = issues.newest_body_at THEN issues.looked_at
            ELSE listings.last_seen_at
        END AS last_seen_at
    FROM core.listings
    JOIN issues USING (issue_id)
    SEMI JOIN chosen USING (paper_id)
),

-- the first issue is the smallest text of date and id; min_by of both takes twice as long
papers AS (
    SELECT
        source,
        paper_id,
        min(listed_on) AS listed_on,
        substr(min(listed_on || issue_id), 11) AS issue_id,
        count(listed_on) AS n_issues,
        min(first_seen_at) AS first_seen_at,
        max(last_seen_at) AS last_seen_at
    FROM sightings
    GROUP BY ALL
)

SELECT
    papers.source,
    paper_id,
    said.title,
    listings.title_as_listed,
    papers.listed_on,
    papers.issue_id,
    papers.n_issues,
    said.published_at,
    papers.listed_on - make_timestamp(epoch_us(said.published_at))::DATE AS lag_days,
    papers.first_seen_at,
    papers.last_seen_at
FROM papers
JOIN core.listings USING (issue_id, paper_id)
JOIN core.papers AS said USING (paper_id)
WHERE papers.listed_on IS NOT NULL AND said.withdrawn_at IS NULL
