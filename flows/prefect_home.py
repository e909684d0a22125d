"""Where Prefect keeps its things, and that it reports nothing to anyone.

Must run before Prefect is imported: it reads its environment then.
"""

import os
from pathlib import Path


def prepare(home: Path) -> None:
    """Point Prefect into the warehouse's home. What the environment says already stays."""
    folder = (home / "prefect").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(folder))
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "paperhouse")
