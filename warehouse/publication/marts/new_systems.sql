-- What listed papers introduce by name: one row per paper and name, with the number of papers that
-- use the same name. Names collide: the same name need not mean the same thing. Papers that only
-- undated issues list and withdrawn papers are left out.
--
-- introduced_on: Date of the first issue, of any source, that listed the paper.
-- month_on: First day of its month.
-- name: The name as printed.
-- name_key: The name in lower case, letters and digits only, without version and size.
-- kind: model, method, framework, tool, dataset, benchmark or metric; NULL when not
--     stated.
-- version_tag: Version or size in the name.
-- paper_id: The paper that introduces it.
-- title: Its title.
-- n_same_name: Papers that introduce something with this name, including this one. Unit: papers.
-- is_first_of_name: Whether none of these papers was listed earlier.
-- role: `system`, or `part` for a named part of a system, such as a module; NULL in rows of older
--     extractors.
-- pattern: How the name was recognised; see derived.paper_systems.
-- confidence: How likely the row is right, from 0 to 1.
WITH introduced AS (
    SELECT paper_id, min(title) AS title, min(listed_on) AS introduced_on
    FROM mart.listed_papers
    GROUP BY ALL
)

SELECT
    introduced.introduced_on,
    date_trunc('month', introduced.introduced_on)::DATE AS month_on,
    systems.name,
    systems.name_key,
    systems.kind,
    systems.version_tag,
    paper_id,
    introduced.title,
    count(*) OVER of_name AS n_same_name,
    introduced.introduced_on = min(introduced.introduced_on) OVER of_name AS is_first_of_name,
    systems.role,
    systems.pattern,
    systems.confidence
FROM derived.paper_systems AS systems
JOIN introduced USING (paper_id)
WINDOW of_name AS (PARTITION BY systems.name_key)
