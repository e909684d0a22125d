"""The published marts: one plain SQL file each in `publication/marts/`, with its own documentation.

The comment that opens a file becomes the comments on the view and its columns:

    -- What a row is, in as many lines as it takes.
    --
    -- issued_on: Date of the issue.
    -- n_listed: Papers listed, with a line that goes on
    --     when it is indented.
    SELECT …

A view with an undocumented column cannot be published, so readers never see a column without a
meaning. Where a line of the comment begins with `Materialized by listed_on:` and says why, the mart
is a table that is computed when the file is published, instead of at every query. The date it names
is a guarantee: a row depends only on papers first listed in the month of that date. So a
publication recomputes only the months in which such a paper may have changed. The session variable
`months` lists them, or is NULL for all months; the earlier a query filters by it, the less it
reads.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib import resources

import duckdb

from schemas.errors import PaperhouseError

_COLUMN = re.compile(r"([a-z][a-z0-9_]*): +(\S.*)")
_CONTINUED = re.compile(r" {3,}(\S.*)")
_MATERIALIZED = re.compile(r"Materialized(?: by ([a-z_]+))?:")
_USED = re.compile(r"(?:FROM|JOIN) mart\.([a-z_]+)")


class BadView(PaperhouseError):
    """A view's file does not document the view it defines. The text names the file and the fix."""


@dataclass(frozen=True)
class View:
    """One view as its file describes it. `columns` maps names to meanings, in the file's order."""

    name: str
    query: str
    prose: str
    columns: dict[str, str]
    materialized_by: str | None = None
    """For a materialized mart: the date column that tells the month of a row."""

    @property
    def full_name(self) -> str:
        """`mart.trust`: its name in SQL."""
        return f"mart.{self.name}"

    @property
    def is_materialized(self) -> bool:
        """Whether its rows are computed at publication."""
        return self.materialized_by is not None

    @property
    def kind(self) -> str:
        """What the database calls it."""
        return "TABLE" if self.is_materialized else "VIEW"

    @property
    def uses(self) -> list[str]:
        """Names of the views it reads."""
        return sorted(set(_USED.findall(self.query)))


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
    # a view that does not exist is reported by the database, with the statement that reads it
    yield from (named[name] for name in order if name in named)


def read_view(name: str, text: str) -> View:
    """A view from the text of its file: prose, an empty comment line, the columns, the query.

    Raises `BadView` when the opening comment has another structure.
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
    return View(name, text, prose, columns, by_date[1] if by_date else None)


def create_view(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    """Create a view with its comments.

    Raises `BadView` when the file leaves a column of the query unexplained or explains one that
    the query does not have.
    """
    connection.execute(f"CREATE {view.kind} {view.full_name} AS\n{view.query}")
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
    """Attach comments by target, as in `TABLE core.listings`, in one statement.

    `COMMENT ON` takes no parameters, so the texts are quoted here.
    """
    quoted = {target: text.replace("'", "''") for target, text in texts.items()}
    connection.execute(
        ";".join(f"COMMENT ON {target} IS '{text}'" for target, text in quoted.items())
    )


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
