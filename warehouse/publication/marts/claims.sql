-- Changes that papers claim in numbers, each with its sentence. Claims, not results: nobody has
-- checked them. Withdrawn papers are left out.
--
-- paper_id: The paper that claims the change.
-- title: Its title.
-- listed_on: Date of the first issue, of any source, that listed it; NULL when only issues without
--     a date listed it.
-- kind: speedup, factor, from_to, gain or reduction; see derived.paper_claims.
-- value: The size of the change; NULL for a range and for from_to.
-- value_low: Lower end where the change is given as a range.
-- value_high: Upper end where the change is given as a range.
-- value_from: The value before, of a from_to.
-- value_to: The value after, of a from_to.
-- unit: %, points, x (times) or as printed; NULL when not stated.
-- qualifier: How the claim qualifies its number: up to, over, about, …
-- metric: What changed; NULL when not stated near the number.
-- direction: Which direction is better for that metric, higher or lower; NULL when not known.
-- baseline: What it is compared with, as printed; NULL when not stated.
-- sentence: The sentence that claims it.
-- confidence: How likely the row is right, from 0 to 1.
WITH dated AS (
    SELECT paper_id, min(listed_on) AS listed_on FROM mart.listed_papers GROUP BY ALL
)

SELECT
    paper_id,
    papers.title,
    dated.listed_on,
    claims.kind,
    claims.value,
    claims.value_low,
    claims.value_high,
    claims.value_from,
    claims.value_to,
    claims.unit,
    claims.qualifier,
    claims.metric,
    claims.direction,
    claims.baseline,
    claims.sentence,
    claims.confidence
FROM derived.paper_claims AS claims
JOIN core.papers USING (paper_id)
LEFT JOIN dated USING (paper_id)
WHERE papers.withdrawn_at IS NULL
