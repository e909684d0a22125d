"""What a site shows: of which publication, made by which program, and the key of each page.

The keys are a file of their own beside the pages, and DuckDB compares those of two sites: so
Python looks only at pages that differ.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.site.after_load import RECORD

KEYS = ".pages.parquet"
"""In a site: the keys of its pages."""
KINDS = ("page", "feed", "export")
"""What there may be of a folder and a name, each with its key; NULL where there is none."""
NO_KEYS = pa.schema(
    [("folder", pa.string()), ("name", pa.string()), *((kind, pa.uint64()) for kind in KINDS)]
).empty_table()
_DIFFERENCES = f"""
WITH changed AS MATERIALIZED (
    SELECT folder, name, {", ".join(f"pages.{k}, filled.{k} AS filled_{k}" for k in KINDS)}
    FROM pages FULL JOIN filled USING (folder, name)
    WHERE {" OR ".join(f"pages.{k} IS DISTINCT FROM filled.{k}" for k in KINDS)}
)

""" + " UNION ALL ".join(
    f"""
    SELECT '{kind}' AS kind, folder, name, changed.{kind} IS NULL AS is_gone,
        changed.{kind} IS NOT DISTINCT FROM shown.{kind} AS is_shown
    FROM changed LEFT JOIN shown USING (folder, name)
    WHERE changed.{kind} IS DISTINCT FROM filled_{kind}
    """
    for kind in KINDS
)


@dataclass(frozen=True)
class Record:
    """Of which publication a site is, and a checksum of the program that made it."""

    publication: str = ""
    made_by: str = ""

    @classmethod
    def of(cls, site: Path | None) -> "Record":
        """The record of a site; an empty one if there is none that can be read."""
        try:
            return cls(**json.loads((site / RECORD).read_bytes())) if site else cls()
        except (OSError, ValueError, TypeError):
            return cls()

    def keys_of(self, site: Path | None) -> pa.Table | None:
        """The keys of a site that the same program made; None of another one."""
        if site is None or Record.of(site).made_by != self.made_by:
            return None
        try:
            return pq.read_table(site / KEYS, schema=NO_KEYS.schema)
        except (OSError, pa.ArrowException):
            return None

    def files(self, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str | bytes]]:
        """Name and content of the files of this record, with the keys of the table `pages`."""
        yield RECORD, json.dumps(asdict(self))
        keys = BytesIO()
        pq.write_table(connection.execute("FROM pages").to_arrow_table(), keys)
        yield KEYS, keys.getvalue()


@dataclass(frozen=True)
class Difference:
    """A page, feed or export that is not in the folder that is being filled as it should be."""

    kind: str
    folder: str
    name: str
    is_gone: bool
    """Whether there should be none."""
    is_shown: bool
    """Whether readers see it as it should be."""


def differences(
    connection: duckdb.DuckDBPyConnection, shown: pa.Table, filled: pa.Table, *, with_data: bool
) -> Iterator[Difference]:
    """The differences between the table `pages` and `filled`, the keys of the folder that is being
    filled; `shown` are the keys of the folder that readers see.

    With `with_data`, the table gets the pages below `data/` as readers see them.
    """
    connection.register("shown", shown)
    connection.register("filled", filled)
    if with_data:
        connection.execute("INSERT INTO pages FROM shown WHERE folder = 'data'")
    found = connection.execute(_DIFFERENCES)
    while rows := found.fetchmany(10_000):
        yield from (Difference(*row) for row in rows)
