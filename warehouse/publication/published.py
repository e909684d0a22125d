"""What the published file says of itself, and the error for one that cannot be opened.

Apart from the building of the file, so that a question loads nothing of the lake.
"""

from collections.abc import Collection
from pathlib import Path

import duckdb

from schemas.errors import PaperhouseError
from warehouse.storage.paths import database_name


class PublicationUnreadable(PaperhouseError):
    """There is a published file, but it cannot be opened."""


def published_snapshot(path: Path) -> int | None:
    """Number of the snapshot a published file shows; None when there is no file.

    Raises `PublicationUnreadable` when it is damaged or somebody has it open for writing.
    """
    if not path.exists():
        return None
    try:
        with duckdb.connect(database_name(path), read_only=True) as connection:
            row = connection.execute("SELECT snapshot FROM ops.publication").fetchone()
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    return None if row is None else int(row[0])


def published_days(path: Path, states: Collection[str]) -> set[tuple[str, str]]:
    """Issue and state of the days in ops.coverage of a published file that have these states.

    Raises `PublicationUnreadable` as above.
    """
    query = "SELECT issue_id, state FROM ops.coverage WHERE list_contains($1, state)"
    try:
        with duckdb.connect(database_name(path), read_only=True) as connection:
            return {(i, s) for i, s in connection.execute(query, [list(states)]).fetchall()}
    except duckdb.Error as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: duckdb.Error) -> PublicationUnreadable:
    """The error for a published file that DuckDB cannot open."""
    return PublicationUnreadable(
        f"{path} cannot be opened: {' '.join(str(error).split())}; open it read-only elsewhere, "
        "or load again to replace it"
    )
