"""The checksum of what is said of a paper is the same from Python and from SQL."""

from datetime import UTC
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.core import PAPER_VERSIONS
from schemas.papers import CONTENT, content_sha256, content_sha256_of
from schemas.table import TEXTS, TIME
from tests.support.examples import FEW

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
moments = st.datetimes(timezones=st.just(UTC))
KINDS: dict[pa.DataType, st.SearchStrategy[Any]] = {TEXTS: st.lists(texts), TIME: moments}
said = st.fixed_dictionaries(
    {name: st.none() | KINDS.get(PAPER_VERSIONS.arrow.field(name).type, texts) for name in CONTENT}
)


@FEW
@given(said)
def test_the_checksum_from_python_is_that_of_the_sql(values: dict[str, Any]) -> None:
    rows = pa.Table.from_pylist(
        [values], pa.schema([PAPER_VERSIONS.arrow.field(n) for n in CONTENT])
    )
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        connection.register("rows", rows)
        [(wanted,)] = connection.execute(f"SELECT {content_sha256()} FROM rows").fetchall()
    assert content_sha256_of(values[name] for name in CONTENT) == wanted


def test_not_given_and_given_empty_have_different_checksums() -> None:
    nothing = content_sha256_of([None] * len(CONTENT))
    assert content_sha256_of(["", *[None] * (len(CONTENT) - 1)]) != nothing
    assert content_sha256_of([[], *[None] * (len(CONTENT) - 1)]) != nothing
