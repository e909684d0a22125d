"""The published marts: one plain SQL file each in `publication/marts/`, which explains itself.

The comment that opens a file becomes the comments of the view and of its columns:

    -- What a row is, in as many lines as it takes.
    --
    -- issued_on: Date of the issue.
    -- n_listed: Papers listed, with a line that goes on
    --     when it is indented.
    SELECT …

A view with an unexplained column cannot be published, so a reader never meets a column without a
meaning. Where a line of the explanation begins with `Materialized by listed_on:` and says why,
the mart is materialized: its rows are computed once, when the file is published, not at every
query. Each row must depend only on papers that an issue of the named date's month lists, because a
publication computes only the months in which such a paper may have changed. The DuckDB variable
`months` lists these (NULL means all); a query that filters by it early runs faster. `Materialized
by month_on, 10,000 listings at a time:` is for a mart that needs much memory: its months are
computed in slices of about so many listings. Its query then chooses the papers with
`hash(paper_id) % getvariable('slices') = getvariable('slice')`.

A month is computed again when a table that the mart reads changed in it, also one it reads through
another mart. `Only last_seen_at depends on ops.issue_outcomes.` in the explanation of a mart says
that the table decides that column and no other: marts that read this one without naming the column
do not depend on the table.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from importlib import resources

import duckdb

from schemas.errors import PaperhouseError
from warehouse.publication.layout import Clause
from warehouse.storage.duckdb_extensions import quoted

_COLUMN = re.compile(r"([a-z][a-z0-9_]*): +(\S.*)")
_CONTINUED = re.compile(r" {3,}(\S.*)")
_MATERIALIZED = re.compile(r"Materialized(?: by ([a-z_]+))?(?:, ([0-9,]+) listings at a time)?:")
_ONLY = re.compile(r"Only ([a-z_]+) depends on ([a-z]+\.[a-z_]+)[.:]")
_READ = re.compile(r"(?:(?<!DISTINCT )FROM|JOIN) ([a-z]+\.[a-z_]+)")
_COMMENT = re.compile("--.*")
_STAR = re.compile(r"(?<!\()\*")
"""Every column of something: a star that is not that of `count(*)`."""
_TABLE_OF_VIEW = {"core.papers": "core.paper_versions"}


class BadView(PaperhouseError):
    """A view's file does not explain the view it defines. The text names the file and the fix."""


@dataclass(frozen=True)
class View:
    """One view as its file describes it. `columns` are name and meaning in the file's order."""

    name: str
    query: str
    prose: str
    columns: dict[str, str]
    materialized_by: str | None = None
    """The date column whose month a row of a materialized mart belongs to; None for a view."""
    listings_at_a_time: int | None = None
    """How many listings the months have that are computed together; None for as many as usual."""
    only: Mapping[str, str] = field(default_factory=dict)
    """For a table that decides one column alone: its full name, and the column."""

    @property
    def full_name(self) -> str:
        """`mart.trust`: its name in SQL."""
        return f"mart.{self.name}"

    @property
    def is_materialized(self) -> bool:
        """Whether its rows are computed at publication and stored in a table."""
        return self.materialized_by is not None

    @property
    def kind(self) -> str:
        """What it is in the database: `TABLE` or `VIEW`."""
        return "TABLE" if self.is_materialized else "VIEW"

    @property
    def reads(self) -> list[str]:
        """Full names of the tables and views it reads."""
        return sorted(set(_READ.findall(_COMMENT.sub("", self.query))))

    @property
    def uses(self) -> list[str]:
        """Names of the views of the schema `mart` it reads."""
        return [name.removeprefix("mart.") for name in self.reads if name.startswith("mart.")]

    def names(self, column: str) -> bool:
        """Whether its query may read a column of that name: it has the word, or reads every column
        of something, by a star or by `FROM` without `SELECT`."""
        query = _COMMENT.sub("", self.query)
        n_select, n_from = (len(re.findall(rf"\b{word}\b", query)) for word in ("SELECT", "FROM"))
        return column in query or bool(_STAR.search(query)) or n_from > n_select


def views() -> Iterator[View]:
    """Every view of the schema `mart`, each after those it reads."""
    folder = resources.files("warehouse.publication") / "marts"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    named = {
        view.name: view
        for file in files
        if file.name.endswith(".sql")
        for view in [read_view(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))]
    }
    order = TopologicalSorter({view.name: view.uses for view in named.values()}).static_order()
    # the database reports a missing view, together with the statement that reads it
    yield from (named[name] for name in order if name in named)


@cache
def dependencies() -> dict[str, frozenset[str]]:
    """By the full name of each materialized mart, those of the tables its rows depend on: the ones
    it reads, also through other marts, less those that decide no column it names of these."""
    marts: dict[str, View] = {}
    found: dict[str, frozenset[str]] = {}
    for view in views():
        tables: set[str] = set()
        for name in view.reads:
            if name not in marts:
                tables.add(_TABLE_OF_VIEW.get(name, name))
                continue
            only = marts[name].only
            tables |= {t for t in found[name] if t not in only or view.names(only[t])}
        marts[view.full_name] = view
        found[view.full_name] = frozenset(tables)
    return {name: tables for name, tables in found.items() if marts[name].is_materialized}


def read_view(name: str, text: str) -> View:
    """A view from the text of its file: prose, an empty comment line, the columns, the query.

    Raises `BadView` when the opening comment does not follow the module's description.
    """
    header: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        header.append(line.removeprefix("--").rstrip())
    end = header.index("") if "" in header else len(header)
    prose = " ".join(line.strip() for line in header[:end])
    if not prose:
        raise BadView(f"{_file(name)}: say in a comment at the top what a row of the view is")
    by_date = next(filter(None, (_MATERIALIZED.match(line.strip()) for line in header[:end])), None)
    columns = _columns(name, filter(None, header[end:]))
    if by_date and by_date[1] not in columns:
        by = by_date[1] or "nothing"
        raise BadView(f"{_file(name)}: it is materialized by {by}, which is no column of it")
    n_listings = int(by_date[2].replace(",", "")) if by_date and by_date[2] else None
    only = {table: column for column, table in _ONLY.findall(prose)}
    return View(name, text, prose, columns, by_date[1] if by_date else None, n_listings, only)


def create_view(
    connection: duckdb.DuckDBPyConnection, view: View, clause: Clause | None = None
) -> None:
    """Create a view with its comments. `clause` gives the compression of a column of a table.

    Raises `BadView` when the file does not explain a column of the query, or explains one that the
    query does not have.
    """
    if view.is_materialized:
        columns = connection.execute(f"DESCRIBE\n{view.query}").fetchall()
        more = clause or (lambda *_: "")
        lines = [f"{name} {type_}{more(name, type_)}" for name, type_, *_ in columns]
        connection.execute(f"CREATE TABLE {view.full_name} (\n  " + ",\n  ".join(lines) + "\n)")
    else:
        connection.execute(f"CREATE VIEW {view.full_name} AS\n{view.query}")
    found = [row[0] for row in connection.execute(f"DESCRIBE {view.full_name}").fetchall()]
    for column in found:
        if column not in view.columns:
            raise BadView(
                f"{_file(view.name)}: column {column} is not explained; "
                f"add a line `-- {column}: …` to the comment at the top"
            )
    for column in view.columns:
        if column not in found:
            raise BadView(
                f"{_file(view.name)}: `-- {column}: …` explains no column of the view; "
                f"there are: {', '.join(found)}"
            )
    explained = {f"COLUMN {view.full_name}.{name}": text for name, text in view.columns.items()}
    comment_on(connection, {f"{view.kind} {view.full_name}": view.prose, **explained})


def comment_on(connection: duckdb.DuckDBPyConnection, texts: Mapping[str, str]) -> None:
    """Attach comments by target, such as `TABLE core.listings`, in one statement."""
    comments = (f"COMMENT ON {target} IS {quoted(text)}" for target, text in texts.items())
    connection.execute(";".join(comments))


def _columns(name: str, lines: Iterable[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for line in lines:
        started, continued = _COLUMN.fullmatch(line.strip()), _CONTINUED.fullmatch(line)
        if continued and columns:
            columns[next(reversed(columns))] += f" {continued[1]}"
        elif not started:
            raise BadView(
                f"{_file(name)}: `--{line}` is not of the form `-- column: meaning`; indent a line "
                "that goes on"
            )
        elif started[1] in columns:
            raise BadView(f"{_file(name)}: column {started[1]} is explained twice")
        else:
            columns[started[1]] = started[2]
    return columns


def _file(name: str) -> str:
    return f"warehouse/publication/marts/{name}.sql"
