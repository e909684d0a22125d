-- What a person is shown of an issue, and in which order. The digest by mail is chosen with all of
-- this; the pages and feeds of filters (`flows/site/contents.py`) use the same matching. Only marts
-- are read. `warehouse/query/digest.py` runs the three parts below.
--
-- Matching. Case and accents do not count.
--   topics   A paper matches a topic if it is about it: `mart.papers` names it among its topics.
--   words    A word or phrase matches where it stands in the title or the abstract, also inside a
--            longer word: `grasp` matches "grasping".
--   authors  A name matches an author whose name has it as whole parts, one after the other: `Li`
--            and `Fei-Fei Li` match "Fei-Fei Li", but not "Alice Lin". Signs between the parts do
--            not count; `Li, Fei-Fei` is `Fei-Fei Li`. Authors who asked not to be shown match
--            nothing.
--   An entry without a letter or a digit matches nothing.
--
-- Hiding. Withdrawn papers are never shown. Who wants code only is shown no paper without a link to
-- its code, and who wants so many votes no paper with fewer, or with votes that are not known:
-- whatever else matches.
--
-- Ranking. First the papers of authors that are followed (`pinned`), then those that match a topic
-- or a word (`match`), then all others, the top of the issue (`top`). Within each: the most votes
-- first, votes that are not known last; ties by paper_id. How much matches does not count. No more
-- than `max_papers` are shown.
--
-- In a filter all that is given must match, so its papers are all pinned or all matches; its page
-- shows the newest day first, and orders a day as above.

-- part: matching
-- `topics`, `text`, `names` and `parts` are those of a paper, made by the macros above them; `wanted`
-- is what a person wrote. Macros give the entries of `wanted` that match, of authors the names.
CREATE OR REPLACE TEMP MACRO folded(text) AS strip_accents(lower(text));

CREATE OR REPLACE TEMP MACRO topics_of(topics) AS string_split(folded(coalesce(topics, '')), ', ');

CREATE OR REPLACE TEMP MACRO matched_topics(topics, wanted) AS
    list_filter(wanted, lambda one: trim(one) <> '' AND list_contains(topics, folded(trim(one))));

CREATE OR REPLACE TEMP MACRO text_of(title, abstract) AS folded(concat_ws(' ', title, abstract));

CREATE OR REPLACE TEMP MACRO matched_words(text, wanted) AS
    list_filter(wanted, lambda one:
        regexp_matches(one, '[\p{L}\p{N}]') AND contains(text, folded(trim(one))));

CREATE OR REPLACE TEMP MACRO names_of(authors) AS string_split(coalesce(authors, ''), ', ');

-- the parts of a name with a blank around each: ` fei fei li `
CREATE OR REPLACE TEMP MACRO parts_of(name) AS
    ' ' || trim(regexp_replace(folded(name), '[^\p{L}\p{N}]+', ' ', 'g')) || ' ';

CREATE OR REPLACE TEMP MACRO parts_of_names(names) AS
    list_transform(names, lambda name: parts_of(name));

-- `Li, Fei-Fei` is ` fei fei li `, too
CREATE OR REPLACE TEMP MACRO asked_names(wanted) AS
    list_filter(
        list_transform(wanted, lambda one:
            parts_of(array_to_string(list_reverse(string_split(one, ',')), ' '))),
        lambda one: trim(one) <> ''
    );

CREATE OR REPLACE TEMP MACRO matched_authors(names, parts, asked) AS
    list_filter(names, lambda name, n:
        len(list_filter(asked, lambda one: contains(parts[n], one))) > 0);

-- part: papers
-- The papers that $source first listed from $first to $last, with the votes it has now.
SELECT
    $issue AS issue,
    paper_id,
    papers.title,
    papers.topics,
    papers.upvotes,
    papers.seen_at,
    papers.code_url,
    papers.pdf_url,
    papers.hf_url,
    coalesce(papers.summary, left(papers.abstract, 900)) AS lead,
    listed.listed_on,
    topics_of(papers.topics) AS folded_topics,
    text_of(papers.title, papers.abstract) AS folded_text,
    names_of(papers.authors) AS names,
    parts_of_names(names) AS parts
FROM mart.listed_papers AS listed
JOIN mart.papers AS papers USING (paper_id)
WHERE listed.source = $source AND listed.listed_on BETWEEN $first AND $last

-- part: choice
-- One row per person and paper that is shown to them: its place, and why it is there. $wishes is a
-- JSON list, because one person at a time costs far more than many at once; `wish` is a person's
-- number in it. What matches is materialized, since its expressions would be computed again
-- wherever a later one names them.
WITH wished AS MATERIALIZED (
    SELECT *, asked_names(authors) AS asked
    FROM (
        SELECT unnest(
            from_json($wishes, '[{
                "wish": "BIGINT", "topics": ["VARCHAR"], "words": ["VARCHAR"],
                "authors": ["VARCHAR"], "code_only": "BOOLEAN", "min_votes": "BIGINT",
                "max_papers": "BIGINT"
            }]'),
            recursive := true
        )
    )
),

matched AS MATERIALIZED (
    SELECT
        wish,
        max_papers,
        paper_id,
        upvotes,
        matched_topics(folded_topics, wished.topics) AS topics,
        matched_words(folded_text, wished.words) AS words,
        matched_authors(names, parts, asked) AS authors
    FROM digest_papers, wished
    WHERE
        issue = $issue
        AND (NOT code_only OR code_url IS NOT NULL)
        AND (min_votes = 0 OR upvotes >= min_votes)
),

ranked AS (
    SELECT
        *,
        CASE
            WHEN len(authors) > 0 THEN 'pinned'
            WHEN len(topics) + len(words) > 0 THEN 'match'
            ELSE 'top'
        END AS place,
        row_number() OVER (
            PARTITION BY wish
            ORDER BY
                CASE place WHEN 'pinned' THEN 1 WHEN 'match' THEN 2 ELSE 3 END,
                upvotes DESC NULLS LAST,
                paper_id
        ) AS rank
    FROM matched
)

SELECT wish, paper_id, place, topics, words, authors
FROM ranked
WHERE max_papers IS NULL OR rank <= max_papers
ORDER BY wish, rank
