-- How the stars of the repository that a digest links grew between the first time they were seen and
-- the last time the paper was, fastest first. Papers whose stars were seen at one time only are left
-- out, withdrawn ones too.
--
-- source: The publisher that counts the stars.
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- title: Title on one line.
-- github_repo: The repository linked now.
-- listed_on: Date of the first issue that listed the paper.
-- first_counted_at: When stars were first seen.
-- first_stars: How many there were. Unit: stars.
-- last_seen_at: When the paper was last found listed, also where nothing had changed.
-- last_stars: Stars last seen. Unit: stars.
-- n_days: From first_counted_at to last_seen_at. Unit: days.
-- n_gained: Stars more; less than zero when they were taken back. Unit: stars.
-- gained_per_day: The same for a day. Unit: stars.
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

SELECT *, n_gained / n_days AS gained_per_day
FROM grown
WHERE n_days > 0
ORDER BY gained_per_day DESC, source, paper_id
