-- Current papers with their highest count of upvotes seen so far, most first. Papers whose votes
-- were never seen are left out; withdrawn ones too.
--
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line.
-- published_at: When the paper was first put on arXiv; NULL when not known.
-- upvotes: The most upvotes seen, in any source. Unit: votes.
-- comments: The most comments seen; NULL when they were never seen. Unit: comments.
-- last_observed_at: When its counts were last seen to differ.
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
