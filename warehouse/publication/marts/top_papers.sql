-- Papers ranked by their upvotes, in two ways; `basis` says which. `equal age`: the upvotes each had
-- when it was 2, 7 and 14 days old. Age is counted from midnight UTC of the date of the first issue
-- that listed the paper. The votes are those at the first look at that issue at or after that age, if
-- the look came within a day. So a paper that is too young, or was not looked at on that day, has no
-- row for that age, and papers loaded long after their date have none at all (mart.notes says so). A
-- look is a capture of the issue, or a fetch that found it unchanged. `latest`: the latest known
-- upvotes, compared among papers first listed on the same day, in the same week and in the same
-- month; every paper with votes has three rows. Papers without votes and withdrawn papers are left
-- out.
--
-- source: The publisher that counts the votes.
-- basis: `equal age` or `latest`.
-- age_days: For `equal age`: 2, 7 or 14; else NULL. Unit: days.
-- period: For `latest`: `day`, `week` or `month` of the first listing; else NULL.
-- period_on: For `latest`: the day, the Monday of the week or the first day of the month; else NULL.
-- place: Rank among the papers of that source and age, or of that source and period, 1 for the most
--     upvotes; papers with equal votes share a rank.
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line.
-- listed_on: Date of the first issue that listed it.
-- upvotes: Upvotes at that age, or the latest. Unit: votes.
-- comments: Comments at that time; NULL when they were not seen. Unit: comments.
-- counted_at: Time of the look that these votes are from.
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
),

of_equal_age AS (
    SELECT
        counted.source,
        'equal age' AS basis,
        counted.age_days,
        NULL::VARCHAR AS period,
        NULL::DATE AS period_on,
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
),

latest_votes AS (
    SELECT
        paper_id,
        source,
        max(observed_at) AS observed_at,
        max_by(upvotes, observed_at) AS upvotes,
        max_by(comments, observed_at) AS comments
    FROM votes
    GROUP BY ALL
),

latest AS (
    SELECT
        listed.source,
        'latest' AS basis,
        NULL::INTEGER AS age_days,
        periods.period,
        CASE periods.period
            WHEN 'day' THEN listed.listed_on
            ELSE date_trunc(periods.period, listed.listed_on)::DATE
        END AS period_on,
        paper_id,
        listed.title,
        listed.listed_on,
        latest_votes.upvotes,
        latest_votes.comments,
        greatest(listed.last_seen_at, latest_votes.observed_at) AS counted_at
    FROM mart.listed_papers AS listed
    JOIN latest_votes USING (paper_id, source)
    CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS periods (period)
),

compared AS (
    FROM of_equal_age
    UNION ALL
    FROM latest
)

SELECT
    source,
    basis,
    age_days,
    period,
    period_on,
    rank() OVER (
        PARTITION BY source, basis, age_days, period, period_on ORDER BY upvotes DESC
    ) AS place,
    paper_id,
    title,
    listed_on,
    upvotes,
    comments,
    counted_at
FROM compared
ORDER BY source, basis, age_days, period, period_on DESC, place, paper_id
