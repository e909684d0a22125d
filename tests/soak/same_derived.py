"""Looks for other derived rows than a commit's: `python -m tests.soak.same_derived COMMIT`.

Options: `--fuzzed 20000` (how many mutated papers), `--seed 1` (other mutations). This checkout and
that commit derive the rows of the same papers, each in a process of its own: the papers of all real
digests and of the bundled sample, in every format that a source registers, and mutations of them.
Tells how many rows of each table differ, and the first papers with such rows. Ends with 1 when any
row differs.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.derived import DERIVED
from schemas.errors import PaperhouseError
from tasks.derive import READS
from tasks.derive.paper import Paper
from tasks.detect_format import detect_format
from tests.soak.fuzz_bodies import seeds
from tests.soak.fuzz_papers import mutated
from tests.soak.same_rows import checkout
from tests.support.folders import DIGESTS, ROOT, SAMPLE

DERIVE = """
import sys
import pyarrow.parquet as pq
from tasks.derive import derived_tables
for name, rows in derived_tables(pq.read_table(sys.argv[1])).items():
    pq.write_table(rows, f"{sys.argv[2]}/{name}.parquet")
"""
"""What a process of either checkout runs."""
N_SHOWN = 5


def real_papers() -> list[Paper]:
    """The papers of all real digests and of the sample, each text once."""
    files = chain.from_iterable(sorted(folder.rglob("*")) for folder in (DIGESTS, SAMPLE))
    written = chain.from_iterable(_papers(seed.content, seed.name) for seed in seeds())
    read = chain.from_iterable(_papers(f.read_bytes(), f.name) for f in files if f.is_file())
    return list(dict.fromkeys(chain(read, written)))


def _papers(content: bytes, name: str) -> Iterator[Paper]:
    """The papers of a body; none where no format reads it."""
    try:
        found = detect_format(content, name)
        parsed = found.parsed or found.format.parse(content)
    except PaperhouseError:
        return
    for record in parsed.records:
        if record.title:
            addresses = (record.github_repo, record.project_page)
            yield Paper(record.title, record.abstract, *addresses, record.ai_keywords)


def papers_table(papers: list[Paper]) -> pa.Table:
    """Papers as the columns of core.papers that rows are derived from; ids are their numbers."""
    texts = pa.list_(pa.string())
    types = [texts if name == "ai_keywords" else pa.string() for name in READS]
    own = {"content_sha256": "", "paper_month": "2026-11"}
    rows = [{"paper_id": f"{n:07}", **own, **p._asdict()} for n, p in enumerate(papers)]
    return pa.Table.from_pylist(rows, pa.schema(zip(READS, types, strict=True)))


def derive(tree: Path, papers: Path, folder: Path) -> "subprocess.Popen[bytes]":
    """A process that writes the derived rows of papers into a folder, with the code of a tree."""
    folder.mkdir()
    command = [sys.executable, "-c", DERIVE, str(papers), str(folder)]
    return subprocess.Popen(command, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)})


def compare(before: Path, now: Path, papers: list[Paper]) -> int:
    """Tell which rows differ between two folders; gives how many."""
    n_differing = 0
    for table in DERIVED:
        was, is_ = (
            pq.read_table(folder / f"{table.full_name}.parquet") for folder in (before, now)
        )
        differing = [] if was.equals(is_) else _differing(was, is_)
        n_differing += len(differing)
        _say(f"{table.full_name}: {len(was):,} and {len(is_):,} rows; {len(differing):,} differ")
        for row in differing[:N_SHOWN]:
            _say(f"  {row}\n    of {papers[int(row['paper_id'])]}")
    return n_differing


def _differing(was: pa.Table, now: pa.Table) -> list[dict[str, Any]]:
    """The rows that only one of two tables has; at least one when only the order differs."""
    rows = [[repr(row) for row in table.to_pylist()] for table in (was, now)]
    only = set(rows[0]) ^ set(rows[1])
    found = [row for table in (was, now) for row in table.to_pylist() if repr(row) in only]
    moved = (row for row, old, new in zip(now.to_pylist(), *rows, strict=False) if old != new)
    return found or [next(moved, {"paper_id": "0", "n_rows": (len(was), len(now))})]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Derive with both, compare, and tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("commit", help="the other commit")
    parser.add_argument("--fuzzed", type=int, default=20_000, help="how many mutated papers")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    real = real_papers()
    dice = random.Random(arguments.seed)  # noqa: S311 - not for secrets
    papers = [*real, *(mutated(real, dice) for _ in range(arguments.fuzzed))]
    _say(f"{len(real):,} real papers and {arguments.fuzzed:,} mutated ones")
    with tempfile.TemporaryDirectory(prefix="paperhouse-") as scratch:
        folder = Path(scratch)
        pq.write_table(papers_table(papers), folder / "papers.parquet")
        with checkout(arguments.commit, folder) as tree:
            running = [
                derive(root, folder / "papers.parquet", folder / name)
                for root, name in ((tree, "before"), (ROOT, "now"))
            ]
            if sum(process.wait() for process in running):
                _say("a process failed, so nothing was compared")
                return 1
        n_differing = compare(folder / "before", folder / "now", papers)
    _say(f"{n_differing:,} rows differ")
    return 1 if n_differing else 0


if __name__ == "__main__":
    sys.exit(main())
