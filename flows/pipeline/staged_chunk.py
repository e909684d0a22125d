"""What the stage makes of a chunk of captures: it can travel from process to process."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import pyarrow as pa

from flows.pipeline.report import IssueOutcome
from schemas import TABLES, Table
from tasks.parse.capture import Capture, CaptureId
from tasks.quality.drift import FormatKey, Sightings
from tasks.quality.profile import Profile


class ArrowTables(dict[str, pa.Table]):
    """Tables by full name, which travel to other processes as Arrow IPC."""

    def __reduce__(self) -> tuple[object, ...]:
        return _read_tables, ({name: _to_ipc(rows) for name, rows in self.items()},)


@dataclass(frozen=True)
class StagedChunk:
    """Staged captures, by id, and what was made of all of them together."""

    captures: Mapping[CaptureId, Capture]
    """Their records are outlines."""
    broken: Mapping[CaptureId, IssueOutcome]
    profiles: Mapping[CaptureId, Profile]
    firsts: Mapping[CaptureId, tuple[int, ...]]
    """By page, the number of its first record among the rows."""
    rows: ArrowTables
    derived: ArrowTables
    """Rows of derived tables, for each text of a paper once."""
    fields: Mapping[FormatKey, Sightings]
    seconds: float
    """Processor time that it took."""

    @cached_property
    def rows_by_table(self) -> dict[Table, pa.Table]:
        """The rows of all records, each with its number in the column `candidate`."""
        return {TABLES[name]: rows for name, rows in self.rows.items()}


def _to_ipc(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return cast("bytes", sink.getvalue().to_pybytes())


def _read_tables(streams: Mapping[str, bytes]) -> ArrowTables:
    return ArrowTables({name: pa.ipc.open_stream(of).read_all() for name, of in streams.items()})
