"""Small homes for tests: bodies written by hand, loaded at given times, and their rows."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from flows.pipeline.captures import LandedCapture
from flows.pipeline.intake import land_files
from flows.pipeline.load import load
from flows.pipeline.report import RunReport
from flows.pipeline.run import running
from schemas import LAKE
from tasks.parse.model import IssueRef
from warehouse.lake.snapshot import Lake, Snapshot
from warehouse.storage.home import Home

T0 = datetime(2026, 11, 20, 6, tzinfo=UTC)


class Body(NamedTuple):
    """Bytes of an issue, and when they were taken."""

    issue: str
    content: bytes
    captured_at: datetime


def item(paper_id: str, title: str | None = None, **paper: Any) -> dict[str, Any]:
    """One item of the API with a few fields; `paper` adds or replaces fields of the paper."""
    title = title or f"On {paper_id}"
    whole = {"id": paper_id, "title": title, "summary": f"We study {paper_id} at length.", **paper}
    whole.setdefault("authors", [{"name": "Author 1", "hidden": False}])
    return {"title": title, "numComments": 0, "paper": whole}


def day(date: str, items: Sequence[dict[str, Any]], *, minutes: int = 0) -> Body:
    """A daily issue taken so many minutes after the first one."""
    content = json.dumps(list(items)).encode()
    return Body(f"huggingface:daily:{date}", content, T0 + timedelta(minutes=minutes))


def load_bodies(
    home: Home, bodies: Iterable[Body], folder: Path, *, now: datetime, batch_issues: int = 100
) -> RunReport:
    """Load bodies in one run."""
    folder.mkdir(parents=True, exist_ok=True)
    with running(home, "ingest", run_id=f"run-{now:%d%H%M%S}", clock=lambda: now) as run:

        def landed() -> Iterator[LandedCapture]:
            for number, body in enumerate(bodies):
                file = folder / f"{number}.json"
                file.write_bytes(body.content)
                given = IssueRef.parse(body.issue)
                yield from land_files(run, [file], given=given, captured_at=body.captured_at)

        run.add(load(run, landed(), batch_issues=batch_issues))
    return run.report()


def rows_of(snapshot: Snapshot) -> dict[str, pa.Table]:
    """Every table of the lake in key order, less the columns that tell of the run alone."""
    return {
        table.full_name: snapshot.dataset(table)
        .to_table(columns=[c for c in table.column_names if c not in ("run_id", "loaded_at")])
        .sort_by([(name, "ascending") for name in table.key])
        for table in LAKE
    }


def current_rows(home: Home) -> dict[str, pa.Table]:
    """`rows_of` the current snapshot of a home."""
    return rows_of(Lake(home.lake).current())


def differences(one: dict[str, pa.Table], other: dict[str, pa.Table]) -> dict[str, list[Any]]:
    """For each table that is not the same: up to three rows that one side has alone."""
    found: dict[str, list[Any]] = {}
    for name, table in one.items():
        if not table.equals(other[name]):
            left, right = table.to_pylist(), other[name].to_pylist()
            found[name] = [row for row in (*left, *right) if row not in left or row not in right][
                :3
            ]
    return found
