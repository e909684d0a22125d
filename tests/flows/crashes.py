"""Runs that are killed at a chosen moment, in processes of their own.

The moment is an audit event of the interpreter (a rename, a link, an opened file) whose arguments
contain a text; the process kills itself with SIGKILL just before it happens, so no handler, no
`finally` and no flush of ours can run. A fork server imports the slow packages once for all.
"""

import multiprocessing
import os
import signal
import sys
from pathlib import Path

from tests.flows.house import AFTERWARDS, House

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["great_expectations", "pandas", "duckdb", "flows.ingest"])


def ingest_killed_at(house: House, event: str, text: str, *targets: Path) -> int:
    """Load in another process that dies just before the event; gives its exit code."""
    process = _CONTEXT.Process(target=_ingest, args=(house, event, text, targets))
    process.start()
    process.join(120)
    assert process.exitcode is not None, "the run did not end"
    return process.exitcode


def _ingest(house: House, event: str, text: str, targets: tuple[Path, ...]) -> None:
    def watch(name: str, arguments: tuple[object, ...]) -> None:
        if name == event and text in " ".join(map(str, arguments)):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    house.ingest(*targets, at=AFTERWARDS)
