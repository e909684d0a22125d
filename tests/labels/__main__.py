"""`python -m tests.labels`: precision and recall on the labelled papers, and the calibration.

`--part PART` keeps to one part, `--errors` lists what was wrong or missed. The report parts of the
newest draws are for the end of a work: do not list its errors while rules change.
"""

import argparse
import sys
from itertools import product

from tests.labels.measure import Score, agreement, calibration, measure
from tests.labels.pick import N_FIRST, N_LAST, N_LATER, N_SECOND, N_THIRD, N_WORK, papers


def main() -> None:
    """Print the figures."""
    parts = (*N_FIRST, *N_SECOND, *N_THIRD, *N_LATER, *N_WORK, *N_LAST)
    parser = argparse.ArgumentParser(description="Measure the extractors on labelled papers.")
    parser.add_argument("--part", choices=parts, action="append")
    parser.add_argument("--errors", action="store_true", help="list what was wrong or missed")
    given = parser.parse_args()
    known = papers()
    for part in given.part or parts:
        scores = measure(part, known)
        sys.stdout.write(f"\n{part}\n{'table':<9} found  right  missed  precision  recall\n")
        for table, score in scores.items():
            if score.n_wanted:
                sys.stdout.write(
                    f"{table:<9} {len(score.found):>5}  {score.n_right:>5}  {len(score.missed):>6}"
                    f"  {score.precision:>9.3f}  {score.recall:>6.3f}\n"
                )
        for table, score in scores.items():
            _print_rows(table, score, with_errors=given.errors)
    if given.part is None:
        for again, part in product(("again-2", "second-reader"), N_SECOND):
            for kind, (n_both, n_either) in agreement(part, again).items():
                sys.stdout.write(f"{again} and {part}: {kind} {n_both} of {n_either}\n")


def _print_rows(table: str, score: Score, *, with_errors: bool) -> None:
    """Print what confidence is worth, and what was wrong or missed."""
    for name, n, mean, right in calibration([*score.found, *score.below]):
        sys.stdout.write(f"  {table:<8} {name}  n={n:<4} said {mean:.2f}  right {right:.2f}\n")
    if with_errors:
        wrong = [
            f"    - {j.paper_id} {j.what} {j.confidence}" for j in score.found if not j.is_right
        ]
        missed = [f"    + {paper} {what}" for paper, what in score.missed]
        sys.stdout.write("\n".join([*wrong, *missed, ""]))


if __name__ == "__main__":
    main()
