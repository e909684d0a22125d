-- One row per paper and name of an author, with the paper's address, votes and code, so that the papers
-- by somebody are one query without a join. An author is a name as printed, ignoring case: a name that
-- a paper prints twice has one row. Authors who asked not to be shown and withdrawn papers are left
-- out.
--
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- name_key: The name in lower case, with single blanks; a filter on it is fastest.
-- name: The name as printed.
-- position: Position in the author list, from 1; the first if the name occurs twice. Unit: place.
-- is_first: Whether the paper names the author first.
-- title: Title on one line.
-- hf_url: The paper's page on Hugging Face; NULL while it has no arXiv id.
-- arxiv_url: Its page on arXiv; NULL while it has no arXiv id.
-- pdf_url: Its PDF on arXiv; NULL while it has no arXiv id.
-- listed_on: Date of the first issue, of any source, that listed it; NULL when only issues without a
--     date did.
-- sources: Every source that lists it, in alphabetical order.
-- upvotes: Upvotes when last seen; NULL when they were never seen. Unit: votes.
-- code_state: `linked`, `promised` or `none`; see mart.papers.
-- code_url: Address of the code; NULL when none is linked.
WITH hidden AS (
    SELECT paper_id, name_key FROM core.paper_authors WHERE is_hidden
),

shown AS (
    SELECT
        paper_id,
        name_key,
        min_by(name, position) AS name,
        min(position) AS position
    FROM core.paper_authors
    ANTI JOIN hidden USING (paper_id, name_key)
    WHERE is_current IS NOT FALSE
    GROUP BY ALL
)

SELECT
    paper_id,
    shown.name_key,
    shown.name,
    shown.position,
    shown.position = 1 AS is_first,
    papers.title,
    papers.hf_url,
    papers.arxiv_url,
    papers.pdf_url,
    papers.listed_on,
    papers.sources,
    papers.upvotes,
    papers.code_state,
    papers.code_url
FROM shown
JOIN mart.papers AS papers USING (paper_id)
WHERE NOT papers.is_withdrawn
