"""Everything the pages below `data/` show, read from one published file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from schemas.errors import PaperhouseError
from tasks.parse.text import printable
from warehouse.publication.dictionary import Entry, read_dictionary, tables_read
from warehouse.publication.marts import views
from warehouse.publication.questions import Question, questions
from warehouse.query.values import is_number, text_of

MOST_ROWS = 10
"""The most rows of an answer that are shown."""
_LONGEST = 160
_CHANGED = """
SELECT table_name, max(created_at) FROM ops.snapshots
WHERE n_added + n_changed + n_removed > 0 GROUP BY table_name
"""
_RULES = """
SELECT rule_id, sum(n_checked)::BIGINT, sum(n_broken)::BIGINT FROM ops.quality_results GROUP BY 1
"""
_FRESHNESS = "FROM ops.freshness ORDER BY source, edition"
_COVERAGE = """
SELECT source, edition, state, count(*) AS n_days, min(issued_on) AS first_on,
    max(issued_on) AS last_on
FROM ops.coverage GROUP BY ALL ORDER BY ALL
"""


class SiteUnbuildable(PaperhouseError):
    """The published file cannot be documented; the message says why, and what to do."""


@dataclass(frozen=True)
class Answer:
    """A query and its first rows. A cell is None where the value is NULL."""

    query: str
    columns: tuple[tuple[str, bool], ...]
    """Names, and whether they hold numbers."""
    rows: tuple[tuple[str | None, ...], ...]
    has_more: bool


@dataclass(frozen=True)
class Facts:
    """The content of the pages; mappings have the full names of tables and views as keys."""

    publication: Mapping[str, Any]
    entries: Mapping[str, Entry]
    n_rows: Mapping[str, int]
    samples: Mapping[str, Answer]
    sql: Mapping[str, str]
    """Of marts, as written in their files."""
    questions: tuple[tuple[Question, Answer, tuple[str, ...]], ...]
    """With the answer, and the tables and views that the query reads."""
    changed_at: Mapping[str, Any]
    rule_counts: Mapping[str, tuple[int, int]]
    """By rule id: the number of values checked and of those that broke it, in all runs."""
    freshness: Answer
    coverage: Answer


def gather(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Read a published file. Raises `SiteUnbuildable` for one of another version, in which a
    documented question has no answer."""
    entries = read_dictionary(connection)
    (row,) = connection.execute("FROM ops.publication").to_arrow_table().to_pylist()
    changed = connection.execute(_CHANGED).to_arrow_table().to_pydict()
    checked = connection.execute(_RULES).fetchall()
    return Facts(
        publication={name: text_of(value) for name, value in row.items()},
        entries=entries,
        n_rows={name: _count(connection, name) for name in entries},
        samples={name: _answer(connection, entry.example) for name, entry in entries.items()},
        sql={view.full_name: view.query for view in views()},
        questions=tuple(
            (question, _answer(connection, question.query), tables_read(question.query))
            for question in questions()
        ),
        changed_at={name: text_of(at) for name, at in zip(*changed.values(), strict=True)},
        rule_counts={rule: (n_checked, n_broken) for rule, n_checked, n_broken in checked},
        freshness=_answer(connection, _FRESHNESS, most=1000),
        coverage=_answer(connection, _COVERAGE, most=1000),
    )


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    ((n_rows,),) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
    return int(n_rows)


def _answer(connection: duckdb.DuckDBPyConnection, query: str, most: int = MOST_ROWS) -> Answer:
    try:
        found = connection.sql(query).limit(most + 1).to_arrow_table()
    except duckdb.Error as error:
        reason = " ".join(str(error).partition("\n\nLINE ")[0].split())
        raise SiteUnbuildable(
            f"the published file does not answer `{' '.join(query.split())}`: {reason}; it may be "
            "of another version, then the next load publishes it anew"
        ) from error
    columns = (column.to_pylist() for column in found.slice(0, most).columns)
    rows = zip(*columns, strict=True)
    return Answer(
        query,
        tuple((field.name, is_number(field.type)) for field in found.schema),
        tuple(tuple(map(_cell, row)) for row in rows),
        found.num_rows > most,
    )


def _cell(value: Any) -> str | None:
    """A value on one line, shortened if it is long."""
    if value is None:
        return None
    text = printable(text_of(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
