"""Prefect's environment: its files are in the warehouse's home, and it sends no telemetry.

`prepare` must run before Prefect is imported, because Prefect reads the environment then; its child
processes inherit it.
"""

import os
from pathlib import Path

from tasks.http.loopback import check_for_prefect, spare_loopback

LEASES = "prefect.server.concurrency.lease_storage.filesystem"
"""After a restart Prefect's default has forgotten who holds the deployment's only slot, but not
that it is held, so after a crash every later night would be cancelled. Stored in files, the lease
of a dead run expires."""
STARTUP = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
STARTUP_S = 180
"""A run's own server first creates its database, which on a busy machine takes longer than
Prefect's limit of twenty seconds."""
VARIABLES = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "paperhouse",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES,
}


def prepare(home: Path) -> None:
    """Set Prefect's variables for this home. Variables that are set already stay.

    Prefect's server and client are asked on loopback, which no proxy reaches. Raises
    `UnusableProxy` for a proxy with which its client does not start.
    """
    spare_loopback(os.environ)
    check_for_prefect(os.environ)
    folder = (home / "prefect").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in {"PREFECT_HOME": str(folder), STARTUP: str(STARTUP_S), **VARIABLES}.items():
        os.environ.setdefault(name, value)
