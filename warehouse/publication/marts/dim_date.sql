-- One row for every day from the year of the oldest dated issue to the year of the newest. Join it to
-- any date to count by week, month or weekday.
--
-- day_on: The day.
-- year: Its year.
-- quarter: Its quarter, as in `2026-Q4`.
-- month: Its month, as in `2026-11`.
-- month_on: First day of its month.
-- week: Its ISO week, as in `2026-W47`; the first days of January may belong to a week of the year
--     before.
-- week_on: Monday of its week.
-- weekday: Day of the week, 1 for Monday to 7 for Sunday.
-- weekday_name: Name of the weekday.
-- is_weekend: Whether it is a Saturday or a Sunday.
WITH years AS (
    SELECT
        date_trunc('year', min(issued_on)) AS first_day,
        date_trunc('year', max(issued_on)) + INTERVAL 1 YEAR AS end_day
    FROM core.issues
),

days AS (
    SELECT unnest(range(first_day, end_day, INTERVAL 1 DAY))::DATE AS day_on
    FROM years
)

SELECT
    day_on,
    year(day_on) AS year,
    strftime(day_on, '%Y') || '-Q' || quarter(day_on) AS quarter,
    strftime(day_on, '%Y-%m') AS month,
    date_trunc('month', day_on)::DATE AS month_on,
    strftime(day_on, '%G-W%V') AS week,
    date_trunc('week', day_on)::DATE AS week_on,
    isodow(day_on) AS weekday,
    dayname(day_on) AS weekday_name,
    isodow(day_on) > 5 AS is_weekend
FROM days
ORDER BY day_on
