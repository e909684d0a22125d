-- Keywords and when they came up: one row for each keyword that a source's digest gives its papers,
-- newest first. Only papers that have keywords count, so a term seems new where keywords begin.
-- Withdrawn papers are left out.
--
-- source: The publisher: huggingface, arxiv, …
-- term: The keyword in lower case.
-- first_listed_on: Date of the first issue with a paper of that keyword.
-- first_paper_id: A paper of that issue with the keyword.
-- n_papers: Papers with the keyword. Unit: papers.
-- n_papers_30d: Of these, papers listed within 30 days from first_listed_on. Unit: papers.
WITH terms AS (
    SELECT DISTINCT paper_id, lower(trim(unnest(ai_keywords))) AS term
    FROM core.papers
    WHERE ai_keywords IS NOT NULL
),

dated AS (
    SELECT
        listed.source,
        terms.term,
        paper_id,
        listed.listed_on,
        min(listed.listed_on) OVER (PARTITION BY listed.source, terms.term) AS first_listed_on
    FROM terms
    JOIN mart.listed_papers AS listed USING (paper_id)
    WHERE terms.term != ''
)

SELECT
    source,
    term,
    first_listed_on,
    min(paper_id) FILTER (WHERE listed_on = first_listed_on) AS first_paper_id,
    count(*) AS n_papers,
    count(*) FILTER (WHERE listed_on < first_listed_on + 30) AS n_papers_30d
FROM dated
GROUP BY ALL
ORDER BY first_listed_on DESC, n_papers DESC, source, term
