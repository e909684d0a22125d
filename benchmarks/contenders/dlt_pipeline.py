"""dlt merging into DuckDB: by `defaults`, its `parquet` loader, or hand-made `arrow` tables."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pyarrow as pa

from benchmarks.contenders.shape import KEYS, arguments, days, rows_of, tell


def main() -> None:
    """Load a folder the way the third argument says."""
    source, target = arguments()
    way = sys.argv[3]
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    pipeline = dlt.pipeline(
        "digests",
        pipelines_dir=str(target / "state"),
        destination=dlt.destinations.duckdb(str(target / "dlt.duckdb")),
        dataset_name="core",
    )
    read = _arrow if way == "arrow" else _dicts
    resources = [
        dlt.resource(read(source, name), name=name, primary_key=key, write_disposition="merge")
        for name, key in KEYS.items()
    ]
    if way == "parquet":
        pipeline.run(resources, loader_file_format="parquet")
    else:
        pipeline.run(resources)
    with duckdb.connect(str(target / "dlt.duckdb"), read_only=True) as connection:
        tell({n: connection.table(f"core.{n}").count("*").fetchall()[0][0] for n in KEYS})


def _dicts(source: Path, name: str) -> Iterator[Any]:
    for day, path in days(source):
        yield rows_of(day, json.loads(path.read_bytes()))[name]


def _arrow(source: Path, name: str) -> Iterator[pa.Table]:
    rows: list[Any] = []
    for day, path in days(source):
        rows += rows_of(day, json.loads(path.read_bytes()))[name]
    yield pa.Table.from_pylist(rows)


if __name__ == "__main__":
    main()
