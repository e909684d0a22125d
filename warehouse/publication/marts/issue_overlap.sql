-- How many papers two lists share, and which list had them first: one row for each ordered pair of
-- lists that share a paper. Only issue dates decide who was first: a list without dates shares papers
-- but is neither first nor later. Withdrawn papers are left out.
--
-- source: The publisher of the list.
-- edition: Which of its lists: daily, search, …
-- other_source: The publisher of the other list.
-- other_edition: Which of its lists.
-- n_papers: Papers the list ever listed. Unit: papers.
-- n_shared: Of these, papers the other list ever listed too. Unit: papers.
-- share: n_shared divided by n_papers, from 0 to 1.
-- n_dated: Of the shared papers, those that both lists have in an issue with a date. Unit: papers.
-- n_first: Of these, papers the list had on an earlier date than the other. Unit: papers.
-- n_same_day: Of these, papers that both lists first had on the same date. Unit: papers.
-- n_later: Of these, papers the other list had on an earlier date. Unit: papers.
-- median_lead_days: Median time from the date in this list to the date in the other, over the dated
--     papers; negative when the other is mostly first; NULL when none is dated. Unit: days.
WITH named AS (
    SELECT issues.source, issues.edition, paper_id, min(issues.issued_on) AS listed_on
    FROM core.listings
    JOIN core.issues USING (issue_id)
    JOIN core.papers USING (paper_id)
    WHERE papers.withdrawn_at IS NULL
    GROUP BY ALL
),

lists AS (
    SELECT source, edition, count(*) AS n_papers FROM named GROUP BY ALL
),

shared AS (
    SELECT
        one.source,
        one.edition,
        other.source AS other_source,
        other.edition AS other_edition,
        count(*) AS n_shared,
        count(other.listed_on - one.listed_on) AS n_dated,
        count(*) FILTER (WHERE one.listed_on < other.listed_on) AS n_first,
        count(*) FILTER (WHERE one.listed_on = other.listed_on) AS n_same_day,
        count(*) FILTER (WHERE one.listed_on > other.listed_on) AS n_later,
        median(other.listed_on - one.listed_on) AS median_lead_days
    FROM named AS one
    JOIN named AS other USING (paper_id)
    WHERE (one.source, one.edition) != (other.source, other.edition)
    GROUP BY ALL
)

SELECT
    source,
    edition,
    shared.other_source,
    shared.other_edition,
    lists.n_papers,
    shared.n_shared,
    round(shared.n_shared / lists.n_papers, 4) AS share,
    shared.n_dated,
    shared.n_first,
    shared.n_same_day,
    shared.n_later,
    shared.median_lead_days
FROM shared
JOIN lists USING (source, edition)
