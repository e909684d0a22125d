-- Papers per topic and day of first listing. A paper counts for every topic it is about: those with a
-- confidence of 0.9 or more in derived.paper_topics. Papers whose topics are not yet extracted and
-- withdrawn papers are left out.
-- Materialized by listed_on: it counts over every topic of every paper.
--
-- source: The publisher: huggingface, arxiv, …
-- listed_on: The day.
-- area: Area of research the topic belongs to; NULL for papers about no topic.
-- topic: The topic, as the taxonomy calls it; NULL for papers about none.
-- n_papers: Papers of the day about the topic. Unit: papers.
-- n_read: All papers of the day whose topics are extracted. Unit: papers.
WITH listed AS (
    SELECT
        listed.source,
        listed.listed_on,
        paper_id,
        count(*) OVER (PARTITION BY listed.source, listed.listed_on) AS n_read
    FROM mart.listed_papers AS listed
    JOIN derived.paper_facts USING (paper_id)
    WHERE
        getvariable('months') IS NULL
        OR list_contains(getvariable('months'), date_trunc('month', listed.listed_on)::DATE)
),

about AS (
    SELECT DISTINCT paper_id, area, topic
    FROM derived.paper_topics
    SEMI JOIN listed USING (paper_id)
    WHERE confidence >= 0.9
)

SELECT
    listed.source,
    listed.listed_on,
    about.area,
    about.topic,
    count(*) AS n_papers,
    any_value(listed.n_read) AS n_read
FROM listed
LEFT JOIN about USING (paper_id)
GROUP BY ALL
