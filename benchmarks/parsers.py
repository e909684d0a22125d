"""How fast each form is read, beside the least one could do with the same bytes.

    python -m benchmarks.parsers [--seconds 1.0]

A form is one line in `FORMS`: its bodies, its parser, and the bare parse by the same library. Real
bodies are used where they are at hand, else those of the sample and of the tests.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bs4 import BeautifulSoup
from defusedxml.ElementTree import fromstring

from tasks.parse.model import ParsedBody
from tasks.sources import Format, sources
from tests.support.arxiv_bodies import atom, atom_entry

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "digests"
SAMPLE = ROOT / "tests" / "sample"


class Compared(NamedTuple):
    """A form, bodies of it, and the bare parse to hold it against."""

    source: str
    format: str
    pattern: str
    """Of files below the folder of digests; the sample is used when there are none."""
    bare: Callable[[bytes], Any]
    bodies: tuple[bytes, ...] = ()
    """Made here, for forms without files."""


def _soup(content: bytes) -> Any:
    return BeautifulSoup(content.decode("utf-8-sig"), "html.parser")


def _lines(content: bytes) -> Any:
    return re.findall(r"^([A-Z][\w-]+): (.*)$", content.decode("latin-1"), re.MULTILINE)


_ATOM = atom(*(atom_entry(f"2611.{number:05}v1") for number in range(500)))
FORMS = (
    Compared("huggingface", "api", "huggingface/api/*.json", json.loads),
    Compared("huggingface", "page", "huggingface/html/20*.html", _soup),
    Compared("arxiv", "rss", "arxiv/rss/*.xml", fromstring),
    Compared("arxiv", "atom", "", fromstring, (_ATOM,)),
    Compared("arxiv", "query", "arxiv/atom/*.xml", fromstring),
    Compared("arxiv", "mailing", "arxiv/mailing/*.txt", _lines),
)


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each form")
    seconds = parser.parse_args().seconds
    print("| form | bodies | KiB | records | records/s | bare, records/s | times the bare parse |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for compared in FORMS:
        bodies = compared.bodies or _bodies(compared.pattern)
        if bodies:
            print(_row(compared, bodies, seconds))
    return 0


def _bodies(pattern: str) -> tuple[bytes, ...]:
    folder = REAL if REAL.is_dir() else SAMPLE
    return tuple(path.read_bytes() for path in sorted(folder.glob(pattern)))


def _row(compared: Compared, bodies: tuple[bytes, ...], seconds: float) -> str:
    body_format: Format = sources()[compared.source].format(compared.format)
    parsed: list[ParsedBody] = [body_format.parse(body) for body in bodies]
    n_records = sum(body.n_parsed for body in parsed)
    ours, bare = _fastest((body_format.parse, compared.bare), bodies, seconds)
    n_kib = sum(map(len, bodies)) / 1024
    name = f"{compared.source} {compared.format}"
    return (
        f"| {name} | {len(bodies)} | {n_kib:,.0f} | {n_records:,} | {n_records / ours:,.0f} "
        f"| {n_records / bare:,.0f} | {ours / bare:.1f} |"
    )


def _fastest(
    parsers: tuple[Callable[[bytes], Any], ...], bodies: tuple[bytes, ...], seconds: float
) -> list[float]:
    """Processor seconds of each parser's fastest round over all bodies, rounds taken in turn."""
    best = [float("inf")] * len(parsers)
    until = time.perf_counter() + seconds
    while best[-1] == float("inf") or time.perf_counter() < until:
        for number, parse in enumerate(parsers):
            begun = time.process_time()
            for body in bodies:
                parse(body)
            best[number] = min(best[number], time.process_time() - begun)
    return best


if __name__ == "__main__":
    sys.exit(main())
