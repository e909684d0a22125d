-- Papers compared at equal age: the upvotes each had when it was 2, 7 and 14 days old, most first.
-- Age is counted from midnight UTC of the date of the first issue that listed the paper. The votes are
-- those at the first look at that issue at or after that age, if the look came within a day. So a
-- paper that is too young, or was not looked at on that day, has no row for that age. A look is a
-- capture of the issue, or a fetch that found it unchanged. Papers without votes and withdrawn papers
-- are left out.
--
-- source: The publisher that counts the votes.
-- age_days: 2, 7 or 14. Unit: days.
-- place: Rank among the papers of that source and age, 1 for the most upvotes; papers with equal
--     votes share a rank.
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line.
-- listed_on: Date of the first issue that listed it.
-- upvotes: Upvotes at that age. Unit: votes.
-- comments: Comments at that age; NULL when they were not seen. Unit: comments.
-- counted_at: Time of that look.
WITH looks AS (
    SELECT issue_id, captured_at AS looked_at FROM core.issue_captures
    UNION ALL
    SELECT issue_id, captured_at FROM ops.issue_outcomes WHERE outcome = 'unchanged'
),

counting AS (
    SELECT
        issues.issue_id,
        issues.last_seen_at AS newest_body_at,
        ages.age_days,
        min(looks.looked_at) AS counted_at
    FROM core.issues
    JOIN looks USING (issue_id)
    CROSS JOIN (VALUES (2), (7), (14)) AS ages (age_days)
    WHERE floor((epoch(looks.looked_at) - epoch(issues.issued_on)) / 86400) = ages.age_days
    GROUP BY ALL
),

-- a paper in the newest body was still listed when a later look found the issue unchanged
counted AS (
    SELECT
        listed.source,
        counting.age_days,
        paper_id,
        listed.title,
        listed.listed_on,
        counting.counted_at
    FROM mart.listed_papers AS listed
    JOIN core.listings USING (issue_id, paper_id)
    JOIN counting USING (issue_id)
    WHERE
        counting.counted_at >= listings.first_seen_at
        AND (
            counting.counted_at <= listings.last_seen_at
            OR listings.last_seen_at = counting.newest_body_at
        )
),

votes AS (
    SELECT paper_id, source, observed_at, upvotes, comments
    FROM core.observations
    WHERE upvotes IS NOT NULL
)

SELECT
    counted.source,
    counted.age_days,
    rank() OVER (
        PARTITION BY counted.source, counted.age_days ORDER BY votes.upvotes DESC
    ) AS place,
    counted.paper_id,
    counted.title,
    counted.listed_on,
    votes.upvotes,
    votes.comments,
    counted.counted_at
FROM counted
ASOF JOIN votes
    ON
        counted.paper_id = votes.paper_id
        AND counted.source = votes.source
        AND counted.counted_at >= votes.observed_at
ORDER BY counted.source, counted.age_days, place, counted.paper_id
