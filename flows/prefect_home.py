"""Where Prefect keeps its things, and that it reports nothing to anyone.

Must run before Prefect is imported: it reads its environment then. Its own children inherit it.
"""

import os
from pathlib import Path

VARIABLES = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "paperhouse",
    # By default a server forgets on a restart who held the deployment's one slot, but not that it
    # is taken: every later night would be cancelled. Kept in files, a dead run's slot expires.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}


def prepare(home: Path) -> None:
    """Point Prefect into the warehouse's home. What the environment says already stays."""
    folder = (home / "prefect").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in {"PREFECT_HOME": str(folder), **VARIABLES}.items():
        os.environ.setdefault(name, value)
