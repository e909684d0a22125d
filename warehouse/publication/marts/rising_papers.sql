-- Young papers that gain votes fast, highest score first. The score is upvotes / (age in hours + 2) ^
-- 1.5 when the source was last seen to list the paper. Age is counted from midnight UTC of the date of
-- the first issue that listed it. A paper is young when it was listed within the 14 days before the
-- newest capture of its source: nights look at these days again, and votes of older papers say nothing
-- about now. So the mart is empty where only old days are loaded; mart.notes then says why. Papers
-- without votes and withdrawn papers are left out.
--
-- source: The publisher that counts the votes.
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line.
-- listed_on: Date of the first issue that listed it.
-- upvotes: Upvotes when last seen. Unit: votes.
-- last_seen_at: When the paper was last seen listed, including fetches that changed nothing.
-- age_h: Its age at last_seen_at. Unit: hours.
-- score: The score. Scores compare best between papers that were last seen at about the same time.
WITH looks AS (
    SELECT issue_id, captured_at AS looked_at FROM core.issue_captures
    UNION ALL
    SELECT issue_id, captured_at FROM ops.issue_outcomes WHERE outcome = 'unchanged'
),

newest AS (
    SELECT issues.source, max(looks.looked_at) AS newest_at
    FROM core.issues
    JOIN looks USING (issue_id)
    GROUP BY ALL
),

votes AS (
    SELECT paper_id, source, max_by(upvotes, observed_at) AS upvotes
    FROM core.observations
    WHERE upvotes IS NOT NULL
    GROUP BY ALL
),

aged AS (
    SELECT
        listed.source,
        paper_id,
        listed.title,
        listed.listed_on,
        votes.upvotes,
        listed.last_seen_at,
        (epoch(listed.last_seen_at) - epoch(listed.listed_on)) / 3600 AS age_h
    FROM mart.listed_papers AS listed
    JOIN newest USING (source)
    JOIN votes USING (paper_id, source)
    WHERE epoch(newest.newest_at) - epoch(listed.listed_on) <= 14 * 86400
)

SELECT * REPLACE (round(age_h, 1) AS age_h), round(upvotes / pow(age_h + 2, 1.5), 3) AS score
FROM aged
WHERE age_h >= 0
ORDER BY upvotes / pow(aged.age_h + 2, 1.5) DESC, source, paper_id
