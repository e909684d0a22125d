"""How many papers a second the extractors read on one core, each alone and all together.

    python -m benchmarks.derivation [--papers 2000] [--profile]

The papers are those of the bundled sample, over and over; with the real digests beside the
repository, those. Processor time is counted, so other work on the machine hardly matters.
"""

import argparse
import cProfile
import pstats
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

from tasks.derive import claims, links, read_all, systems, topics
from tasks.derive.availability import Code, code
from tasks.derive.paper import Paper
from tasks.sources.huggingface import parse_api

ROOT = Path(__file__).parents[1]
FOLDERS = (
    ROOT.parent / "shared" / "digests" / "huggingface" / "api",
    ROOT / "tests" / "sample" / "huggingface" / "api",
)


def papers() -> Iterator[Paper]:
    """The papers of the first folder that is there."""
    folder = next(folder for folder in FOLDERS if folder.is_dir())
    for path in sorted(folder.glob("*.json")):
        for record in parse_api.parse(path.read_bytes()).records:
            fields = (record.title, record.abstract, record.github_repo, record.project_page)
            yield Paper(*fields, record.ai_keywords)


def with_code(paper: Paper) -> Code:
    """Links and the state of the code, as one extractor."""
    return code(paper, links.links(paper))


def of_each(extract: Callable[[Paper], object]) -> Callable[[list[Paper]], object]:
    """One extractor over all papers."""
    return lambda chosen: [extract(paper) for paper in chosen]


EXTRACTORS: dict[str, Callable[[list[Paper]], object]] = {
    "links": of_each(with_code),
    "systems": of_each(systems.systems),
    "claims": of_each(claims.claims),
    "topics": of_each(topics.topics),
    "all": read_all,
}


def seconds(extract: Callable[[list[Paper]], object], chosen: list[Paper]) -> float:
    """Processor time of the best of three passes."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        extract(chosen)
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Measure the extractors' speed.")
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    given = parser.parse_args()
    chosen = list(islice(cycle(list(papers())), given.papers))
    for name, extract in EXTRACTORS.items():
        taken = seconds(extract, chosen)
        each, rate = taken / len(chosen) * 1e6, len(chosen) / taken
        sys.stdout.write(f"{name:<8} {each:>6.0f} us/paper {rate:>8,.0f} papers/s\n")
    if given.profile:
        profile = cProfile.Profile()
        profile.runcall(seconds, read_all, chosen)
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)


if __name__ == "__main__":
    main()
