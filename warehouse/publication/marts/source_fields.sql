-- Fields of the digests' records, one row for each source, form and path, whether they are loaded or
-- not: of what types they are, in how many records, and since when.
--
-- source: The source.
-- form: The form of the body: api, page, …
-- path: Path of the field, as in paper.authors[].name.
-- types: JSON types seen there, in order of the alphabet, separated by a comma and a space.
-- share: Records with a value other than null, as a share of those read since the path was first seen.
--     NULL where only values were counted then.
-- first_issued_on: Day of the oldest issue with it; of its capture where issues have no date.
-- last_issued_on: Day of the newest issue with it.
-- is_loaded: Whether it has a home in the tables.
WITH dated AS (
    SELECT
        *,
        -- versions that counted values only did not note the issue; the day is one of UTC everywhere
        coalesce(first_issued_on, make_timestamp(epoch_us(first_seen_at))::DATE) AS first_on,
        coalesce(last_issued_on, make_timestamp(epoch_us(last_seen_at))::DATE) AS last_on
    FROM ops.source_fields
),

counted AS (
    SELECT
        source,
        form,
        path,
        string_agg(type, ', ' ORDER BY type) AS types,
        coalesce(sum(n_records) FILTER (WHERE type <> 'null'), 0) AS n_with,
        max(n_records_read) AS n_read,
        min(first_on) AS first_issued_on,
        max(last_on) AS last_issued_on,
        bool_or(is_loaded) AS is_loaded
    FROM dated
    GROUP BY source, form, path
)

SELECT
    source,
    form,
    path,
    types,
    CASE WHEN n_read > 0 THEN least(1.0, n_with / n_read) END AS share,
    first_issued_on,
    last_issued_on,
    is_loaded
FROM counted
ORDER BY source, form, path
