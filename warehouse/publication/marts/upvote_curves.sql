-- Votes of a paper over time: one row for each time its upvotes or comments were seen to have changed,
-- and until when they then stayed the same. When exactly a count changed between two rows is not
-- known. Papers without votes and withdrawn papers are left out.
--
-- source: The publisher that counts the votes.
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line.
-- listed_on: Date of the first issue that listed it.
-- observed_at: When these counts were first seen.
-- held_until_at: When they were next seen to have changed, or were last seen.
-- age_h: Age at observed_at, from midnight UTC of listed_on. Unit: hours.
-- upvotes: Upvotes. Unit: votes.
-- n_gained: Upvotes minus those of the row before; NULL in the first row. Unit: votes.
-- comments: Comments; NULL when they were not seen. Unit: comments.
SELECT
    listed.source,
    paper_id,
    listed.title,
    listed.listed_on,
    seen.observed_at,
    coalesce(
        lead(seen.observed_at) OVER sightings, greatest(listed.last_seen_at, seen.observed_at)
    ) AS held_until_at,
    round((epoch(seen.observed_at) - epoch(listed.listed_on)) / 3600, 1) AS age_h,
    seen.upvotes,
    seen.upvotes - lag(seen.upvotes) OVER sightings AS n_gained,
    seen.comments
FROM mart.listed_papers AS listed
JOIN core.observations AS seen USING (paper_id, source)
WHERE seen.upvotes IS NOT NULL
WINDOW sightings AS (PARTITION BY listed.source, paper_id ORDER BY seen.observed_at)
