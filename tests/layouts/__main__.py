"""`python -m tests.layouts`: how exactly the dresses are read, by format.

`--part work` or `--part report` keeps to one part; `--errors` lists what is wrong; `--damage` also
damages one record of each body and counts the others that change.
"""

import argparse
import sys

from tests.layouts.measure import measure, table


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Measure how dresses of digests are read.")
    parser.add_argument("--part", choices=("work", "report"), default="work")
    parser.add_argument("--errors", action="store_true", help="list what is wrong")
    given = parser.parse_args()
    scores = measure(given.part)
    sys.stdout.write(f"\n{given.part}\n{table(scores)}\n")
    if given.errors:
        for score in scores:
            for error in score.errors:
                sys.stdout.write(f"  {score.kind}/{score.name}: {error}\n")


if __name__ == "__main__":
    main()
