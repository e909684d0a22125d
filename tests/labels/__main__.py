"""`python -m tests.labels`: precision and recall on the labelled papers, and the calibration.

`--part work` or `--part report` keeps to one part, `--errors` lists what was wrong or missed.
"""

import argparse
import sys

from tests.labels.measure import calibration, measure
from tests.labels.pick import papers


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Measure the extractors on labelled papers.")
    parser.add_argument("--part", choices=("work", "report"))
    parser.add_argument("--errors", action="store_true", help="list what was wrong or missed")
    given = parser.parse_args()
    known = papers()
    for part in [given.part] if given.part else ["work", "report"]:
        scores = measure(part, known)
        sys.stdout.write(f"\n{part}\n{'table':<9} found  right  missed  precision  recall\n")
        for table, score in scores.items():
            sys.stdout.write(
                f"{table:<9} {len(score.found):>5}  {score.n_right:>5}  {len(score.missed):>6}  "
                f"{score.precision:>9.3f}  {score.recall:>6.3f}\n"
            )
        for table, score in scores.items():
            for name, n, mean, right in calibration(score.found):
                sys.stdout.write(
                    f"  {table:<8} {name}  n={n:<4} said {mean:.2f}  right {right:.2f}\n"
                )
            if given.errors:
                wrong = [f"    - {j.paper_id} {j.what}" for j in score.found if not j.is_right]
                missed = [f"    + {paper} {what}" for paper, what in score.missed]
                sys.stdout.write("\n".join([*wrong, *missed, ""]))


if __name__ == "__main__":
    main()
