"""`make run`: one whole night with the bundled sample, over real HTTP and in a real Prefect flow.

Starts the replica server as a process of its own, lets `paperhouse run` fetch from it as from the
real site, and queries the published file three times. A second run finds nothing new.
"""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from tests.replica.process import running_replica

ROOT = Path(__file__).parents[1]
HOME = ROOT / "data" / "demo"
TODAY = date(2026, 11, 14)
NOW = f"{TODAY}T03:00:00Z"
"""Saturday, an hour and a half after Friday's feed has closed."""

QUESTIONS = (
    (
        "Papers a day",
        "SELECT issued_on, n_listed FROM mart.daily_activity ORDER BY issued_on DESC LIMIT 5",
    ),
    (
        "Most upvoted when two days old",
        "SELECT paper_id, title, upvotes FROM mart.top_papers WHERE age_days = 2 LIMIT 5",
    ),
    (
        "Authors with most papers",
        """
        SELECT name_key, sum(n_papers)::BIGINT AS n_papers FROM mart.author_activity
        GROUP BY name_key ORDER BY n_papers DESC, name_key LIMIT 5
        """,
    ),
)

POINTER = """
That was the bundled sample. For the real digest:

    paperhouse run                      # loads what is due into ./data
    paperhouse sql "FROM mart.rising_papers LIMIT 10"

and `make serve` does so every night (docs/operations.md).
"""


def main() -> int:
    """Run the night and the queries; returns the first exit code that is not 0."""
    with running_replica(ROOT / "tests" / "sample", TODAY) as replica:
        environment = {
            **os.environ,
            "PAPERHOUSE_HOME": str(HOME),
            "PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL": replica.url,
            "PAPERHOUSE_SOURCES__HUGGINGFACE__SINCE": "2026-10-26",
            "PREFECT_LOGGING_LEVEL": "WARNING",
        }
        _say(f"The nightly flow, against {replica.url}:")
        code = _paperhouse(["run", "--now", NOW], environment)
    for title, query in QUESTIONS:
        _say(f"\n{title}:")
        code = code or _paperhouse(["sql", query], environment)
    _say(POINTER)
    page = HOME / "site" / "index.html"
    if page.exists():
        _say(f"The page to open every morning: {page.as_uri()}")
    return code


def _paperhouse(arguments: list[str], environment: dict[str, str]) -> int:
    command = Path(sys.executable).with_name("paperhouse")
    return subprocess.run([command, *arguments], env=environment, check=False).returncode


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
