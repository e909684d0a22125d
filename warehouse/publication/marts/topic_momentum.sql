-- Which topics grow: the share of a week's papers that are about a topic, compared with its share in
-- the four weeks before. Shares, not counts, because some weeks have more papers than others. A paper
-- counts in the week of its first listing, and for every topic it is about. Papers whose topics are
-- not yet extracted and withdrawn papers are left out.
--
-- source: The publisher: huggingface, arxiv, …
-- week_on: Monday of the week.
-- area: Area of research the topic belongs to.
-- topic: The topic, as the taxonomy calls it.
-- n_papers: Papers of the week about the topic. Unit: papers.
-- n_listed: All papers of the week. Unit: papers.
-- share: n_papers divided by n_listed, from 0 to 1.
-- n_listed_before: All papers of the four weeks before; NULL when none is known. Unit: papers.
-- share_before: The topic's share of these, from 0 to 1; NULL when none is known.
-- momentum: share minus share_before: above zero, the topic grows.
WITH days AS (
    SELECT *, date_trunc('week', listed_on)::DATE AS week_on FROM mart.topic_activity
),

weeks AS (
    SELECT source, week_on, sum(n_read)::BIGINT AS n_listed
    FROM (SELECT DISTINCT source, week_on, listed_on, n_read FROM days)
    GROUP BY ALL
),

counted AS (
    SELECT source, week_on, area, topic, sum(n_papers)::BIGINT AS n_papers
    FROM days
    WHERE topic IS NOT NULL
    GROUP BY ALL
),

topics AS (
    SELECT DISTINCT source, area, topic FROM counted
),

-- a week without a paper about the topic counts too
every_week AS (
    SELECT
        source,
        week_on,
        area,
        topic,
        coalesce(counted.n_papers, 0) AS n_papers,
        weeks.n_listed
    FROM weeks
    JOIN topics USING (source)
    LEFT JOIN counted USING (source, week_on, area, topic)
),

beside AS (
    SELECT
        *,
        sum(n_papers) OVER four_weeks AS n_papers_before,
        (sum(n_listed) OVER four_weeks)::BIGINT AS n_listed_before
    FROM every_week
    WINDOW four_weeks AS (
        PARTITION BY source, area, topic ORDER BY week_on
        RANGE BETWEEN INTERVAL 28 DAYS PRECEDING AND INTERVAL 7 DAYS PRECEDING
    )
)

SELECT
    source,
    week_on,
    area,
    topic,
    n_papers,
    n_listed,
    round(n_papers / n_listed, 4) AS share,
    n_listed_before,
    round(n_papers_before / n_listed_before, 4) AS share_before,
    round(n_papers / n_listed - n_papers_before / n_listed_before, 4) AS momentum
FROM beside
ORDER BY week_on, source, topic
