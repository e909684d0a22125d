"""A warehouse under test: load into it, ask it, and tell whether anything about it changed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from typer.testing import CliRunner

from flows.cli import add_commands, app
from flows.jobs.ingest import ingest
from flows.pipeline.report import RunReport
from flows.settings import Settings
from tasks.parse.model import IssueRef
from tests.support.folders import SAMPLE
from warehouse.lake.snapshot import Lake
from warehouse.storage.landing import CaptureRecord, Landing

API = SAMPLE / "huggingface" / "api"
LATER = SAMPLE / "huggingface" / "later"
HTML = SAMPLE / "huggingface" / "html"
SEARCH = SAMPLE / "pagedump" / "search.txt"
FIRST = datetime(2026, 11, 14, 6, tzinfo=UTC)
AFTERWARDS = datetime(2026, 11, 18, 6, tzinfo=UTC)
add_commands()
COMMAND = Path(sys.executable).with_name("paperhouse")

Item = dict[str, Any]


@dataclass(frozen=True)
class House:
    """A warehouse folder and what tests do with it."""

    home: Path

    @property
    def file(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def lake(self) -> Lake:
        return Lake(self.home / "lake")

    def ingest(
        self, *targets: Path | str, at: datetime = AFTERWARDS, given: str | None = None
    ) -> RunReport:
        """Load in this process; the clock stands still at `at`."""
        return ingest(
            Settings(home=self.home),
            [str(target) for target in targets],
            given=IssueRef.parse(given) if given else None,
            clock=lambda: at,
        )

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the publication."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            rows: list[dict[str, Any]] = connection.sql(query).to_arrow_table().to_pylist()
            return rows

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
        landing = Landing(self.home / "landing")
        return landing.read(landing.of_bytes(sha256)[0])

    def capture_records(self) -> list[CaptureRecord]:
        return list(Landing(self.home / "landing").capture_records())

    def leftovers(self) -> list[Path]:
        """Whatever a writer left unfinished."""
        return [*self.home.rglob(".unfinished-*"), *self.home.rglob("*.wal")]

    def copy_to(self, home: Path) -> "House":
        """The same warehouse elsewhere."""
        shutil.copytree(self.home, home, symlinks=True)
        return House(home)

    def called(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """The same in this process."""
        return called(*arguments, home=self.home)

    def command(self, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run the `paperhouse` command on this warehouse."""
        return paperhouse(*arguments, home=self.home, **options)


def paperhouse(
    *arguments: str | Path,
    home: Path,
    stdin: str | None = None,
    environment: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the installed console script and wait for it."""
    return subprocess.run(
        [str(COMMAND), *map(str, arguments)],
        input=stdin,
        env={**os.environ, "PAPERHOUSE_HOME": str(home), **(environment or {})},
        cwd=cwd or home.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def called(
    *arguments: str | Path, home: Path, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """The same command, called in this process: what it prints and ends with, sooner."""
    given = list(map(str, arguments))
    done = CliRunner().invoke(app, given, input=stdin, env={"PAPERHOUSE_HOME": str(home)})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(given, done.exit_code, done.stdout, done.stderr)


def items_of(file: Path) -> list[Item]:
    """The items of a saved API body."""
    items: list[Item] = json.loads(file.read_bytes())
    return items


def write_items(file: Path, items: list[Item]) -> Path:
    """Save items as an API body."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    return file
