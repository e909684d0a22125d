"""Where Prefect keeps its things, and that it reports nothing to anyone.

Must run before Prefect is imported: it reads its environment then. Its own children inherit it.
"""

import os
from pathlib import Path

LEASES = "prefect.server.concurrency.lease_storage.filesystem"
"""Prefect's default forgets on a restart who holds the deployment's one slot, but not that it is
taken: after a crash every later night would be cancelled. In files, a dead run's hold expires."""
STARTUP = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
STARTUP_S = 180
"""A server of a run's own creates its database first: on a busy machine not within the twenty
seconds that Prefect gives it."""
VARIABLES = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "paperhouse",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES,
}


def prepare(home: Path) -> None:
    """Point Prefect into the warehouse's home. What the environment says already stays."""
    folder = (home / "prefect").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in {"PREFECT_HOME": str(folder), STARTUP: str(STARTUP_S), **VARIABLES}.items():
        os.environ.setdefault(name, value)
