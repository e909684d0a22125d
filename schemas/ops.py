"""The ops tables: what the warehouse knows about its own work.

They live in the ledger (SQLite), are written while a run works, and are copied into every
publication. `freshness`, `coverage` and `publication` are computed when the publication is built.
"""

from typing import Final

from schemas.core import ISSUE_STATES
from schemas.profiles import ISSUE_PROFILES
from schemas.rules import OneOf
from schemas.table import COUNT, DATE, FLAG, NUMBER, TEXT, TIME, Column, Table, required

# stored values of outcomes whose words came before the project's present ones
SUPERSEDED = "covered"
DEFERRED = "left"
FETCH_FAILED = "unfetched"

OPEN: Final = "open"
UNCONFIRMED: Final = "unconfirmed"
NOT_CONFIRMED = (OPEN, UNCONFIRMED)
"""States of an issue that is loaded, and perhaps not whole."""

_RUN_OUTCOMES = ("running", "ok", "unchanged", SUPERSEDED, "partial", "failed", "crashed")
WITHDRAWN = "withdrawn"

NOT_LOADED = ("held", "broken", FETCH_FAILED, WITHDRAWN)
_ISSUE_OUTCOMES = (*ISSUE_STATES, "unchanged", *NOT_LOADED, DEFERRED)
_LIST_STATES = ("fresh", "due", "late", "silent", "never loaded", "not scheduled")
_DAY_STATES = ("loaded", "empty", *NOT_CONFIRMED, *NOT_LOADED, "missing", "not due", "not expected")

_RUN_ID = required("run_id", TEXT, "The run.")

RUNS = Table(
    "ops",
    "runs",
    "Every run of the warehouse, including those that failed. A run that never ended was killed.",
    (
        _RUN_ID,
        required("command", TEXT, "The command: nightly, ingest, …"),
        required("started_at", TIME, "When it began."),
        Column("ended_at", TIME, "When it ended; NULL while it runs."),
        required(
            "outcome",
            TEXT,
            "`running`, `ok`, `unchanged` (nothing new), `covered` (superseded: a run that began "
            "after this one was due had already done its work), `partial`, `failed` or `crashed`.",
            rules=(OneOf(values=_RUN_OUTCOMES),),
        ),
        Column("exit_code", COUNT, "0 all well, 1 failed, 3 partial; NULL while it runs."),
        Column("snapshot", COUNT, "The snapshot it wrote; NULL when it wrote none."),
        Column("error", TEXT, "Why it failed, in one line."),
        required("version", TEXT, "Version of paperhouse."),
    ),
    key=("run_id",),
)

FETCHES = Table(
    "ops",
    "fetches",
    "Every request made to a source, including those that were retried.",
    (
        _RUN_ID,
        required("fetch_index", COUNT, "Order of the request in its run, from 0."),
        required("source", TEXT, "The source."),
        required("issue_id", TEXT, "The requested issue."),
        required("url", TEXT, "The requested address, without credentials."),
        required("attempt", COUNT, "Number of the attempt, from 1."),
        required("started_at", TIME, "When the request was sent."),
        required("duration_s", NUMBER, "How long it took.", unit="seconds"),
        Column("status", COUNT, "HTTP status; NULL when there was no response."),
        Column("n_bytes", COUNT, "Decoded size of the body.", unit="bytes"),
        Column(
            "payload_sha256", TEXT, "SHA-256 of the body; NULL when it was not read completely."
        ),
        Column("error", TEXT, "What went wrong; NULL when the response was usable."),
    ),
    key=("run_id", "fetch_index"),
)

NOTIFICATIONS = Table(
    "ops",
    "notifications",
    "Alerts about runs and missed freshness objectives, at most one a day per cause and channel; "
    "about an empty list, one from its first empty day on.",
    (
        required("sent_on", DATE, "The day it is about: of sending, or the first empty day."),
        required("cause", TEXT, "The cause: run failed, issues held, …"),
        required("channel", TEXT, "Kind of the address and its position in the settings."),
        required("tried_at", TIME, "When sending was last tried."),
        required("headline", TEXT, "Its first line."),
        required("is_sent", FLAG, "Whether it was delivered."),
        Column("error", TEXT, "Why it was not delivered."),
    ),
    key=("sent_on", "cause", "channel"),
)

OUTCOMES = Table(
    "ops",
    "issue_outcomes",
    "What each run did with each issue it handled, including those that changed nothing.",
    (
        _RUN_ID,
        required("outcome_index", COUNT, "Order within the run, from 0."),
        required("issue_id", TEXT, "The issue, or the file when its issue is not known."),
        required("captured_at", TIME, "When the body was captured."),
        Column("payload_sha256", TEXT, "SHA-256 of the body; NULL when there is none."),
        required(
            "outcome",
            TEXT,
            "`settled`, `partial`, `empty`: loaded; `unchanged`: nothing new in it; `held`: kept "
            "out by a rule about the issue; `broken`: the body is no issue; `unfetched`: the fetch "
            "failed; `left`: deferred to the next run, because the budget of requests was used up; "
            "`withdrawn`: a person took the issue back, and these are its bytes.",
            rules=(OneOf(values=_ISSUE_OUTCOMES),),
        ),
        Column("n_parsed", COUNT, "Records found.", unit="records"),
        Column("n_accepted", COUNT, "Records loaded.", unit="records"),
        Column("n_quarantined", COUNT, "Records in quarantine.", unit="records"),
        Column(
            "n_duplicate",
            COUNT,
            "Records of a paper that the same body had already listed.",
            unit="records",
        ),
        Column(
            "reason",
            TEXT,
            "Why the issue was not loaded completely, or what is doubtful about it, with the "
            "evidence.",
        ),
    ),
    key=("run_id", "outcome_index"),
)

RELEASES = Table(
    "ops",
    "releases",
    "What a person decided about captures, and why: held ones that were released, loaded ones that "
    "were withdrawn.",
    (
        required("issue_id", TEXT, "The issue."),
        required("captured_at", TIME, "When the body was captured."),
        required("payload_sha256", TEXT, "SHA-256 of the body."),
        required(
            "held_because",
            TEXT,
            "Why it had been held; for a withdrawn one, the state it was loaded with.",
        ),
        required("why", TEXT, "Why it was decided, in the words of the person who did."),
        required("released_at", TIME, "When it was decided."),
        Column(
            "decision",
            TEXT,
            "`released` or `withdrawn`; NULL, for released, in rows of an older version.",
            rules=(OneOf(values=("released", WITHDRAWN)),),
        ),
    ),
    key=("issue_id", "captured_at", "payload_sha256"),
)

QUALITY_RESULTS = Table(
    "ops",
    "quality_results",
    "The result of every expectation, per run and batch.",
    (
        _RUN_ID,
        required("batch", COUNT, "Batch of issues within the run, from 0."),
        required("rule_id", TEXT, "schema.table.column.rule, as in core.listings.rank.between."),
        required("severity", TEXT, "What happens when it is broken: reject, hold or warn."),
        required("is_met", FLAG, "Whether every value satisfied it."),
        required("n_checked", COUNT, "Rows checked.", unit="rows"),
        required("n_broken", COUNT, "Rows that broke it.", unit="rows"),
        required("threshold", TEXT, "What the rule requires, in words."),
        Column("observed", TEXT, "The first values that broke it; NULL when none did."),
    ),
    key=("run_id", "batch", "rule_id"),
)

QUARANTINE = Table(
    "ops",
    "quarantine",
    "Records that were not loaded, each with the reason, its raw text and the position of that "
    "text.",
    (
        required("quarantine_id", TEXT, "16 hex digits, the same for the same record."),
        _RUN_ID,
        required("issue_id", TEXT, "The issue it was listed in."),
        required("payload_sha256", TEXT, "SHA-256 of the bytes that contain it."),
        required("record_index", COUNT, "Its index in those bytes, from 0."),
        Column("span_start", COUNT, "Where its raw text begins.", unit="bytes from the start"),
        Column("span_end", COUNT, "Where its raw text ends.", unit="bytes from the start"),
        required("rules", TEXT, "Every rule it broke, one per line."),
        required("reason", TEXT, "Why it was rejected, in words."),
        required("raw", TEXT, "The record as it is in the bytes."),
        required("quarantined_at", TIME, "When it was rejected."),
        required(
            "state",
            TEXT,
            "`open`, `replayed` (accepted later), `superseded` (accepted in a later capture of the "
            "issue) or `dropped` (closed by a person).",
            rules=(OneOf(values=("open", "replayed", "superseded", "dropped")),),
        ),
        Column("settled_at", TIME, "When it was closed; NULL while open."),
        Column("settled_by", TEXT, "The run that closed it; NULL for a dropped one."),
        Column("why", TEXT, "Why it was dropped, in the words of the person who did."),
        Column("paper_id", TEXT, "The paper it is about; NULL where it could not be read."),
    ),
    key=("quarantine_id",),
)

SOURCE_FIELDS = Table(
    "ops",
    "source_fields",
    "Every field seen in a source's bodies, loaded or not.",
    (
        required("source", TEXT, "The source."),
        required("form", TEXT, "The format of the body: api, page, …"),
        required("path", TEXT, "Path of the field, as in paper.authors[].name."),
        required("type", TEXT, "JSON type seen there; `unreadable` for damaged values."),
        required("n_seen", COUNT, "How often it was seen.", unit="values"),
        Column("n_records", COUNT, "Records that have it.", unit="records"),
        Column(
            "n_records_read",
            COUNT,
            "Records read from issues of first_issued_on or later; n_records is a part of these.",
            unit="records",
        ),
        required("first_seen_at", TIME, "Capture time of the first body with it."),
        required("last_seen_at", TIME, "Capture time of the newest body with it."),
        Column(
            "first_issued_on",
            DATE,
            "Day of the oldest issue with it; of its capture, for issues without a date.",
        ),
        Column("last_issued_on", DATE, "Day of the newest issue with it."),
        required("is_loaded", FLAG, "Whether the tables have a column for it."),
    ),
    key=("source", "form", "path", "type"),
)

DRIFT = Table(
    "ops",
    "drift",
    "Changes in how a digest writes its records: what a run found, compared with "
    "ops.source_fields.",
    (
        _RUN_ID,
        required("drift_index", COUNT, "Order within the run, from 0."),
        required("source", TEXT, "The source."),
        required("form", TEXT, "The format of the body: api, page, …"),
        required("path", TEXT, "Path of the field."),
        required(
            "kind",
            TEXT,
            "`new`: a path never seen before; `type`: a type never seen there; `vanished`: a "
            "loaded path that nearly all records had and none has now; `converted`: a value of "
            "another type with the same meaning; `left out`: an unusable value, removed from its "
            "record; `flood`: more fields than are recorded.",
            rules=(OneOf(values=("new", "type", "vanished", "converted", "left out", "flood")),),
        ),
        required(
            "severity",
            TEXT,
            "`notice`, or `alarm`: a person should look at it.",
            rules=(OneOf(values=("notice", "alarm")),),
        ),
        required("detail", TEXT, "What was found, in words."),
        required(
            "n_records",
            COUNT,
            "Records it was found in; for a vanished field, records without it.",
            unit="records",
        ),
    ),
    key=("run_id", "drift_index"),
)

SNAPSHOTS = Table(
    "ops",
    "snapshots",
    "What each snapshot of the lake contains and changed, one row per table and snapshot. Rows "
    "are kept when their snapshot expires.",
    (
        required("snapshot", COUNT, "Number of the snapshot; numbers only grow."),
        required("table_name", TEXT, "The table."),
        _RUN_ID,
        required("created_at", TIME, "When it was written."),
        required("n_rows", COUNT, "Rows of the table.", unit="rows"),
        required("n_files", COUNT, "Files of the table.", unit="files"),
        required("n_bytes", COUNT, "Size of those files.", unit="bytes"),
        required("n_added", COUNT, "Rows it added.", unit="rows"),
        required("n_changed", COUNT, "Rows it changed.", unit="rows"),
        required("n_removed", COUNT, "Rows it removed.", unit="rows"),
    ),
    key=("snapshot", "table_name"),
)

FRESHNESS = Table(
    "ops",
    "freshness",
    "How far behind each list of each source is, as of the publication; `paperhouse status` "
    "computes it for now.",
    (
        required("source", TEXT, "The source."),
        required("edition", TEXT, "Which of its lists."),
        required(
            "state",
            TEXT,
            "`fresh`: every published issue is loaded; `due`: an issue is published and not yet "
            "loaded, within its freshness objective; `late`: an issue missed its objective; "
            "`silent`: nothing is late, but expected issues are empty, several in a row up to now; "
            "`never loaded`; `not scheduled`: no calendar says when an issue is due.",
            rules=(OneOf(values=_LIST_STATES),),
        ),
        Column("last_expected_on", DATE, "Date of the newest issue that can be published by now."),
        Column("last_issue_on", DATE, "Date of the newest issue loaded."),
        Column("last_loaded_at", TIME, "Capture time of the newest loaded body."),
        Column("last_attempt_at", TIME, "When an issue was last requested or read."),
        required("n_issues", COUNT, "Issues loaded.", unit="issues"),
        Column(
            "n_late",
            COUNT,
            "Issues that missed their freshness objective; NULL when nothing is scheduled.",
            unit="issues",
        ),
        Column(
            "behind_h",
            NUMBER,
            "Time since the oldest issue that is not loaded was published; NULL when all are.",
            unit="hours",
        ),
        Column(
            "promise_h",
            NUMBER,
            "The freshness objective: an issue is to be loaded this long after it is published; "
            "NULL without an objective.",
            unit="hours",
        ),
        Column("next_due_at", TIME, "When the next issue can be published."),
        Column(
            "empty_since_on",
            DATE,
            "The first of the expected issues without records that follow the newest issue with "
            "some; NULL when there is none.",
        ),
        Column(
            "n_empty_in_a_row",
            COUNT,
            "So many such issues there are; NULL when nothing is scheduled.",
            unit="issues",
        ),
        required("as_of", TIME, "When this was computed."),
    ),
    key=("source", "edition"),
)

COVERAGE = Table(
    "ops",
    "coverage",
    "Every day of each list that has a calendar, from its oldest known issue on, with the state of "
    "the issue expected that day, by evidence, as of the publication.",
    (
        required("source", TEXT, "The source."),
        required("edition", TEXT, "Which of its lists."),
        required("issued_on", DATE, "The day."),
        required(
            "state",
            TEXT,
            "`loaded`; `empty`: fetched, an issue without records; `open`: loaded, but only seen "
            "before its list closed; `unconfirmed`: loaded or empty, with suspiciously few "
            "records, until a later look finds as many; `held`, `broken`, `unfetched`: "
            "tried and not loaded; `withdrawn`: a person took it back; `missing`: never requested, "
            "and beyond its freshness objective; `not due`: never requested yet; `not expected`: "
            "no issue by the calendar.",
            rules=(OneOf(values=_DAY_STATES),),
        ),
        Column("issue_id", TEXT, "The issue; NULL on a day without one."),
        Column(
            "reason",
            TEXT,
            "Why it is not loaded or not confirmed, how many of its records were listed on another "
            "day, or why a later capture of a loaded issue is not loaded.",
        ),
    ),
    key=("source", "edition", "issued_on"),
)

PUBLICATION = Table(
    "ops",
    "publication",
    "One row: the snapshot of the lake that this file shows.",
    (
        required("snapshot", COUNT, "Number of the snapshot."),
        _RUN_ID,
        required("created_at", TIME, "When the snapshot was written."),
        required("published_at", TIME, "When this file was built."),
        required("version", TEXT, "Version of paperhouse."),
    ),
    key=("snapshot",),
)

LEDGER = (
    RUNS,
    FETCHES,
    OUTCOMES,
    NOTIFICATIONS,
    ISSUE_PROFILES,
    RELEASES,
    QUALITY_RESULTS,
    QUARANTINE,
    SOURCE_FIELDS,
    DRIFT,
    SNAPSHOTS,
)
OPS = (*LEDGER, FRESHNESS, COVERAGE, PUBLICATION)
