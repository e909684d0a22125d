"""core.papers: the current metadata of each paper, from the witnesses that know most.

It is a view of core.paper_versions. A paper with one witness, as most have, is that witness's
current row; for the others each column is chosen on its own.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.core import LINEAGE, PAPER_VERSIONS
from schemas.table import TEXT, TEXTS, TIME, Column
from schemas.witnesses import rank_sql

CONTENT = tuple(
    name
    for name in PAPER_VERSIONS.column_names
    if name
    not in {
        *("paper_id", "source", "witness", "n_witnesses", "resolved_by"),
        *("valid_from", "valid_to"),
        *("content_sha256", "paper_month", *LINEAGE),
    }
)
"""What a witness says of a paper: the columns whose change makes a new version."""

_TOLD_TOGETHER = {"title": ("title", "title_key", *LINEAGE)}
"""Columns of core.papers that come from the row of another one's witness."""

COLUMNS = (
    *(
        column
        for column in PAPER_VERSIONS.columns
        if column.name not in {"source", "witness", "n_witnesses", "resolved_by", "valid_to"}
    ),
    Column(
        "title_source",
        TEXT,
        "The source of the title, and of the body that the lineage names; NULL for a paper that "
        "an older version loaded, until it is seen again or replayed.",
    ),
    Column("abstract_source", TEXT, "The source of the abstract."),
    Column("sources", TEXT, "Every source that describes the paper, in alphabetical order."),
)
"""The columns of core.papers."""

PROSE = (
    "The current metadata of each paper: of each column the value of the source that knows most; "
    "the others fill its gaps. core.paper_versions has what each source says."
)


_UNIT, _GIVEN, _ITEM = "\x1f", "\x02", "\x1e"
"""What stands between the values of `CONTENT`, before a value that is not NULL, and between the
texts of a list."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def content_sha256_of(said: Iterable[Any]) -> str:
    """`content_sha256` of the values of `CONTENT`, in their order."""
    return hashlib.sha256(_UNIT.join(map(_text_of, said)).encode()).hexdigest()


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _GIVEN + value
    if isinstance(value, datetime):
        return f"{_GIVEN}{(value - _EPOCH) // _MICROSECOND}"
    return _GIVEN + _ITEM.join(value)


def content_sha256() -> str:
    """SQL for a checksum that differs whenever what is said of a paper differs."""
    parts = []
    for name in CONTENT:
        kind = PAPER_VERSIONS.arrow.field(name).type
        text = name
        if kind == TEXTS:
            text = f"array_to_string({name}, chr({ord(_ITEM)}))"
        elif kind == TIME:
            text = f"epoch_us({name})::VARCHAR"
        parts.append(f"coalesce(chr({ord(_GIVEN)}) || {text}, '')")
    return f"sha256(concat_ws(chr({ord(_UNIT)}), {', '.join(parts)}))"


def papers_sql(versions: str) -> str:
    """The query of core.papers over a relation with the rows of core.paper_versions."""
    names = [column.name for column in COLUMNS]
    own = [name for name in names if name in PAPER_VERSIONS.column_names]
    single = ", ".join(own)
    abstract_source = "CASE WHEN abstract IS NOT NULL THEN source END"
    return f"""
    SELECT {single}, source AS title_source, {abstract_source} AS abstract_source,
           source AS sources
    FROM {versions} WHERE valid_to IS NULL AND coalesce(n_witnesses, 1) = 1
    UNION ALL BY NAME
    SELECT * REPLACE ({content_sha256()} AS content_sha256) FROM (
        SELECT {", ".join(_chosen(own))}
        FROM {versions} WHERE valid_to IS NULL AND n_witnesses > 1
        GROUP BY paper_id
    )
    """


def _chosen(names: list[str]) -> list[str]:
    """One expression for each column of a paper with several witnesses."""
    together = {other: name for name, others in _TOLD_TOGETHER.items() for other in others}
    chosen = [
        "paper_id",
        "max(valid_from) AS valid_from",
        "any_value(paper_month) AS paper_month",
        "'' AS content_sha256",
    ]
    for name in names:
        if name in CONTENT or name in LINEAGE:
            decides = together.get(name, name)
            rank = rank_sql(decides)
            chosen.append(f"arg_min({name}, {rank}) FILTER ({decides} IS NOT NULL) AS {name}")
    for name in ("title", "abstract"):
        rank = rank_sql(name)
        chosen.append(f"arg_min(source, {rank}) FILTER ({name} IS NOT NULL) AS {name}_source")
    chosen.append("string_agg(DISTINCT source, ', ' ORDER BY source) AS sources")
    return chosen
