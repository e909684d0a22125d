"""Looks for rows that differ from another commit's: `python -m tests.soak.same_rows COMMIT`.

Option: `--keep FOLDER` (leave both homes there). This checkout and that commit load all the real
digests, kind after kind, each at a capture time of its own, with their own code and their own
command. Then every table and view of the two published files is compared, less the columns that
tell of a run: its id, and when and how long it was. A column or table that only one of them has is
named. Ends with 1 when any row differs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.support.folders import DIGESTS, ROOT

KINDS = (
    ("huggingface/api", "2026-08-20T06:00:00"),
    ("huggingface/refetch", "2026-08-21T06:00:00"),
    ("huggingface/html/2024-08-01.html", "2026-08-22T06:00:00"),
    ("huggingface/odd-bodies", "2026-08-22T07:00:00"),
    ("huggingface/html/not-huggingface.html", "2026-08-22T08:00:00"),
    ("pagedump", "2026-08-23T06:00:00"),
    ("textdump", "2026-08-24T06:00:00"),
    ("arxiv/mailing", "2026-08-25T06:00:00"),
    ("arxiv/rss", "2026-08-26T06:00:00"),
    ("arxiv/atom", "2026-08-27T06:00:00"),
    ("huggingface/api", "2026-08-19T06:00:00"),
)
"""What is loaded, in this order; the last comes late and reprocesses all that the first loaded."""

OF_A_RUN = frozenset(
    [
        "run_id",
        "loaded_at",
        "started_at",
        "ended_at",
        "created_at",
        "published_at",
        "quarantined_at",
        "settled_by",
        "settled_at",
        "noted_at",
        "duration_s",
        "n_bytes",
        "as_of",
        "behind_h",
        "last_attempt_at",
        "version",
        "snapshot",
        "first_snapshot",
        "last_snapshot",
        "error",
    ]
)
"""Columns that tell of a run, or of the moment at which something is looked at."""


@dataclass(frozen=True)
class Tree:
    """A checkout, and the home it fills."""

    root: Path
    home: Path

    def load(self) -> None:
        """Load every kind of digest with this tree's own command."""
        scripts = tomllib.loads((self.root / "pyproject.toml").read_text())["project"]["scripts"]
        module, _, function = scripts["paperhouse"].partition(":")
        for part, captured_at in KINDS:
            source = f"from {module} import {function}; {function}()"
            arguments = ["ingest", str(DIGESTS / part), "--captured-at", captured_at]
            environment = {**os.environ, "PYTHONPATH": str(self.root)}
            done = subprocess.run(
                [sys.executable, "-c", source, "--home", str(self.home), *arguments],
                cwd=self.home.parent,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            said = (done.stdout or done.stderr).splitlines()
            _say(f"{self.root.name}: {part}: {said[0] if said else f'exit {done.returncode}'}")

    @property
    def file(self) -> Path:
        return self.home / "warehouse.duckdb"


@contextmanager
def checkout(commit: str, folder: Path) -> Iterator[Path]:
    """The files of a commit in a folder, for a block."""
    tree = folder / commit[:12]
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", str(tree), commit], check=True, capture_output=True)
    try:
        yield tree
    finally:
        subprocess.run([*git, "remove", "--force", str(tree)], check=True, capture_output=True)


def compare(before: Path, after: Path) -> int:
    """Compare all tables and views of two published files; gives how many rows differ."""
    n_differing = 0
    with duckdb.connect(str(after), read_only=True) as connection:
        connection.execute(f"ATTACH '{before}' AS before (READ_ONLY)")
        connection.execute("SET TimeZone = 'UTC'")
        database = after.stem
        old, new = _columns(connection, "before"), _columns(connection, database)
        for name in sorted(old.keys() ^ new.keys()):
            _say(f"{name}: only {'before' if name in old else 'now'}")
        for name in sorted(old.keys() & new.keys()):
            common = [column for column in new[name] if column in old[name]]
            for column in sorted(set(old[name]) ^ set(new[name])):
                _say(f"{name}.{column}: only {'before' if column in old[name] else 'now'}")
            columns = ", ".join(f'"{column}"' for column in common if column not in OF_A_RUN)
            if columns:
                n_differing += _differing(connection, database, name, columns)
    return n_differing


def _differing(
    connection: duckdb.DuckDBPyConnection, database: str, name: str, columns: str
) -> int:
    now, was = (f"SELECT {columns} FROM {place}.{name}" for place in (database, "before"))
    counts = connection.execute(
        f"SELECT (SELECT count(*) FROM ({now})), (SELECT count(*) FROM ({was})), "
        f"(SELECT count(*) FROM ({now} EXCEPT ALL {was})), "
        f"(SELECT count(*) FROM ({was} EXCEPT ALL {now}))"
    ).fetchone()
    n_now, n_was, n_new, n_gone = counts or (0, 0, 0, 0)
    _say(f"{name}: {n_was:,} and {n_now:,} rows; {n_new:,} only now, {n_gone:,} only before")
    return int(n_new + n_gone)


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    rows = connection.execute(
        "SELECT schema_name || '.' || table_name, list(column_name ORDER BY column_index) "
        "FROM duckdb_columns() WHERE NOT internal AND database_name = ? GROUP BY 1",
        [database],
    ).fetchall()
    return dict(rows)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Load, compare, and tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("commit", help="the other commit")
    parser.add_argument("--keep", type=Path, help="leave both homes in this folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="paperhouse-") as scratch:
        folder = Path(arguments.keep or scratch)
        for name in ("before", "now"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        with checkout(arguments.commit, folder) as tree:
            before = Tree(tree, folder / "before" / "home")
            before.load()
        now = Tree(ROOT, folder / "now" / "home")
        now.load()
        n_differing = compare(before.file, now.file)
    _say(f"{n_differing:,} rows differ")
    return 1 if n_differing else 0


if __name__ == "__main__":
    sys.exit(main())
