-- Whether a listed paper links its code, and when the link appeared: one row per source and paper.
-- The time is that of the first capture with the link, so a link that the first capture has may be
-- older. Papers whose links are not yet extracted and withdrawn papers are left out.
--
-- source: The publisher: huggingface, arxiv, …
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line.
-- listed_on: Date of the first issue that listed it.
-- code: `linked`, `promised` (the paper says there is or will be code, without a link) or `none`.
-- code_url: Address of the code; NULL when it is not linked.
-- found_in: The text this was found in: `title`, `abstract`, `github_repo`, …; NULL when there is
--     neither a link nor a promise.
-- confidence: How likely this is right, from 0 to 1.
-- first_seen_at: When the source was first seen to list the paper.
-- last_seen_at: When the source was last seen to list it.
-- linked_at: When the link was first seen, in any source; NULL when it is not linked.
-- is_linked_later: Whether the link appeared after first_seen_at; NULL when it is not linked.
-- linked_after_days: Time from listed_on to linked_at, where the link appeared later; else NULL.
--     Unit: days.
WITH linked AS (
    SELECT paper_id, min(versions.valid_from) AS linked_at
    FROM core.paper_versions AS versions
    JOIN derived.paper_facts AS facts USING (paper_id)
    WHERE
        versions.github_repo IS NOT NULL
        OR contains(lower(versions.abstract), lower(replace(facts.code_url, 'https://', '')))
    GROUP BY ALL
),

seen AS (
    SELECT
        listed.*,
        facts.code,
        facts.code_url,
        CASE WHEN facts.code != 'none' THEN facts.found_in END AS found_in,
        facts.confidence,
        CASE WHEN facts.code = 'linked' THEN linked.linked_at END AS linked_at
    FROM mart.listed_papers AS listed
    JOIN derived.paper_facts AS facts USING (paper_id)
    LEFT JOIN linked USING (paper_id)
)

SELECT
    source,
    paper_id,
    title,
    listed_on,
    code,
    code_url,
    found_in,
    confidence,
    first_seen_at,
    last_seen_at,
    linked_at,
    linked_at > first_seen_at AS is_linked_later,
    CASE
        WHEN linked_at > first_seen_at THEN round((epoch(linked_at) - epoch(listed_on)) / 86400, 2)
    END AS linked_after_days
FROM seen
