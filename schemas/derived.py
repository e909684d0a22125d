"""The derived tables: what can be extracted from a paper's own words, and where it was found.

Nothing here is a fact of a digest: the extractors in `tasks/derive/` compute every row from the
row of core.papers, can recompute it at any time, and state their confidence. A row
is valid for the text whose `content_sha256` it carries.
"""

from dataclasses import replace

from schemas.core import NO_ID_MONTH
from schemas.table import COUNT, NUMBER, TEXT, TEXTS, Column, Table, required

ABOUT = 0.9
"""From this confidence on, a paper counts as being about a topic, in every mart and on pages."""

_PAPER_ID = required("paper_id", TEXT, "The paper, as in core.papers.")
_SENTENCE = Column(
    "sentence", TEXT, "The sentence it was found in; NULL where the source has it in a field."
)
_TAIL = (
    required(
        "found_in",
        TEXT,
        "The text it was found in, a column of core.papers: `title`, `abstract`, "
        "`github_repo`, `project_page`, `ai_keywords`.",
    ),
    required(
        "span_start",
        COUNT,
        "Where it begins in that text; in a list of keywords, the position in the list.",
        unit="characters from 0",
    ),
    required("span_end", COUNT, "Where it ends in that text, exclusive.", unit="characters from 0"),
    required(
        "confidence",
        NUMBER,
        "How likely the row is right, from 0 to 1, as measured on papers labelled by hand; for a "
        "topic, how likely the paper is about it.",
        unit="probability",
    ),
    required(
        "content_sha256",
        TEXT,
        "The content_sha256 of the paper's current row, from whose text it was extracted.",
    ),
    required("extractor_version", TEXT, "The extractor that wrote the row, `name/number`."),
    required(
        "paper_month",
        TEXT,
        f"Month in the paper's arXiv id, `{NO_ID_MONTH}` while it has none. The partition.",
    ),
)


def _derived(name: str, prose: str, columns: tuple[Column, ...], key: tuple[str, ...]) -> Table:
    return Table("derived", name, prose, (_PAPER_ID, *columns, *_TAIL), key, "paper_month")


PAPER_FACTS = Table(
    "derived",
    "paper_facts",
    "One row per current paper: whether there is code, and how much was extracted from its text. A "
    "paper in which nothing was found has a row too: a missing row means not yet processed.",
    (
        _PAPER_ID,
        required(
            "code",
            TEXT,
            "`linked`: a code repository is linked, or another page in a sentence about code; "
            "`promised`: the paper says there is or will be code, or an open tool, without such a "
            "link; `none`: neither.",
        ),
        Column("code_url", TEXT, "Address of the code; NULL when it is not linked."),
        required("n_links", COUNT, "Its rows in paper_links.", unit="links"),
        required("n_systems", COUNT, "Its rows in paper_systems.", unit="systems"),
        required("n_claims", COUNT, "Its rows in paper_claims.", unit="claims"),
        required("n_topics", COUNT, "Its rows in paper_topics.", unit="topics"),
        Column(
            "sentence",
            TEXT,
            "The sentence that links or promises the code. When there is none, it and the span are "
            "NULL.",
        ),
        *(replace(column, nullable=True) for column in _TAIL[:3]),
        *_TAIL[3:],
    ),
    ("paper_id",),
    "paper_month",
)

PAPER_LINKS = _derived(
    "paper_links",
    "The web addresses in a paper's text and metadata, one row per address and text.",
    (
        required(
            "url",
            TEXT,
            "The address in canonical form: https, no `www.`, no `.git`, no tracking parameters, "
            "no punctuation of the sentence around it.",
        ),
        required(
            "url_key",
            TEXT,
            "The address in lower case without scheme: equal for links to the same place.",
        ),
        required(
            "kind",
            TEXT,
            "`code` (a repository), `project`, `model`, `dataset`, `space`, `demo`, `video`, "
            "`paper` or `other`.",
        ),
        required("host", TEXT, "The host of the address: `github.com`."),
        Column(
            "repo", TEXT, "Owner and name of a repository on a code or model host: `owner/name`."
        ),
        _SENTENCE,
    ),
    ("paper_id", "url_key", "found_in"),
)

PAPER_SYSTEMS = _derived(
    "paper_systems",
    "What a paper introduces by name: models, methods, datasets and so on. Names collide: two rows "
    "with the same name_key need not mean the same thing.",
    (
        required("name", TEXT, "The name as printed."),
        required(
            "name_key",
            TEXT,
            "The name in lower case, letters and digits only, without version and size.",
        ),
        Column(
            "kind",
            TEXT,
            "`model`, `method`, `framework`, `tool`, `dataset`, `benchmark` or `metric`, by the "
            "nouns beside the name; NULL when they do not tell.",
        ),
        Column("version_tag", TEXT, "Version or size in the name: `2.0`, `v2`, `7B`."),
        Column("aliases", TEXTS, "Other names for it: the long form of an acronym, variants."),
        required(
            "pattern",
            TEXT,
            "How it was recognised: `title` (before a colon), `propose`, `called`, `acronym`, "
            "`apposition`, `list`, `actor` (as the subject of a verb).",
        ),
        Column(
            "role",
            TEXT,
            "`system`: what the paper introduces; `part`: a named part of it, such as a module, a "
            "loss or "
            "a stage; NULL in rows of extractors before systems/2.",
        ),
        _SENTENCE,
    ),
    ("paper_id", "name_key"),
)

PAPER_CLAIMS = _derived(
    "paper_claims",
    "Changes that a paper claims in numbers. Claims, not results: nobody has checked them. Plain "
    "scores, sizes and ranges are not claims.",
    (
        required(
            "kind",
            TEXT,
            "`speedup` (n times faster), `factor` (n times anything else), `from_to`, "
            "`gain` (more or better by), `reduction` (less by).",
        ),
        Column("value", NUMBER, "The size of the change; NULL for a range and for from_to."),
        Column("value_low", NUMBER, "Lower end where the change is given as a range."),
        Column("value_high", NUMBER, "Upper end where the change is given as a range."),
        Column("value_from", NUMBER, "The value before, of a from_to."),
        Column("value_to", NUMBER, "The value after, of a from_to."),
        Column("unit", TEXT, "`%`, `points`, `x` (times), or as printed; NULL when not stated."),
        Column(
            "qualifier",
            TEXT,
            "How the claim qualifies its number: `up to`, `over`, `at least`, `about`, `average`, "
            "`absolute`, `relative`.",
        ),
        Column(
            "metric", TEXT, "What changed, in lower case; NULL when not stated near the number."
        ),
        Column(
            "direction",
            TEXT,
            "Which direction is better for that metric: `higher` or `lower`; NULL when not known.",
        ),
        Column("baseline", TEXT, "What it is compared with, as printed; NULL when not stated."),
        required("sentence", TEXT, "The sentence that claims it."),
    ),
    ("paper_id", "found_in", "span_start"),
)

PAPER_TOPICS = _derived(
    "paper_topics",
    "Topics of AI research that a paper mentions, by the phrases of a taxonomy "
    f"(`tasks/derive/topics.toml`). A paper is about those with a confidence of {ABOUT} or more.",
    (
        required("topic", TEXT, "The topic's name in the taxonomy."),
        required("area", TEXT, "The area of the taxonomy the topic belongs to."),
        required(
            "method",
            TEXT,
            "`phrase`: a phrase in title or abstract; `keyword`: a keyword of the source.",
        ),
        Column(
            "role",
            TEXT,
            "What the topic is in the paper: its `subject`; an `instrument`: a tool, a test set or "
            "a comparison; an `application`: a use that it names; a `mention`: named in passing, "
            "which extractors before topics/3 called `subject`; NULL in rows of extractors before "
            "topics/2.",
        ),
        required("evidence", TEXT, "The phrase or keyword as printed."),
    ),
    ("paper_id", "topic", "method"),
)

DERIVED = (PAPER_FACTS, PAPER_LINKS, PAPER_SYSTEMS, PAPER_CLAIMS, PAPER_TOPICS)
