"""The core tables: facts about issues, listings, papers, authors and what was observed of them.

Names follow one rule: `_at` is a UTC timestamp, `_on` a date, `n_` a count, `is_`/`has_` a boolean,
`_sha256` hex. Every row ends with its lineage, so that any number can be followed to the bytes it
came from.
"""

from dataclasses import replace
from datetime import UTC, datetime

from schemas.rules import Between, Excludes, Length, Matches, OneOf
from schemas.table import COUNT, DATE, FLAG, TEXT, TEXTS, TIME, Column, Table, ours, required

_YYMM = "[0-9]{2}(?:0[1-9]|1[0-2])"
ARXIV_ID = rf"^(?:{_YYMM}\.[0-9]{{4,5}}|[a-z][a-z-]*(?:\.[A-Z]{{2}})?/{_YYMM}[0-9]{{3}})$"
"""The two kinds of arXiv id, without version: `2503.02130` and `hep-th/9901001`."""

PROVISIONAL_ID = r"^title:[0-9a-f]{16}$"
"""The id of a paper while its arXiv id is not known: a hash of its title key."""

NO_ID_MONTH = "unknown"
"""The `paper_month` of papers without an arXiv id."""

_CONTROL = Excludes(pattern=r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", meaning="control characters")
_NO_NAME = Excludes(
    pattern=rf"{_CONTROL.pattern}|://|<[a-zA-Z/]", meaning="control characters, address or markup"
)
_URL = Matches(pattern=r"^https?://[^\s/]+", meaning="an http or https URL", severity="warn")
_REASONABLE_TIME = Between(
    least=datetime(1991, 1, 1, tzinfo=UTC), most=datetime(2100, 1, 1, tzinfo=UTC)
)
_COUNT = Between(least=0, most=100_000_000)

_ISSUE_MONTH = ours(
    "issue_month",
    TEXT,
    "Month of the issue's date, or of its capture when it has no date: `2026-11`. The partition.",
    rules=(Matches(pattern=r"^\d{4}-\d{2}$", meaning="a month like 2026-11"),),
)
_PAPER_MONTH = ours(
    "paper_month",
    TEXT,
    f"Month in the paper's arXiv id: `2026-11`; `{NO_ID_MONTH}` while it has none. The partition.",
)
_LINEAGE = (
    ours("run_id", TEXT, "The run that wrote these values."),
    ours("payload_sha256", TEXT, "SHA-256 of the bytes the values came from, in hex."),
    ours(
        "record_index",
        COUNT,
        "Index of the record in those bytes, from 0; NULL for facts about the whole body.",
        nullable=True,
    ),
    ours("parser_version", TEXT, "The parser that read the bytes, `format/number`."),
    ours("loaded_at", TIME, "When the run wrote the row."),
)
LINEAGE = tuple(column.name for column in _LINEAGE)


def _core(
    name: str,
    prose: str,
    columns: tuple[Column, ...],
    key: tuple[str, ...],
    partition: str | None = None,
) -> Table:
    return Table("core", name, prose, columns + _LINEAGE, key, partition)


_ISSUE_ID = ours(
    "issue_id",
    TEXT,
    "The issue: source, edition and key, as in `huggingface:daily:2026-11-20`.",
    rules=(Matches(pattern=r"^[a-z]+:[\w.+-]+:\S+$", meaning="an id like source:edition:key"),),
)
_PAPER_ID = required(
    "paper_id",
    TEXT,
    "The paper: its arXiv id without version (text!), else `title:` and 16 hex digits.",
    rules=(
        Matches(
            pattern=f"{ARXIV_ID}|{PROVISIONAL_ID}",
            meaning="an arXiv id without version, or `title:` and 16 hex digits",
        ),
    ),
)
_PAPER_OF_LISTING = replace(_PAPER_ID, is_ours=True)
"""The paper id in other tables: its rule is checked once, with the listing."""

ISSUE_STATES = ("settled", "partial", "empty")
"""The states of an issue that is loaded."""

_ISSUE_STATE = required(
    "state",
    TEXT,
    "`settled`: every record was accepted; `partial`: some are in quarantine; `empty`: the "
    "issue was published without records.",
    rules=(OneOf(values=ISSUE_STATES),),
)
_ISSUE_COUNTS = (
    Column("n_declared", COUNT, "How many records the body says it has.", unit="records"),
    required("n_parsed", COUNT, "Records found in the body.", unit="records"),
    required("n_accepted", COUNT, "Records loaded.", unit="records"),
    required(
        "n_quarantined",
        COUNT,
        "Records rejected, each kept in ops.quarantine with its reason.",
        unit="records",
    ),
    required(
        "n_duplicate",
        COUNT,
        "Records of a paper that the same body had already listed.",
        unit="records",
    ),
)
_QUERY = Column("query", TEXT, "The search that the issue is the result of; for search editions.")


CAPTURES = _core(
    "issue_captures",
    "One row per loaded body of an issue: how many records it had and what became of them. "
    "n_parsed = n_accepted + n_quarantined + n_duplicate in every row.",
    (
        _ISSUE_ID,
        required("captured_at", TIME, "When the body was captured from its source."),
        _ISSUE_STATE,
        *_ISSUE_COUNTS,
        _QUERY,
        Column("url", TEXT, "Where the body was fetched from; NULL for a local file."),
        _ISSUE_MONTH,
    ),
    key=("issue_id", "captured_at", "payload_sha256"),
    partition="issue_month",
)

ISSUES = _core(
    "issues",
    "One list a source published, as of its newest capture.",
    (
        _ISSUE_ID,
        required("source", TEXT, "The publisher: huggingface, arxiv, pagedump, …"),
        required("edition", TEXT, "Which of its lists: daily, weekly, search, …"),
        required("issue_key", TEXT, "The list's own key: a date, a week, a query."),
        Column("issued_on", DATE, "Date of the issue; NULL for a capture without one."),
        required("captured_at", TIME, "When the newest body was captured."),
        _QUERY,
        Column("url", TEXT, "Where the newest body was fetched from; NULL for a local file."),
        _ISSUE_STATE,
        *_ISSUE_COUNTS,
        required("first_seen_at", TIME, "Capture time of the first body."),
        required("last_seen_at", TIME, "Capture time of the newest body."),
        _ISSUE_MONTH,
    ),
    key=("issue_id",),
    partition="issue_month",
)

LISTINGS = _core(
    "listings",
    "A paper's place in an issue. A paper listed by two issues has two rows.",
    (
        _ISSUE_ID,
        _PAPER_ID,
        Column(
            "rank",
            COUNT,
            "Place in the list as published, from 1.",
            unit="place",
            rules=(Between(least=1, most=100_000),),
        ),
        Column("title_as_listed", TEXT, "The title as this issue prints it.", rules=(_CONTROL,)),
        required(
            "listing_type",
            TEXT,
            "`listed`, or for arXiv announcements `new`, `cross` (new to this category only), "
            "`replace` (a new version) or `replace-cross` (a new version of a paper cross-listed).",
            rules=(OneOf(values=("listed", "new", "cross", "replace", "replace-cross")),),
        ),
        Column(
            "paper_version",
            COUNT,
            "Version of the paper that the listing announces, from 1; NULL when not stated.",
            rules=(Between(least=1, most=10_000),),
        ),
        Column("submitter", TEXT, "Name of the user who submitted the paper to the digest."),
        Column(
            "submitted_at",
            TIME,
            "When it was submitted to the digest. Midnight means only the day is known.",
            rules=(_REASONABLE_TIME,),
        ),
        Column("is_author_participating", FLAG, "Whether an author takes part in the discussion."),
        Column("discussion_id", TEXT, "The digest's id of the discussion page."),
        Column("thumbnail_url", TEXT, "Preview picture.", rules=(_URL,)),
        Column("media_urls", TEXTS, "Pictures and videos attached to the listing."),
        Column("organization", TEXT, "Organisation the digest names beside the listing."),
        ours("first_seen_at", TIME, "Capture time of the first body listing it."),
        ours("last_seen_at", TIME, "Capture time of the newest body listing it."),
        ours(
            "removed_at",
            TIME,
            "Capture time of the first later body that no longer lists it; NULL while listed.",
            nullable=True,
        ),
        _ISSUE_MONTH,
    ),
    key=("issue_id", "paper_id"),
    partition="issue_month",
)

_SOURCE_OF_PAPER = ours(
    "source",
    TEXT,
    "The source that says so; NULL in rows of an older version, until the paper is seen again or "
    "replayed.",
    nullable=True,
)
_WITNESS = ours(
    "witness",
    TEXT,
    "In which kind of the source's bodies: `api` (also the data inside pages), `cards` (a page "
    "without such data), `feed`, `mailing`, `text`, `mail`.",
    nullable=True,
)

PAPER_VERSIONS = _core(
    "paper_versions",
    "Title, abstract and other metadata of a paper as each source says them, with history: one row "
    "per change within a source, valid from valid_from until valid_to. The view core.papers has "
    "one current row for each paper, from the sources that know most.",
    (
        _PAPER_OF_LISTING,
        _SOURCE_OF_PAPER,
        _WITNESS,
        ours(
            "n_witnesses",
            COUNT,
            "How many witnesses (source and kind of body) describe the paper.",
            unit="witnesses",
            nullable=True,
        ),
        ours(
            "resolved_by",
            TEXT,
            "How it was told which paper this is: `id`, because a record with this title has the "
            "paper's id; `title`, because no other paper has this title. NULL in rows of an older "
            "version.",
            nullable=True,
        ),
        ours("valid_from", TIME, "Capture time of the first body with these values."),
        ours(
            "valid_to",
            TIME,
            "Capture time of the body that changed them; NULL while current.",
            nullable=True,
        ),
        ours("arxiv_id", TEXT, "arXiv id without version; NULL while not known.", nullable=True),
        required(
            "title",
            TEXT,
            "Title on one line, otherwise as printed.",
            rules=(Length(least=1, most=600), _CONTROL),
        ),
        required(
            "title_key",
            TEXT,
            "Title in lower case, letters and digits only; exact title matching compares it.",
            rules=(Length(least=1, most=600),),
        ),
        Column(
            "abstract",
            TEXT,
            "Abstract with hard line breaks removed, otherwise as printed.",
            rules=(Length(least=20, most=20_000), _CONTROL),
        ),
        Column(
            "published_at",
            TIME,
            "When the paper was first published on arXiv, as the digest reports it.",
            rules=(_REASONABLE_TIME,),
        ),
        Column("withdrawn_at", TIME, "When it was withdrawn.", rules=(_REASONABLE_TIME,)),
        Column(
            "github_repo",
            TEXT,
            "Code repository that the digest links, blanks trimmed.",
            rules=(_URL,),
        ),
        Column(
            "project_page",
            TEXT,
            "Project page that the digest links, blanks trimmed.",
            rules=(_URL,),
        ),
        Column("ai_summary", TEXT, "The digest's machine-written summary.", rules=(_CONTROL,)),
        Column("ai_keywords", TEXTS, "The digest's machine-written keywords, in its order."),
        Column("categories", TEXTS, "arXiv categories, primary first."),
        Column("organization", TEXT, "Organisation the digest names for the paper."),
        ours("content_sha256", TEXT, "SHA-256 of all columns above except times."),
        _PAPER_MONTH,
    ),
    key=("paper_id", "source", "witness", "valid_from"),
    partition="paper_month",
)

PAPER_AUTHORS = _core(
    "paper_authors",
    "The author list of a paper, in order, as each source prints it last. The same name may occur "
    "twice. Where is_current is true, it is the list of the source that knows most.",
    (
        _PAPER_OF_LISTING,
        _SOURCE_OF_PAPER,
        _WITNESS,
        ours("position", COUNT, "Position in the author list, from 1.", unit="place"),
        required("name", TEXT, "Name as printed.", rules=(Length(least=1, most=500), _NO_NAME)),
        ours("name_key", TEXT, "Name in lower case, with single blanks."),
        Column("hf_user", TEXT, "Hugging Face user name, when the author is known there."),
        Column("status", TEXT, "How the digest linked author and user, in the digest's own words."),
        Column(
            "is_hidden", FLAG, "The author asked not to be shown: never show the row in public."
        ),
        ours("seen_at", TIME, "Capture time of the body this list came from."),
        ours(
            "is_current",
            FLAG,
            "Whether the list is that of the source that knows most of the paper's authors: count "
            "these rows only. NULL, which counts as true, in rows of an older version.",
            nullable=True,
        ),
        _PAPER_MONTH,
    ),
    key=("paper_id", "source", "witness", "position"),
    partition="paper_month",
)

PAPER_ALIASES = _core(
    "paper_aliases",
    "Provisional ids and the papers that they were later matched to.",
    (
        required(
            "alias_id",
            TEXT,
            "The provisional id, `title:` and 16 hex digits.",
            rules=(Matches(pattern=PROVISIONAL_ID, meaning="a provisional id"),),
        ),
        _PAPER_ID,
        required(
            "resolved_by",
            TEXT,
            "`title`: the only known paper with exactly this title key.",
            rules=(OneOf(values=("title",)),),
        ),
    ),
    key=("alias_id",),
)

OBSERVATIONS = _core(
    "observations",
    "Counts of a paper at a time; a row only where a count differs from the observation before. "
    "Rows are added, never changed.",
    (
        _PAPER_OF_LISTING,
        ours("source", TEXT, "The source that showed the counts."),
        ours("observed_at", TIME, "Capture time of the body."),
        Column("upvotes", COUNT, "Upvotes so far.", unit="votes", rules=(_COUNT,)),
        Column("comments", COUNT, "Comments so far.", unit="comments", rules=(_COUNT,)),
        Column(
            "github_stars", COUNT, "Stars of the linked repository.", unit="stars", rules=(_COUNT,)
        ),
        ours("observed_month", TEXT, "Month of observed_at: `2026-11`. The partition."),
    ),
    key=("paper_id", "source", "observed_at"),
    partition="observed_month",
)

CORE = (CAPTURES, ISSUES, LISTINGS, PAPER_VERSIONS, PAPER_AUTHORS, PAPER_ALIASES, OBSERVATIONS)
