-- Current papers with their highest count of upvotes seen so far, most first. Papers whose votes were never seen are left out; withdrawn ones too.
SELECT
    papers.paper_id,
    papers.title,
    papers.published_at,
    max(observations.upvotes) AS upvotes,
    max(observations.comments) AS comments,
    max(observations.observed_at) AS last_observed_at
FROM core.observations
JOIN core.papers USING (paper_id)
WHERE papers.withdrawn_at IS NULL
GROUP BY ALL
HAVING max(observations.upvotes) IS NOT NULL
ORDER BY upvotes DESC, papers.paper_id
