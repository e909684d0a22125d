"""Which real papers are labelled, by rules that nobody can steer.

A draw takes papers of the API days, one each, in the order of the SHA-256 of its seed and their
arXiv id, and splits them before any of them is read: into papers to work with and papers to report
on. A paper's text is that of the newest day that lists it.

- The first draw: the first 100 to work with (`work`), the next 50 to report on (`report`).
- The second draw leaves those out. It takes 100, and splits them in the order of the SHA-256 of
  the seed, "half" and the id: 50 to work with (`work-2`), 50 to report on (`report-2`). The first
  ten of each part are labelled again (`again-2`).
- The third draw leaves both out and takes 50, all to report on (`report-3`).
- The draws from the fourth on leave out all before them, keep to papers whose id ends in an even
  digit, and take as many as `N_LATER` says, all to report on.
- A draw to work with (`work-3`) leaves out the first three, keeps to papers whose id ends in an odd
  digit, and takes 60.
- The draws from the thirteenth on, after all even digits are used up, take 300 each of the odd ones
  left, the eighteenth the last 112, all to report on.

`python -m tests.labels.pick` prints the ids; `--show PART`, what is to be read.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable

from tasks.parse.model import Record
from tasks.sources.huggingface import parse_api
from tests.support.folders import DIGESTS

SEEDS = tuple(f"paperhouse labels {number}" for number in range(1, 19))
N_FIRST = {"work": 100, "report": 50}
N_SECOND = {"work-2": 50, "report-2": 50}
N_THIRD = {"report-3": 50}
N_LATER = {
    "report-4": 60,
    "report-5": 100,
    "report-6": 150,
    "report-7": 150,
    "report-8": 400,
    "report-9": 300,
    "report-10": 400,
    "report-11": 300,
    "report-12": 64,
}
N_LAST = {
    "report-13": 300,
    "report-14": 300,
    "report-15": 300,
    "report-16": 300,
    "report-17": 300,
    "report-18": 112,
}
WORK_SEED = "paperhouse labels work 3"
N_WORK = {"work-3": 60}
N_AGAIN = 10
"""How many papers of each part of the second draw are labelled again."""


def papers() -> dict[str, Record]:
    """Every paper of the API days by arXiv id."""
    found: dict[str, Record] = {}
    for path in sorted((DIGESTS / "huggingface" / "api").glob("*.json")):
        for record in parse_api.parse(path.read_bytes()).records:
            if record.arxiv_id:
                found[record.arxiv_id] = record
    return found


def picked(known: Iterable[str]) -> dict[str, list[str]]:
    """The ids of each part, in the order they were drawn."""
    first, second, third, *later = SEEDS
    every = set(known)
    parts = _parts(_drawn(every, first), N_FIRST)
    rest = every - _papers_of(parts)
    chosen = _drawn(rest, second)[: sum(N_SECOND.values())]
    halves = _parts(_drawn(chosen, f"{second} half"), N_SECOND)
    again = [paper for part in halves.values() for paper in part[:N_AGAIN]]
    rest -= _papers_of(halves)
    thirds = _parts(_drawn(rest, third), N_THIRD)
    rest -= _papers_of(thirds)
    even = _in_turn(_ending(rest, "02468"), later[: len(N_LATER)], N_LATER)
    odd = _parts(_drawn(_ending(rest, "13579"), WORK_SEED), N_WORK)
    odd |= _in_turn(_ending(rest - _papers_of(odd), "13579"), later[len(N_LATER) :], N_LAST)
    return {**parts, **halves, "again-2": again, **thirds, **even, **odd}


def _in_turn(ids: Iterable[str], seeds: list[str], sizes: dict[str, int]) -> dict[str, list[str]]:
    """Draws with a seed each, every one of what those before it left."""
    drawn: dict[str, list[str]] = {}
    for seed, (part, size) in zip(seeds, sizes.items(), strict=True):
        drawn[part] = _drawn(set(ids) - _papers_of(drawn), seed)[:size]
    return drawn


def _ending(ids: Iterable[str], digits: str) -> list[str]:
    """The ids whose last digit is one of these."""
    return [paper for paper in ids if paper[-1] in digits]


def _papers_of(parts: dict[str, list[str]]) -> set[str]:
    return {paper for part in parts.values() for paper in part}


def _drawn(ids: Iterable[str], seed: str) -> list[str]:
    return sorted(ids, key=lambda paper: hashlib.sha256(f"{seed}{paper}".encode()).hexdigest())


def _parts(drawn: list[str], sizes: dict[str, int]) -> dict[str, list[str]]:
    """Parts of a list, one after the other, by name."""
    rest = iter(drawn)
    return {part: [next(rest) for _ in range(size)] for part, size in sizes.items()}


def main() -> None:
    """Print the ids, or the texts to be read for labelling."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parts = (*N_FIRST, *N_SECOND, "again-2", *N_THIRD, *N_LATER, *N_WORK, *N_LAST)
    parser.add_argument("--show", choices=parts)
    show = parser.parse_args().show
    known = papers()
    for part, ids in picked(known).items():
        if show is None:
            sys.stdout.write(f"{part}: {' '.join(ids)}\n")
        elif show == part:
            for number, paper in enumerate(ids, 1):
                record = known[paper]
                links = f"{record.github_repo or '-'} {record.project_page or '-'}"
                text = f"{record.title}\n{record.abstract}\n{links} {record.ai_keywords or '-'}"
                sys.stdout.write(f"\n[{number}] {paper}\n{text}\n")


if __name__ == "__main__":
    main()
