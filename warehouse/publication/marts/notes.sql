-- Why a ranking has no row for a source: one row for each of the marts that need votes, stars or looks
-- on certain days, and each source that it says nothing about. A mart and source without a row here
-- has rows there.
--
-- mart: The mart.
-- basis: For mart.top_papers, the basis without rows; else NULL.
-- source: The publisher: huggingface, arxiv, …
-- note: Why, and what to read instead.
WITH looks AS (
    SELECT issue_id, captured_at AS looked_at FROM core.issue_captures
    UNION ALL
    SELECT issue_id, captured_at FROM ops.issue_outcomes WHERE outcome = 'unchanged'
),

newest AS (
    SELECT issues.source, max(looks.looked_at) AS looked_at
    FROM core.issues
    LEFT JOIN looks USING (issue_id)
    GROUP BY ALL
),

counts AS (
    SELECT source, count(upvotes) > 0 AS has_votes, count(github_stars) > 0 AS has_stars
    FROM core.observations
    GROUP BY ALL
),

days AS (
    SELECT source, max(listed_on) AS newest_on FROM mart.listed_papers GROUP BY ALL
),

known AS (
    SELECT
        source,
        make_timestamp(epoch_us(newest.looked_at))::DATE AS looked_on,
        days.newest_on,
        coalesce(counts.has_votes, false) AS has_votes,
        coalesce(counts.has_stars, false) AS has_stars
    FROM newest
    LEFT JOIN counts USING (source)
    LEFT JOIN days USING (source)
),

possible AS (
    SELECT
        'rising_papers' AS mart,
        NULL AS basis,
        source,
        CASE
            WHEN NOT has_votes THEN 'It shows no votes.'
            WHEN newest_on IS NULL THEN 'None of its lists has a date.'
            ELSE
                'No paper is young: the newest was listed on ' || newest_on || ', its newest capture '
                || 'is of ' || looked_on || ', and only papers listed within 14 days before that are '
                || 'scored. mart.top_papers with basis ''latest'' ranks all papers.'
        END AS note
    FROM known
    UNION ALL
    SELECT
        'top_papers',
        'equal age',
        source,
        CASE
            WHEN NOT has_votes THEN 'It shows no votes.'
            WHEN newest_on IS NULL THEN 'None of its lists has a date.'
            ELSE
                'None of its issues was looked at when it was 2, 7 or 14 days old. Basis ''latest'' '
                || 'compares the latest votes instead.'
        END
    FROM known
    UNION ALL
    SELECT
        'top_papers',
        'latest',
        source,
        CASE
            WHEN NOT has_votes THEN 'It shows no votes.' ELSE 'None of its lists has a date.'
        END
    FROM known
    UNION ALL
    SELECT
        'star_growth',
        NULL,
        source,
        CASE
            WHEN NOT has_stars THEN 'It shows no stars of repositories.'
            WHEN newest_on IS NULL THEN 'None of its lists has a date.'
            ELSE 'No paper was seen with stars at two times a day or more apart.'
        END
    FROM known
),

answered AS (
    SELECT DISTINCT 'rising_papers' AS mart, NULL AS basis, source FROM mart.rising_papers
    UNION ALL
    SELECT DISTINCT 'top_papers', basis, source FROM mart.top_papers
    UNION ALL
    SELECT DISTINCT 'star_growth', NULL, source FROM mart.star_growth
)

SELECT possible.mart, possible.basis, possible.source, possible.note
FROM possible
ANTI JOIN answered
    ON
        possible.mart = answered.mart
        AND possible.source = answered.source
        AND possible.basis IS NOT DISTINCT FROM answered.basis
ORDER BY possible.mart, possible.basis, possible.source
