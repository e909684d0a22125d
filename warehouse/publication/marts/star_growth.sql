-- Growth of the stars of the repository that a digest links, from the first count to the time the
-- paper was last seen, fastest first. Only spans of a day or more count: an hour says nothing about a
-- day. Papers whose stars were seen in a shorter span, or once only, and withdrawn papers are left out;
-- where that leaves nothing, mart.notes says why.
--
-- source: The publisher that counts the stars.
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line.
-- github_repo: The repository that is linked now.
-- listed_on: Date of the first issue that listed the paper.
-- first_counted_at: When stars were first seen.
-- first_stars: Stars at first_counted_at. Unit: stars.
-- last_seen_at: When the paper was last seen listed, including fetches that changed nothing.
-- last_stars: Stars when last seen. Unit: stars.
-- n_days: Time from first_counted_at to last_seen_at. Unit: days.
-- n_gained: last_stars minus first_stars; negative when stars were taken back. Unit: stars.
-- gained_per_day: n_gained divided by n_days. Unit: stars per day.
WITH stars AS (
    SELECT
        paper_id,
        source,
        min(observed_at) AS first_counted_at,
        min_by(github_stars, observed_at) AS first_stars,
        max_by(github_stars, observed_at) AS last_stars
    FROM core.observations
    WHERE github_stars IS NOT NULL
    GROUP BY ALL
),

grown AS (
    SELECT
        listed.source,
        paper_id,
        listed.title,
        said.github_repo,
        listed.listed_on,
        stars.first_counted_at,
        stars.first_stars,
        listed.last_seen_at,
        stars.last_stars,
        (epoch(listed.last_seen_at) - epoch(stars.first_counted_at)) / 86400 AS n_days,
        stars.last_stars - stars.first_stars AS n_gained
    FROM mart.listed_papers AS listed
    JOIN core.papers AS said USING (paper_id)
    JOIN stars USING (paper_id, source)
)

SELECT * REPLACE (round(n_days, 2) AS n_days), round(n_gained / n_days, 2) AS gained_per_day
FROM grown
WHERE n_days >= 1
ORDER BY n_gained / grown.n_days DESC, source, paper_id
