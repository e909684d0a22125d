"""The one builder of small warehouses: fill one, ask it, and tell whether anything in it changed.

Digests come in as they do for a user, by `ingest` and `load`. `commit`, `publish`, `refresh` and
`fill` are short cuts for tests of storage, which want exactly these rows.
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from flows.jobs.ingest import ingest
from flows.pipeline.captures import LandedCapture
from flows.pipeline.intake import land_files
from flows.pipeline.load import load
from flows.pipeline.report import RunReport
from flows.pipeline.run import running
from flows.settings import Settings
from schemas import Change
from tasks.parse.model import IssueRef
from tests.support.command import called, paperhouse
from tests.support.issues import Body
from tests.support.rows import NOW, RowsOfPartition
from tests.support.samples import AFTERWARDS
from warehouse.lake.snapshot import Lake, Snapshot
from warehouse.lake.transaction import Transaction
from warehouse.publication.build_state import BuildState
from warehouse.publication.layout import Layout
from warehouse.publication.publish import publish
from warehouse.publication.published import published_snapshot
from warehouse.publication.refresh import materialize
from warehouse.publication.template import empty_file
from warehouse.storage.home import Home
from warehouse.storage.landing import CaptureRecord, Landing

FAR_AWAY = "Pacific/Auckland"
"""On the other side of the date line: each day begins 16 to 18 hours before it does in New York."""


@dataclass(frozen=True)
class Warehouse:
    """A warehouse folder and what tests do with it."""

    home: Path

    @property
    def paths(self) -> Home:
        """The folder as the code under test takes it."""
        return Home(self.home)

    @property
    def file(self) -> Path:
        return self.paths.publication

    @property
    def lake(self) -> Lake:
        return Lake(self.paths.lake)

    @property
    def build_state(self) -> BuildState:
        return BuildState(self.paths.build, self.lake)

    def ingest(
        self, *targets: Path | str, at: datetime = AFTERWARDS, given: str | None = None
    ) -> RunReport:
        """Load files in this process, as the command does; the clock stands still at `at`."""
        return ingest(
            Settings(home=self.home),
            [str(target) for target in targets],
            given=IssueRef.parse(given) if given else None,
            clock=lambda: at,
        )

    def load(
        self,
        bodies: Iterable[Body],
        *,
        now: datetime,
        batch_issues: int = 100,
        executor: Executor | None = None,
    ) -> RunReport:
        """Load bodies in one run, each captured when it says; the clock stands still at `now`."""
        run_id = f"run-{now:%d%H%M%S}"
        with (
            tempfile.TemporaryDirectory() as folder,
            running(self.paths, "ingest", run_id=run_id, clock=lambda: now) as run,
        ):

            def landed() -> Iterator[LandedCapture]:
                for number, body in enumerate(bodies):
                    file = Path(folder) / f"{number}.json"
                    file.write_bytes(body.content)
                    given = IssueRef.parse(body.issue)
                    yield from land_files(run, [file], given=given, captured_at=body.captured_at)

            run.add(load(run, landed(), batch_issues=batch_issues, executor=executor))
        return run.report()

    def commit(self, *changes: RowsOfPartition, is_added: bool = False) -> Snapshot:
        """Commit rows to the lake: all there is of their partitions, or added to what is there."""
        run_id = f"run-{len(self.lake.numbers()) + 1}"
        with Transaction(self.lake, run_id=run_id, now=NOW) as transaction:
            for table, partition, rows in changes:
                put = transaction.append if is_added else transaction.replace
                put(table, partition, rows, Change(added=rows.num_rows))
            return transaction.commit()

    def publish(
        self, *, file: Path | None = None, build_state: BuildState | None = None, **ops: pa.Table
    ) -> None:
        """Publish the current snapshot with these tables of `ops`; elsewhere if `file` says so."""
        given = {f"ops.{name}": rows for name, rows in ops.items()}
        shown, place = self.lake.current(), file or self.file
        publish(place, shown, given, now=NOW, version="0.0", build_state=build_state)

    def refresh(self, **ops: pa.Table) -> bool:
        """Publish as a load does; gives whether the file was refreshed from a copy."""
        self.publish(build_state=self.build_state, **ops)
        record = self.build_state.record()
        assert record is not None
        assert published_snapshot(self.file) == record.snapshot == self.lake.current().number
        return record.n_since > 0

    def fill(self, tables: Mapping[str, pa.Table]) -> None:
        """Write a published file of exactly these rows, without a lake; tables by full name.

        It is filled by somebody far away: no mart may depend on where a day begins.
        """
        self.paths.create()
        # empty files are made once a process: that takes longer than all the rows of a test
        shutil.copyfile(
            empty_file(self.paths.build, Layout(128, 64 * 1024, is_compressed=False)), self.file
        )
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"SET TimeZone = '{FAR_AWAY}'")
            for name, rows in tables.items():
                connection.register("incoming", rows)
                connection.execute(f"INSERT INTO {name} BY NAME FROM incoming")
                connection.unregister("incoming")
            materialize(connection)

    @contextmanager
    def reading(self, time_zone: str = "UTC") -> Iterator[duckdb.DuckDBPyConnection]:
        """A reader of the published file in a time zone."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute(f"SET TimeZone = '{time_zone}'")
            yield connection

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the published file, by the names of their columns."""
        with self.reading() as connection:
            rows: list[dict[str, Any]] = connection.sql(query).to_arrow_table().to_pylist()
            return rows

    def tuples(self, query: str, *, time_zone: str = "UTC") -> list[tuple[Any, ...]]:
        """Rows of the published file without names, as somebody in that time zone reads them."""
        with self.reading(time_zone) as connection:
            return connection.execute(query).fetchall()

    def value(self, query: str) -> Any:
        """The one value of a query of one row and one column."""
        ((value,),) = (row.values() for row in self.rows(query))
        return value

    def sha256(self) -> str:
        """Of the published file."""
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    def parquet(self) -> dict[str, tuple[int, int]]:
        """Inode and time of change of every Parquet file of every snapshot."""
        files = sorted((self.home / "lake" / "snapshots").rglob("*.parquet"))
        return {
            str(file.relative_to(self.home)): (file.stat().st_ino, file.stat().st_mtime_ns)
            for file in files
        }

    def state(self) -> tuple[str, dict[str, tuple[int, int]], str]:
        """All that readers can see: equal before and after when nothing was loaded."""
        return self.sha256(), self.parquet(), str((self.home / "lake" / "current").readlink())

    def body(self, sha256: str) -> bytes:
        """Bytes of the landing by their SHA-256."""
        landing = Landing(self.paths.landing)
        return landing.read(landing.of_bytes(sha256)[0])

    def capture_records(self) -> list[CaptureRecord]:
        return list(Landing(self.paths.landing).capture_records())

    def leftovers(self) -> list[Path]:
        """Whatever a writer left unfinished."""
        return [*self.home.rglob(".unfinished-*"), *self.home.rglob("*.wal")]

    def copy_to(self, home: Path) -> "Warehouse":
        """The same warehouse elsewhere."""
        shutil.copytree(self.home, home, symlinks=True)
        return Warehouse(home)

    def called(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Call the `paperhouse` command on this warehouse in this process."""
        return called(*arguments, home=self.home)

    def command(self, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run the installed `paperhouse` command on this warehouse."""
        return paperhouse(*arguments, home=self.home, **options)
