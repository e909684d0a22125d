"""The template of a publication: every table, view and comment, and no row.

It is the same for every snapshot, and creating it takes longer than loading a day's rows into it.
So an empty file is stored, named after the version of the template, and copied for each build.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from schemas import LAKE, OPS, papers
from schemas.repeated import REPEATED
from warehouse.publication.layout import Clause, Layout, by_meaning
from warehouse.publication.marts import comment_on, create_view, views
from warehouse.storage.durable_files import write_whole
from warehouse.storage.paths import database_name

_SCHEMAS = ("core", "derived", "ops", "mart")
_PAPERS_VIEW = f"CREATE VIEW core.papers AS {papers.papers_sql('core.paper_versions')}"


def create_template(connection: duckdb.DuckDBPyConnection, clause: Clause | None = None) -> None:
    """Create every table and view, with its comments, in an empty database. `clause` gives the
    compression of each column."""
    with transaction(connection):
        for schema in _SCHEMAS:
            connection.execute(f"CREATE SCHEMA {schema}")
        for table in (*LAKE, *OPS):
            connection.execute(table.duckdb_definition(clause))
            comment_on(connection, table.comments())
    with transaction(connection):
        connection.execute(_PAPERS_VIEW)
        comment_on(connection, _papers_comments())
        for view in views():
            create_view(connection, view, clause)


def empty_file(folder: Path, layout: Layout) -> Path:
    """An empty publication with that layout, to be copied. If the folder has none of the current
    template, it is created and older ones are removed."""
    path = folder / f"{template_version()}-{layout.block_bytes // 1024}k.duckdb"
    if not path.exists():
        write_whole(path, _empty_file(layout.block_bytes, layout.clause))
        for other in folder.glob("*.duckdb"):
            if not other.name.startswith(template_version()):
                other.unlink()
    return path


@cache
def _empty_file(block_bytes: int, clause: Clause | None) -> bytes:
    """The empty publication; a process that publishes for several homes creates it once."""
    with TemporaryDirectory(prefix="paperhouse-") as folder:
        path = Path(folder) / "template.duckdb"
        with duckdb.connect(
            database_name(path), config={"default_block_size": block_bytes}
        ) as connection:
            create_template(connection, clause)
        return path.read_bytes()


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Many small statements as one commit, which takes half the time."""
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")


def _papers_comments() -> dict[str, str]:
    columns = {f"COLUMN core.papers.{column.name}": column.comment for column in papers.COLUMNS}
    return {"VIEW core.papers": papers.PROSE, **columns}


@cache
def template_version() -> str:
    """A checksum of all that defines the template, and of the version of DuckDB."""
    tables = [(table.duckdb_definition(by_meaning), table.comments()) for table in (*LAKE, *OPS)]
    view = (_PAPERS_VIEW, _papers_comments())
    decisive = (duckdb.__version__, _SCHEMAS, tables, view, list(views()), sorted(REPEATED))
    return hashlib.sha256(repr(decisive).encode()).hexdigest()[:16]
