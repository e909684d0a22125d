-- Changes of a paper's title, abstract and other metadata, newest first: one row each time a later
-- body of the same source changed or added something. Where two sources differ, that is no change.
-- Withdrawn papers are left out; mart.daily_activity counts them.
--
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Current title.
-- source: The source that changed it; NULL for rows of an older version.
-- revised_at: Capture time of the body with the change.
-- title_before: The source's title before, where it changed; else NULL.
-- title_after: The source's title since then, where it changed; else NULL.
-- is_title_changed: Whether the title changed.
-- is_abstract_changed: Whether the abstract changed, or was not known before.
-- is_code_link_added: Whether a code repository is linked where none was before.
-- is_project_page_added: Whether a project page is linked where none was before.
-- is_organization_changed: Whether the organisation changed, or was not known before.
-- is_only_other_changed: Whether none of the above changed but something else did: keywords,
--     summary, categories, dates.
WITH compared AS (
    SELECT
        paper_id,
        papers.title,
        later.source,
        later.valid_from AS revised_at,
        CASE WHEN later.title != before.title THEN before.title END AS title_before,
        CASE WHEN later.title != before.title THEN later.title END AS title_after,
        later.title != before.title AS is_title_changed,
        later.abstract IS DISTINCT FROM before.abstract AS is_abstract_changed,
        before.github_repo IS NULL AND later.github_repo IS NOT NULL AS is_code_link_added,
        before.project_page IS NULL AND later.project_page IS NOT NULL AS is_project_page_added,
        later.organization IS DISTINCT FROM before.organization AS is_organization_changed
    FROM core.paper_versions AS before
    JOIN core.paper_versions AS later USING (paper_id)
    JOIN core.papers USING (paper_id)
    WHERE
        before.valid_to = later.valid_from
        AND before.source IS NOT DISTINCT FROM later.source
        AND before.witness IS NOT DISTINCT FROM later.witness
        AND papers.withdrawn_at IS NULL
)

SELECT
    *,
    NOT (
        is_title_changed
        OR is_abstract_changed
        OR is_code_link_added
        OR is_project_page_added
        OR is_organization_changed
    ) AS is_only_other_changed
FROM compared
ORDER BY revised_at DESC, paper_id, source
