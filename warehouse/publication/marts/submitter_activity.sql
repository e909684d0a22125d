-- Papers per submitter and month of the issue. Listings without a known submitter and withdrawn
-- papers are left out.
--
-- source: The publisher: huggingface, …
-- month_on: First day of the month of the issue's date.
-- submitter: Name of the user who submitted the papers to the digest.
-- n_papers: Papers. Unit: papers.
-- n_with_author: Of these, papers in whose discussion an author takes part; NULL when
--     not known for any.
--     Unit: papers.
WITH submitted AS (
    SELECT
        issues.source,
        date_trunc('month', issues.issued_on)::DATE AS month_on,
        listings.submitter,
        paper_id,
        max(listings.is_author_participating) AS has_author
    FROM core.listings
    JOIN core.issues USING (issue_id)
    JOIN core.papers USING (paper_id)
    WHERE
        issues.issued_on IS NOT NULL
        AND listings.submitter IS NOT NULL
        AND papers.withdrawn_at IS NULL
    GROUP BY ALL
)

SELECT
    source,
    month_on,
    submitter,
    count(*) AS n_papers,
    sum(has_author::INTEGER)::BIGINT AS n_with_author
FROM submitted
GROUP BY ALL
