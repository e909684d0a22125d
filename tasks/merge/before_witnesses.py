"""Rows of versions up to 0.1, which did not record whose word a row is.

The parser that read a row's body tells. Such rows are completed when they are merged, so a month is
rewritten when something in it changes, and `paperhouse replay` rewrites all.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.table import with_values
from schemas.witnesses import Witness

_OF_PARSER = {
    **dict.fromkeys(("api", "page", "paper"), Witness("huggingface", "api")),
    **dict.fromkeys(("rss", "atom", "query"), Witness("arxiv", "feed")),
    "mailing": Witness("arxiv", "mailing"),
    "message": Witness("mailbox", "mail"),
    "fields": Witness("textdump", "text"),
    **dict.fromkeys(("browser", "markdown", "links", "text"), Witness("pagedump", "text")),
}
"""The witness by the format of the parser, for all formats there were."""
_UNKNOWN = Witness("unknown", "text")
"""The witness of rows of a format that we never had."""


def with_witnesses(rows: pa.Table, **defaults: Any) -> pa.Table:
    """Rows of a table that has witnesses, with the ones missing filled in; other columns that such
    rows do not have get the value in `defaults`."""
    if not rows["source"].null_count:
        return rows
    parsers = rows["parser_version"].to_pylist()
    told = [_OF_PARSER.get(parser.partition("/")[0], _UNKNOWN) for parser in parsers]
    filled: dict[str, Any] = {
        "source": pa.array([witness.source for witness in told], pa.string()),
        "witness": pa.array([witness.kind for witness in told], pa.string()),
        **defaults,
    }
    for name, values in filled.items():
        rows = with_values(rows, name, pc.coalesce(rows[name], values))
    return rows
