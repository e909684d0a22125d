-- One row per paper, with everything that is known of it: addresses, text, authors, dates, latest
-- votes, code and topics. Papers that only lists without a date name, and withdrawn papers, have rows
-- too. Lists, such as authors and topics, are one text with `, ` between the entries.
-- Materialized by month_on, 10,000 listings at a time: it joins most tables and holds abstracts and
-- lists of authors in memory.
--
-- paper_id: The paper: its arXiv id without version, else `title:` and 16 hex digits.
-- hf_url: Its page on Hugging Face; NULL while it has no arXiv id.
-- arxiv_url: Its page on arXiv; NULL while it has no arXiv id.
-- pdf_url: Its PDF on arXiv; NULL while it has no arXiv id.
-- title: Title on one line, from the source that knows most of the paper.
-- abstract: Abstract, from the source that knows most of it; NULL when not known.
-- summary: The digest's machine-written summary; NULL when there is none.
-- authors: Names of the authors in their order, without those who asked not to be shown; NULL when
--     none is known.
-- first_author: Name of the first author; NULL when not known or when that author asked not to be
--     shown.
-- n_authors: Authors named in `authors`; NULL when not known. Unit: authors.
-- organization: The organisation that the digest names for the paper; NULL when it names none.
-- listed_on: Date of the first issue, of any source, that listed it; NULL when only issues without a
--     date did, or when it was only announced as replaced.
-- newest_listed_on: Date of the newest issue that listed it; NULL as for listed_on.
-- sources: Every source that lists it, in alphabetical order.
-- upvotes: Upvotes at seen_at; NULL when they were never seen. Unit: votes.
-- comments: Comments at seen_at; NULL when they were never seen. Unit: comments.
-- github_stars: Stars of the repository at seen_at; NULL when they were never seen. Unit: stars.
-- seen_at: When a source that counts its votes last listed it, including fetches that changed
--     nothing; where no source counts them, when any source did.
-- code_url: Address of the code; NULL when none is linked.
-- code_state: `linked`, `promised` (the paper says there is or will be code, without a link) or
--     `none`; NULL when its links are not yet extracted.
-- project_url: Address of the project page, given by the digest or else in the abstract; NULL when
--     there is none.
-- topics: Topics it is about, the most certain first: those with a confidence of 0.9 or more in
--     derived.paper_topics; NULL when there is none.
-- systems: Names of what it introduces, the most certain first, without named parts of a system; NULL
--     when there is none.
-- thumbnail_url: Preview picture; NULL when the digest has none.
-- published_at: When it was first published on arXiv; NULL when not known.
-- is_withdrawn: Whether it has been withdrawn.
-- n_revisions: How often a source changed or added something about it; see mart.revisions.
--     Unit: revisions.
-- month_on: First day of the month of the oldest issue that lists it: of the issue's date, or of its
--     first capture where it has no date.
WITH months AS (
    SELECT
        issue_id,
        date_trunc(
            'month', coalesce(issued_on, make_timestamp(epoch_us(first_seen_at))::DATE)
        )::DATE AS month_on
    FROM core.issues
),

-- not materialized: DuckDB knows nothing of a materialized one, and reads whole tables to join it
chosen AS NOT MATERIALIZED (
    SELECT DISTINCT paper_id
    FROM core.listings
    JOIN months USING (issue_id)
    WHERE
        getvariable('months') IS NULL
        OR (
            list_contains(getvariable('months'), months.month_on)
            AND hash(paper_id) % getvariable('slices') = getvariable('slice')
        )
),

looks AS (
    SELECT issue_id, captured_at AS looked_at FROM core.issue_captures
    UNION ALL
    SELECT issue_id, captured_at FROM ops.issue_outcomes WHERE outcome = 'unchanged'
),

issues AS (
    SELECT
        issues.issue_id,
        issues.source,
        issues.issued_on,
        months.month_on,
        issues.last_seen_at AS newest_body_at,
        max(looks.looked_at) AS looked_at
    FROM core.issues
    JOIN months USING (issue_id)
    LEFT JOIN looks USING (issue_id)
    GROUP BY ALL
),

-- a paper in the newest body was still listed at every later fetch that found the issue unchanged
sightings AS (
    SELECT
        issues.source,
        listings.paper_id,
        issues.month_on,
        CASE
            WHEN listings.listing_type NOT IN ('replace', 'replace-cross') THEN issues.issued_on
        END AS listed_on,
        CASE
            WHEN listings.last_seen_at = issues.newest_body_at
                THEN greatest(issues.looked_at, listings.last_seen_at)
            ELSE listings.last_seen_at
        END AS last_seen_at,
        epoch_us(listings.last_seen_at) || issue_id AS newest_first,
        listings.organization,
        listings.thumbnail_url
    FROM core.listings
    JOIN issues USING (issue_id)
    SEMI JOIN chosen USING (paper_id)
),

by_source AS (
    SELECT
        paper_id,
        source,
        min(month_on) AS month_on,
        min(listed_on) AS listed_on,
        max(listed_on) AS newest_listed_on,
        max(last_seen_at) AS last_seen_at,
        max(newest_first) AS newest_first,
        max_by(organization, newest_first) AS organization,
        max_by(thumbnail_url, newest_first) AS thumbnail_url
    FROM sightings
    GROUP BY ALL
),

votes AS (
    SELECT
        paper_id,
        source,
        max(observed_at) AS observed_at,
        max_by(upvotes, observed_at) AS upvotes,
        max_by(comments, observed_at) AS comments,
        max_by(github_stars, observed_at) AS github_stars
    FROM core.observations
    SEMI JOIN chosen USING (paper_id)
    GROUP BY ALL
),

listed AS (
    SELECT
        paper_id,
        min(by_source.month_on) AS month_on,
        min(by_source.listed_on) AS listed_on,
        max(by_source.newest_listed_on) AS newest_listed_on,
        array_to_string(list_sort(list(source)), ', ') AS sources,
        max_by(votes.upvotes, by_source.newest_first) AS upvotes,
        max_by(votes.comments, by_source.newest_first) AS comments,
        max_by(votes.github_stars, by_source.newest_first) AS github_stars,
        coalesce(
            max(greatest(by_source.last_seen_at, votes.observed_at))
                FILTER (WHERE votes.observed_at IS NOT NULL),
            max(by_source.last_seen_at)
        ) AS seen_at,
        max_by(by_source.organization, by_source.newest_first) AS organization,
        max_by(by_source.thumbnail_url, by_source.newest_first) AS thumbnail_url
    FROM by_source
    LEFT JOIN votes USING (paper_id, source)
    GROUP BY paper_id
),

-- text in order is the sorted list, because string_agg with ORDER BY takes four times as long
named AS (
    SELECT
        paper_id,
        list_sort(
            list({'position': position, 'name': name, 'name_key': name_key})
                FILTER (WHERE is_current IS NOT FALSE)
        ) AS names,
        list(name_key) FILTER (WHERE is_hidden) AS hidden
    FROM core.paper_authors
    SEMI JOIN chosen USING (paper_id)
    GROUP BY paper_id
),

-- whoever asked one source not to be shown is not shown because another one names them
written AS (
    SELECT
        paper_id,
        CASE
            WHEN hidden IS NULL THEN names
            ELSE list_filter(names, lambda one: NOT list_contains(hidden, one.name_key))
        END AS names
    FROM named
),

topics AS (
    SELECT
        paper_id,
        array_to_string(
            list_transform(list_sort(list({'doubt': -confidence, 'topic': topic})), lambda one: one.topic),
            ', '
        ) AS topics
    FROM (
        SELECT paper_id, topic, max(confidence) AS confidence
        FROM derived.paper_topics
        SEMI JOIN chosen USING (paper_id)
        GROUP BY ALL
        HAVING max(confidence) >= 0.9
    )
    GROUP BY paper_id
),

systems AS (
    SELECT
        paper_id,
        array_to_string(
            list_transform(list_sort(list({'doubt': -confidence, 'name': name})), lambda one: one.name),
            ', '
        ) AS systems
    FROM derived.paper_systems
    SEMI JOIN chosen USING (paper_id)
    WHERE role IS DISTINCT FROM 'part'
    GROUP BY paper_id
),

projects AS (
    SELECT paper_id, min_by(url, printf('%.3f', 1 - confidence) || url) AS project_url
    FROM derived.paper_links
    SEMI JOIN chosen USING (paper_id)
    WHERE kind = 'project'
    GROUP BY paper_id
),

revised AS (
    SELECT paper_id, count(*) AS n_revisions
    FROM core.paper_versions
    SEMI JOIN chosen USING (paper_id)
    WHERE valid_to IS NOT NULL
    GROUP BY paper_id
),

said AS (
    FROM core.papers SEMI JOIN chosen USING (paper_id)
),

facts AS (
    FROM derived.paper_facts SEMI JOIN chosen USING (paper_id)
)

SELECT
    paper_id,
    CASE WHEN NOT starts_with(paper_id, 'title:') THEN 'https://huggingface.co/papers/' || paper_id END
        AS hf_url,
    CASE WHEN NOT starts_with(paper_id, 'title:') THEN 'https://arxiv.org/abs/' || paper_id END
        AS arxiv_url,
    CASE WHEN NOT starts_with(paper_id, 'title:') THEN 'https://arxiv.org/pdf/' || paper_id END
        AS pdf_url,
    said.title,
    said.abstract,
    said.ai_summary AS summary,
    nullif(array_to_string(list_transform(written.names, lambda one: one.name), ', '), '')
        AS authors,
    CASE WHEN written.names[1].position = 1 THEN written.names[1].name END AS first_author,
    len(written.names) AS n_authors,
    coalesce(said.organization, listed.organization) AS organization,
    listed.listed_on,
    listed.newest_listed_on,
    listed.sources,
    listed.upvotes,
    listed.comments,
    listed.github_stars,
    listed.seen_at,
    facts.code_url,
    facts.code AS code_state,
    coalesce(said.project_page, projects.project_url) AS project_url,
    topics.topics,
    systems.systems,
    listed.thumbnail_url,
    said.published_at,
    said.withdrawn_at IS NOT NULL AS is_withdrawn,
    coalesce(revised.n_revisions, 0) AS n_revisions,
    listed.month_on
FROM said
JOIN listed USING (paper_id)
LEFT JOIN written USING (paper_id)
LEFT JOIN facts USING (paper_id)
LEFT JOIN projects USING (paper_id)
LEFT JOIN topics USING (paper_id)
LEFT JOIN systems USING (paper_id)
LEFT JOIN revised USING (paper_id)
