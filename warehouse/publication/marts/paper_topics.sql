-- One row per paper and topic it is about, with the paper's address, votes and code, so that a topic's
-- papers are one query without a join. Only topics with a confidence of 0.9 or more count: those named
-- in the title, in three sentences of the abstract, or in two that say what the paper does, and the
-- strongest of a paper where none is; derived.paper_topics has mentions too. No withdrawn papers.
--
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- topic: The topic, as the taxonomy calls it.
-- area: Area of research the topic belongs to.
-- confidence: How likely the paper is about the topic, from 0 to 1.
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
WITH about AS (
    SELECT paper_id, topic, min(area) AS area, max(confidence) AS confidence
    FROM derived.paper_topics
    WHERE confidence >= 0.9
    GROUP BY ALL
)

SELECT
    paper_id,
    about.topic,
    about.area,
    about.confidence,
    papers.title,
    papers.hf_url,
    papers.arxiv_url,
    papers.pdf_url,
    papers.listed_on,
    papers.sources,
    papers.upvotes,
    papers.code_state,
    papers.code_url
FROM about
JOIN mart.papers AS papers USING (paper_id)
WHERE NOT papers.is_withdrawn
