-- Papers listed per source, edition and issue date. Issues without a date are left out.
--
-- source: The publisher: huggingface, arxiv, …
-- edition: Which of its lists: daily, …
-- issued_on: Date of the issue.
-- n_listed: Papers ever listed in the issue. Unit: papers.
-- n_removed_later: Papers that a later capture of the issue no longer listed. Unit: papers.
-- n_late: Papers that only a later capture of the issue listed. Unit: papers.
SELECT
    issues.source,
    issues.edition,
    issues.issued_on,
    count(*) AS n_listed,
    count(*) FILTER (listings.removed_at IS NOT NULL) AS n_removed_later,
    count(*) FILTER (listings.first_seen_at > issues.first_seen_at) AS n_late
FROM core.listings
JOIN core.issues USING (issue_id)
WHERE issues.issued_on IS NOT NULL
GROUP BY ALL
ORDER BY issues.issued_on, issues.source, issues.edition
