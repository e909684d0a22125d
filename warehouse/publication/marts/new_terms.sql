-- Keywords and when they appeared: one row for each keyword that a source gives to more than one of
-- its papers, newest first. Only papers with keywords count, so when a source begins to give keywords,
-- all of them look new. Withdrawn papers are left out.
--
-- source: The publisher: huggingface, arxiv, …
-- term: The keyword in lower case.
-- first_listed_on: Date of the first issue with a paper that has the keyword.
-- n_papers: Papers with the keyword. Unit: papers.
-- n_papers_30d: Of these, papers listed within 30 days of first_listed_on. Unit: papers.
WITH terms AS (
    SELECT
        paper_id,
        unnest(list_distinct(list_transform(ai_keywords, lambda word: lower(trim(word))))) AS term
    FROM core.papers
),

counted AS (
    SELECT
        listed.source,
        terms.term,
        min(listed.listed_on) AS first_listed_on,
        count(*) AS n_papers,
        list(listed.listed_on) AS days
    FROM terms
    JOIN mart.listed_papers AS listed USING (paper_id)
    WHERE terms.term != ''
    GROUP BY ALL
    HAVING count(*) > 1
)

SELECT
    source,
    term,
    first_listed_on,
    n_papers,
    len(list_filter(days, lambda day: day < first_listed_on + 30)) AS n_papers_30d
FROM counted
ORDER BY first_listed_on DESC, n_papers DESC, source, term
