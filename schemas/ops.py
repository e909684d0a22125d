"""The ops tables: what the warehouse knows about its own work.

They live in the ledger (SQLite), are written while a run works, and are copied into every
publication. `freshness`, `coverage` and `publication` are computed when the publication is built.
"""

from schemas.profiles import ISSUE_PROFILES
from schemas.rules import OneOf
from schemas.table import COUNT, DATE, FLAG, NUMBER, TEXT, TIME, Column, Table

# stored values of outcomes whose words came before the project's present ones
SUPERSEDED = "covered"
DEFERRED = "left"
FETCH_FAILED = "unfetched"


def _run_id() -> Column:
    return Column("run_id", TEXT, "The run.", nullable=False)


RUNS = Table(
    "ops",
    "runs",
    "Every run of the warehouse, including those that failed. A run that never ended was killed.",
    (
        _run_id(),
        Column("command", TEXT, "The command: nightly, ingest, …", nullable=False),
        Column("started_at", TIME, "When it began.", nullable=False),
        Column("ended_at", TIME, "When it ended; NULL while it runs."),
        Column(
            "outcome",
            TEXT,
            "`running`, `ok`, `unchanged` (nothing new), `covered` (superseded: a run that began "
            "after this one was due had already done its work), `partial`, `failed` or `crashed`.",
            nullable=False,
            rules=(
                OneOf(
                    values=(
                        "running",
                        "ok",
                        "unchanged",
                        SUPERSEDED,
                        "partial",
                        "failed",
                        "crashed",
                    )
                ),
            ),
        ),
        Column("exit_code", COUNT, "0 all well, 1 failed, 3 partial; NULL while it runs."),
        Column("snapshot", COUNT, "The snapshot it wrote; NULL when it wrote none."),
        Column("error", TEXT, "Why it failed, in one line."),
        Column("version", TEXT, "Version of paperhouse.", nullable=False),
    ),
    key=("run_id",),
)

FETCHES = Table(
    "ops",
    "fetches",
    "Every request made to a source, including those that were retried.",
    (
        _run_id(),
        Column("fetch_index", COUNT, "Order of the request in its run, from 0.", nullable=False),
        Column("source", TEXT, "The source.", nullable=False),
        Column("issue_id", TEXT, "The requested issue.", nullable=False),
        Column("url", TEXT, "The requested address, without credentials.", nullable=False),
        Column("attempt", COUNT, "Number of the attempt, from 1.", nullable=False),
        Column("started_at", TIME, "When the request was sent.", nullable=False),
        Column("duration_s", NUMBER, "How long it took.", nullable=False, unit="seconds"),
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
    "Alerts about runs and missed freshness objectives, at most one a day per cause and channel.",
    (
        Column("sent_on", DATE, "The day it is about.", nullable=False),
        Column("cause", TEXT, "The cause: run failed, issues held, …", nullable=False),
        Column(
            "channel", TEXT, "Kind of the address and its position in the settings.", nullable=False
        ),
        Column("tried_at", TIME, "When sending was last tried.", nullable=False),
        Column("headline", TEXT, "Its first line.", nullable=False),
        Column("is_sent", FLAG, "Whether it was delivered.", nullable=False),
        Column("error", TEXT, "Why it was not delivered."),
    ),
    key=("sent_on", "cause", "channel"),
)

OUTCOMES = Table(
    "ops",
    "issue_outcomes",
    "What each run did with each issue it handled, including those that changed nothing.",
    (
        _run_id(),
        Column("outcome_index", COUNT, "Order within the run, from 0.", nullable=False),
        Column(
            "issue_id", TEXT, "The issue, or the file when its issue is not known.", nullable=False
        ),
        Column("captured_at", TIME, "When the body was captured.", nullable=False),
        Column(
            "payload_sha256", TEXT, "SHA-256 of the body; NULL when there is none.", nullable=True
        ),
        Column(
            "outcome",
            TEXT,
            "`settled`, `partial`, `empty`: loaded; `unchanged`: nothing new in it; `held`: kept "
            "out by a rule about the issue; `broken`: the body is no issue; `unfetched`: the fetch "
            "failed; `left`: deferred to the next run, because the budget of requests was used up.",
            nullable=False,
            rules=(
                OneOf(
                    values=(
                        "settled",
                        "partial",
                        "empty",
                        "unchanged",
                        "held",
                        "broken",
                        FETCH_FAILED,
                        DEFERRED,
                    )
                ),
            ),
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
        Column("reason", TEXT, "Why the issue was not loaded completely, with the evidence."),
    ),
    key=("run_id", "outcome_index"),
)

RELEASES = Table(
    "ops",
    "releases",
    "Held captures that a person released, and why.",
    (
        Column("issue_id", TEXT, "The issue.", nullable=False),
        Column("captured_at", TIME, "When the body was captured.", nullable=False),
        Column("payload_sha256", TEXT, "SHA-256 of the body.", nullable=False),
        Column("held_because", TEXT, "Why it had been held.", nullable=False),
        Column(
            "why", TEXT, "Why it was released, in the words of the person who did.", nullable=False
        ),
        Column("released_at", TIME, "When it was released.", nullable=False),
    ),
    key=("issue_id", "captured_at", "payload_sha256"),
)

QUALITY_RESULTS = Table(
    "ops",
    "quality_results",
    "The result of every expectation, per run and batch.",
    (
        _run_id(),
        Column("batch", COUNT, "Batch of issues within the run, from 0.", nullable=False),
        Column(
            "rule_id",
            TEXT,
            "schema.table.column.rule, as in core.listings.rank.between.",
            nullable=False,
        ),
        Column(
            "severity",
            TEXT,
            "What happens when it is broken: reject, hold or warn.",
            nullable=False,
        ),
        Column("is_met", FLAG, "Whether every value satisfied it.", nullable=False),
        Column("n_checked", COUNT, "Rows checked.", nullable=False, unit="rows"),
        Column("n_broken", COUNT, "Rows that broke it.", nullable=False, unit="rows"),
        Column("threshold", TEXT, "What the rule requires, in words.", nullable=False),
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
        Column(
            "quarantine_id", TEXT, "16 hex digits, the same for the same record.", nullable=False
        ),
        _run_id(),
        Column("issue_id", TEXT, "The issue it was listed in.", nullable=False),
        Column("payload_sha256", TEXT, "SHA-256 of the bytes that contain it.", nullable=False),
        Column("record_index", COUNT, "Its index in those bytes, from 0.", nullable=False),
        Column("span_start", COUNT, "Where its raw text begins.", unit="bytes from the start"),
        Column("span_end", COUNT, "Where its raw text ends.", unit="bytes from the start"),
        Column("rules", TEXT, "Every rule it broke, one per line.", nullable=False),
        Column("reason", TEXT, "Why it was rejected, in words.", nullable=False),
        Column("raw", TEXT, "The record as it is in the bytes.", nullable=False),
        Column("quarantined_at", TIME, "When it was rejected.", nullable=False),
        Column(
            "state",
            TEXT,
            "`open`, `replayed` (accepted later) or `dropped` (closed by a person).",
            nullable=False,
            rules=(OneOf(values=("open", "replayed", "dropped")),),
        ),
        Column("settled_at", TIME, "When it was replayed or dropped; NULL while open."),
        Column("settled_by", TEXT, "The run that accepted it; NULL for a dropped one."),
        Column("why", TEXT, "Why it was dropped, in the words of the person who did."),
    ),
    key=("quarantine_id",),
)

SOURCE_FIELDS = Table(
    "ops",
    "source_fields",
    "Every field seen in a source's bodies, loaded or not.",
    (
        Column("source", TEXT, "The source.", nullable=False),
        Column("form", TEXT, "The format of the body: api, page, …", nullable=False),
        Column("path", TEXT, "Path of the field, as in paper.authors[].name.", nullable=False),
        Column("type", TEXT, "JSON type seen there.", nullable=False),
        Column("n_seen", COUNT, "How often it was seen.", nullable=False, unit="values"),
        Column("n_records", COUNT, "Records that have it.", unit="records"),
        Column(
            "n_records_read",
            COUNT,
            "Records read from issues of first_issued_on or later; n_records is a part of these.",
            unit="records",
        ),
        Column("first_seen_at", TIME, "Capture time of the first body with it.", nullable=False),
        Column("last_seen_at", TIME, "Capture time of the newest body with it.", nullable=False),
        Column(
            "first_issued_on",
            DATE,
            "Day of the oldest issue with it; of its capture, for issues without a date.",
        ),
        Column("last_issued_on", DATE, "Day of the newest issue with it."),
        Column("is_loaded", FLAG, "Whether the tables have a column for it.", nullable=False),
    ),
    key=("source", "form", "path", "type"),
)

DRIFT = Table(
    "ops",
    "drift",
    "Changes in how a digest writes its records: what a run found, compared with "
    "ops.source_fields.",
    (
        _run_id(),
        Column("drift_index", COUNT, "Order within the run, from 0.", nullable=False),
        Column("source", TEXT, "The source.", nullable=False),
        Column("form", TEXT, "The format of the body: api, page, …", nullable=False),
        Column("path", TEXT, "Path of the field.", nullable=False),
        Column(
            "kind",
            TEXT,
            "`new`: a path never seen before; `type`: a type never seen there; `vanished`: a "
            "loaded path that nearly all records had and none has now; `converted`: a value of "
            "another type with the same meaning; `left out`: an unusable value, removed from its "
            "record; `flood`: more fields than are recorded.",
            nullable=False,
            rules=(OneOf(values=("new", "type", "vanished", "converted", "left out", "flood")),),
        ),
        Column(
            "severity",
            TEXT,
            "`notice`, or `alarm`: a person should look at it.",
            nullable=False,
            rules=(OneOf(values=("notice", "alarm")),),
        ),
        Column("detail", TEXT, "What was found, in words.", nullable=False),
        Column(
            "n_records",
            COUNT,
            "Records it was found in; for a vanished field, records without it.",
            nullable=False,
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
        Column("snapshot", COUNT, "Number of the snapshot; numbers only grow.", nullable=False),
        Column("table_name", TEXT, "The table.", nullable=False),
        _run_id(),
        Column("created_at", TIME, "When it was written.", nullable=False),
        Column("n_rows", COUNT, "Rows of the table.", nullable=False, unit="rows"),
        Column("n_files", COUNT, "Files of the table.", nullable=False, unit="files"),
        Column("n_bytes", COUNT, "Size of those files.", nullable=False, unit="bytes"),
        Column("n_added", COUNT, "Rows it added.", nullable=False, unit="rows"),
        Column("n_changed", COUNT, "Rows it changed.", nullable=False, unit="rows"),
        Column("n_removed", COUNT, "Rows it removed.", nullable=False, unit="rows"),
    ),
    key=("snapshot", "table_name"),
)

FRESHNESS = Table(
    "ops",
    "freshness",
    "How far behind each list of each source is, as of the publication; `paperhouse status` "
    "computes it for now.",
    (
        Column("source", TEXT, "The source.", nullable=False),
        Column("edition", TEXT, "Which of its lists.", nullable=False),
        Column(
            "state",
            TEXT,
            "`fresh`: every published issue is loaded; `due`: an issue is published and not yet "
            "loaded, within its freshness objective; `late`: an issue missed its objective; "
            "`never loaded`; `not scheduled`: no calendar says when an issue is due.",
            nullable=False,
            rules=(OneOf(values=("fresh", "due", "late", "never loaded", "not scheduled")),),
        ),
        Column("last_expected_on", DATE, "Date of the newest issue that can be published by now."),
        Column("last_issue_on", DATE, "Date of the newest issue loaded."),
        Column("last_loaded_at", TIME, "Capture time of the newest loaded body."),
        Column("last_attempt_at", TIME, "When an issue was last requested or read."),
        Column("n_issues", COUNT, "Issues loaded.", nullable=False, unit="issues"),
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
        Column("as_of", TIME, "When this was computed.", nullable=False),
    ),
    key=("source", "edition"),
)

COVERAGE = Table(
    "ops",
    "coverage",
    "Every day of each list that has a calendar, from its oldest known issue on, with the state of "
    "the issue expected that day, by evidence, as of the publication.",
    (
        Column("source", TEXT, "The source.", nullable=False),
        Column("edition", TEXT, "Which of its lists.", nullable=False),
        Column("issued_on", DATE, "The day.", nullable=False),
        Column(
            "state",
            TEXT,
            "`loaded`; `empty`: fetched, an issue without records; `held`, `broken`, `unfetched`: "
            "tried and not loaded; `missing`: never requested, and beyond its freshness objective; "
            "`not due`: never requested yet; `not expected`: no issue by the calendar.",
            nullable=False,
            rules=(
                OneOf(
                    values=(
                        "loaded",
                        "empty",
                        "held",
                        "broken",
                        "unfetched",
                        "missing",
                        "not due",
                        "not expected",
                    )
                ),
            ),
        ),
        Column("issue_id", TEXT, "The issue; NULL on a day without one."),
        Column(
            "reason", TEXT, "Why it is not loaded, or why a later capture of a loaded issue is not."
        ),
    ),
    key=("source", "edition", "issued_on"),
)

PUBLICATION = Table(
    "ops",
    "publication",
    "One row: the snapshot of the lake that this file shows.",
    (
        Column("snapshot", COUNT, "Number of the snapshot.", nullable=False),
        _run_id(),
        Column("created_at", TIME, "When the snapshot was written.", nullable=False),
        Column("published_at", TIME, "When this file was built.", nullable=False),
        Column("version", TEXT, "Version of paperhouse.", nullable=False),
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
