"""Which real papers are labelled, by a rule that nobody can steer.

All papers of the API days, one each, in the order of the SHA-256 of `SEED` and their arXiv id; the
first 100 are to work with, the next 50 to report on. The split is made here, before any of them is
read. A paper's text is that of the newest day that lists it.

`python -m tests.labels.pick` prints the ids; `--show work` and `--show report`, what is to be read.
"""

import argparse
import hashlib
import sys

from tasks.parse.model import Record
from tasks.sources.huggingface import parse_api
from tests.support.folders import DIGESTS

SEED = "paperhouse labels 1"
N_WORK, N_REPORT = 100, 50


def papers() -> dict[str, Record]:
    """Every paper of the API days by arXiv id."""
    found: dict[str, Record] = {}
    for path in sorted((DIGESTS / "huggingface" / "api").glob("*.json")):
        for record in parse_api.parse(path.read_bytes()).records:
            if record.arxiv_id:
                found[record.arxiv_id] = record
    return found


def picked(known: dict[str, Record]) -> dict[str, list[str]]:
    """The ids to work with (`work`) and to report on (`report`), in the order they were drawn."""
    drawn = sorted(known, key=lambda paper: hashlib.sha256(f"{SEED}{paper}".encode()).hexdigest())
    return {"work": drawn[:N_WORK], "report": drawn[N_WORK : N_WORK + N_REPORT]}


def main() -> None:
    """Print the ids, or the texts to be read for labelling."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--show", choices=("work", "report"))
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
