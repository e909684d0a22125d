-- Papers per organisation and month of first listing. The organisation is the one that the digest
-- names beside the paper. Papers without one and withdrawn papers are left out.
--
-- source: The publisher: huggingface, …
-- month_on: First day of the month.
-- organization: The organisation, as the digest names it.
-- n_papers: Papers. Unit: papers.
-- n_with_code: Of these, papers that link a code repository. Unit: papers.
-- n_submitters: Users who submitted them to the digest; NULL when none is known. Unit: users.
WITH papers AS (
    SELECT
        listed.source,
        date_trunc('month', listed.listed_on)::DATE AS month_on,
        coalesce(said.organization, listings.organization) AS organization,
        facts.code = 'linked' AS has_code,
        listings.submitter
    FROM mart.listed_papers AS listed
    JOIN core.listings USING (issue_id, paper_id)
    JOIN core.papers AS said USING (paper_id)
    LEFT JOIN derived.paper_facts AS facts USING (paper_id)
)

SELECT
    source,
    month_on,
    organization,
    count(*) AS n_papers,
    count(*) FILTER (WHERE has_code) AS n_with_code,
    nullif(count(DISTINCT submitter), 0) AS n_submitters
FROM papers
WHERE organization IS NOT NULL
GROUP BY ALL
