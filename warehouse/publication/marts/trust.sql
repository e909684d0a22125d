-- Completeness of each list by week of its issues: how many of the expected issues are loaded, what
-- became of their records, and what arrived late or was held. The state, the last run and the hours
-- describe the whole list as of the publication and are the same in all its weeks. A list without
-- dates, or of which nothing is known yet, has one row without a week.
--
-- source: The publisher: huggingface, arxiv, …
-- edition: Which of its lists: daily, …
-- week_on: Monday of the week of the issues; NULL for captures without a date.
-- n_expected: Days that have an issue or are expected to have one by now; NULL without a calendar.
--     Unit: issues.
-- n_loaded: Of these, issues loaded that have records and count as complete. Unit: issues.
-- n_empty: Of these, issues that were fetched and have no records. Unit: issues.
-- n_open: Of these, issues loaded that were only seen before their list closed. Unit: issues.
-- n_unconfirmed: Of these, issues loaded or empty whose suspiciously small number of records no
--     later look has confirmed. Unit: issues.
-- n_held: Of these, issues held by a rule about whole issues. Unit: issues.
-- n_broken: Of these, issues whose body was no issue. Unit: issues.
-- n_unfetched: Of these, issues whose fetch failed. Unit: issues.
-- n_missing: Of these, issues that were never requested. Unit: issues.
-- completeness: Share of the expected issues that are loaded or empty, neither open nor unconfirmed,
--     from 0 to 1; NULL where none is expected.
-- n_parsed: Records in the newest bodies of the loaded issues. Unit: records.
-- n_accepted: Of these, records loaded. Unit: records.
-- n_quarantined: Of these, records rejected. Unit: records.
-- n_duplicate: Of these, records of a paper that the same body had already listed. Unit: records.
-- n_late_arrivals: Papers that the first capture of their issue did not list. Unit: papers.
-- n_held_captures: Held captures, including those of issues that were loaded before or later.
--     Unit: captures.
-- state: Of the list: fresh, due, late, silent, never loaded or not scheduled; see ops.freshness.
-- n_late: Issues of the list that missed their freshness objective. Unit: issues.
-- behind_h: Time since the oldest issue that is not loaded was published. Unit: hours.
-- promise_h: The freshness objective: an issue is to be loaded this long after it is published.
--     Unit: hours.
-- last_loaded_at: Capture time of the newest loaded body of the list.
-- last_attempt_at: When an issue of the list was last requested or read.
-- last_run_outcome: How the last run that handled the list ended; see ops.runs.
-- as_of: When state and hours were computed: at the publication.
WITH late_arrivals AS (
    SELECT listings.issue_id, count(*) AS n_papers
    FROM core.listings
    JOIN core.issues USING (issue_id)
    WHERE listings.first_seen_at > issues.first_seen_at
    GROUP BY ALL
),

held AS (
    SELECT issue_id, count(*) AS n_captures
    FROM ops.issue_outcomes
    WHERE outcome = 'held'
    GROUP BY ALL
),

-- a sum of flags, unlike a count, is NULL where there is no calendar
weeks AS (
    SELECT
        source,
        edition,
        date_trunc('week', coalesce(day.issued_on, issues.issued_on))::DATE AS week_on,
        sum((day.state NOT IN ('not expected', 'not due'))::INTEGER)::BIGINT AS n_expected,
        sum((day.state = 'loaded')::INTEGER)::BIGINT AS n_loaded,
        sum((day.state = 'empty')::INTEGER)::BIGINT AS n_empty,
        sum((day.state = 'open')::INTEGER)::BIGINT AS n_open,
        sum((day.state = 'unconfirmed')::INTEGER)::BIGINT AS n_unconfirmed,
        sum((day.state = 'held')::INTEGER)::BIGINT AS n_held,
        sum((day.state = 'broken')::INTEGER)::BIGINT AS n_broken,
        sum((day.state = 'unfetched')::INTEGER)::BIGINT AS n_unfetched,
        sum((day.state = 'missing')::INTEGER)::BIGINT AS n_missing,
        sum(issues.n_parsed)::BIGINT AS n_parsed,
        sum(issues.n_accepted)::BIGINT AS n_accepted,
        sum(issues.n_quarantined)::BIGINT AS n_quarantined,
        sum(issues.n_duplicate)::BIGINT AS n_duplicate,
        sum(coalesce(late_arrivals.n_papers, 0))::BIGINT AS n_late_arrivals,
        sum(coalesce(held.n_captures, 0))::BIGINT AS n_held_captures
    FROM ops.coverage AS day
    FULL JOIN core.issues USING (source, edition, issue_id)
    LEFT JOIN late_arrivals USING (issue_id)
    LEFT JOIN held USING (issue_id)
    GROUP BY ALL
),

handled AS (
    SELECT
        split_part(issue_outcomes.issue_id, ':', 1) AS source,
        split_part(issue_outcomes.issue_id, ':', 2) AS edition,
        arg_max(runs.outcome, runs.started_at) AS last_run_outcome
    FROM ops.issue_outcomes
    JOIN ops.runs USING (run_id)
    GROUP BY ALL
)

SELECT
    source,
    edition,
    weeks.week_on,
    weeks.n_expected,
    weeks.n_loaded,
    weeks.n_empty,
    weeks.n_open,
    weeks.n_unconfirmed,
    weeks.n_held,
    weeks.n_broken,
    weeks.n_unfetched,
    weeks.n_missing,
    (weeks.n_loaded + weeks.n_empty) / nullif(weeks.n_expected, 0) AS completeness,
    weeks.n_parsed,
    weeks.n_accepted,
    weeks.n_quarantined,
    weeks.n_duplicate,
    weeks.n_late_arrivals,
    weeks.n_held_captures,
    freshness.state,
    freshness.n_late,
    freshness.behind_h,
    freshness.promise_h,
    freshness.last_loaded_at,
    freshness.last_attempt_at,
    handled.last_run_outcome,
    freshness.as_of
FROM ops.freshness
LEFT JOIN weeks USING (source, edition)
LEFT JOIN handled USING (source, edition)
ORDER BY source, edition, weeks.week_on
