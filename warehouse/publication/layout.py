"""How the file of a publication is laid out: its blocks, and how its columns are compressed.

Left to itself DuckDB tries every method on every column of every 122,880 rows and keeps the
smallest result, which took an eighth of the time of a publication. What a text means tells which
method that will be, so it is said here, by the column's name, which means the same in every table.
"""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.repeated import REPEATED

Clause = Callable[[str, str], str]
"""Gives what `CREATE TABLE` says of the compression of a column, by its name and DuckDB type."""


def by_meaning(column: str, duckdb_type: str) -> str:
    """A dictionary for repeated text, FSST for other text; nothing for other types, whose methods
    DuckDB compares in next to no time."""
    if duckdb_type != "VARCHAR":
        return ""
    return f" USING COMPRESSION {'dictionary' if column in REPEATED else 'fsst'}"


@dataclass(frozen=True)
class Layout:
    """How a file is built, by one thread for each statement: several wait for each other and each
    buffers the rows it writes (two took twice as long as one). However few rows there are, every
    column of every table starts its own block and is compressed by itself. Small blocks and no
    compression cut the time for a small file to a third, but double it for a large one."""

    memory_mib: int
    block_bytes: int
    is_compressed: bool

    @property
    def force_compression(self) -> str:
        """DuckDB's setting for columns whose compression their table does not say."""
        return "auto" if self.is_compressed else "uncompressed"

    @property
    def clause(self) -> Clause | None:
        """What a new file says of the compression of its columns; None leaves it to DuckDB."""
        return by_meaning if self.is_compressed else None
