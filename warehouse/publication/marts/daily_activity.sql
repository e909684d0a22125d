-- Papers listed per source, edition and issue date. Issues without a date are left out. For weeks
-- and months join mart.dim_date; mart.trust shows the issues that are missing.
--
-- source: The publisher: huggingface, arxiv, …
-- edition: Which of its lists: daily, …
-- issued_on: Date of the issue.
-- n_listed: Papers ever listed in the issue, including those removed or withdrawn later.
--     Unit: papers.
-- n_first: Of these, papers that no issue of the source with an earlier date lists.
--     Unit: papers.
-- n_replaced: Of these, papers announced as replaced by a new version. Unit: papers.
-- n_removed_later: Papers that a later capture of the issue no longer listed. Unit: papers.
-- n_late: Papers that the first capture of the issue did not list. Unit: papers.
-- n_withdrawn: Papers that have been withdrawn since. Unit: papers.
WITH listed AS (
    SELECT
        issues.source,
        issues.edition,
        issues.issued_on,
        listings.listing_type IN ('replace', 'replace-cross') AS is_replaced,
        listings.removed_at IS NOT NULL AS is_removed,
        listings.first_seen_at > issues.first_seen_at AS is_late,
        papers.withdrawn_at IS NOT NULL AS is_withdrawn,
        min(issues.issued_on) OVER (PARTITION BY issues.source, listings.paper_id) AS first_on
    FROM core.listings
    JOIN core.issues USING (issue_id)
    JOIN core.papers USING (paper_id)
    WHERE issues.issued_on IS NOT NULL
)

SELECT
    source,
    edition,
    issued_on,
    count(*) AS n_listed,
    count(*) FILTER (issued_on = first_on AND NOT is_replaced) AS n_first,
    count(*) FILTER (is_replaced) AS n_replaced,
    count(*) FILTER (is_removed) AS n_removed_later,
    count(*) FILTER (is_late) AS n_late,
    count(*) FILTER (is_withdrawn) AS n_withdrawn
FROM listed
GROUP BY ALL
ORDER BY issued_on, source, edition
