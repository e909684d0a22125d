-- Papers per author and month of first listing. An author is a name as printed, ignoring case: two
-- people with the same name are one row, and one person with two names is two. Authors who asked not
-- to be shown and withdrawn papers are left out.
-- Materialized by month_on: it counts over every author of every paper.
--
-- source: The publisher: huggingface, arxiv, …
-- month_on: First day of the month.
-- name_key: The name in lower case, with single blanks.
-- name: The name as printed.
-- n_papers: Papers that name the author. Unit: papers.
-- n_first_author: Of these, papers that name the author first. Unit: papers.
WITH hidden AS (
    SELECT paper_id, name_key FROM core.paper_authors WHERE is_hidden
)

SELECT
    listed.source,
    date_trunc('month', listed.listed_on)::DATE AS month_on,
    authors.name_key,
    min(authors.name) AS name,
    count(DISTINCT paper_id) AS n_papers,
    count(*) FILTER (WHERE authors.position = 1) AS n_first_author
FROM mart.listed_papers AS listed
JOIN core.paper_authors AS authors USING (paper_id)
ANTI JOIN hidden USING (paper_id, name_key)
WHERE
    authors.is_current IS NOT FALSE
    AND (
        getvariable('months') IS NULL
        OR list_contains(getvariable('months'), date_trunc('month', listed.listed_on)::DATE)
    )
GROUP BY ALL
