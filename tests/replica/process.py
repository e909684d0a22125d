"""Run the replica as a process of its own for the length of a `with` block."""

import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.support.folders import ROOT

READY = "replica: "
START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 5

Rules = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Replica:
    """A running replica: where it answers, which process it is, and where it keeps its log."""

    url: str
    pid: int
    log: Path

    def requests(self) -> list[dict[str, Any]]:
        """Every request so far, oldest first."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def running_replica(
    bodies: Path,
    today: date,
    *,
    later: bool = False,
    script: Path | Rules | None = None,
    log: Path | None = None,
    api_quota: int = 500,
    paths: Path | None = None,
    sends_etags: bool = True,
) -> Iterator[Replica]:
    """Start the replica, wait until it answers, and end that very process afterwards.

    `script` is a file of fault rules or the rules themselves. Without `log` the requests are
    kept in a temporary file. `paths` is a list of further paths to serve. The process also ends by
    itself when this one is gone.
    """
    with tempfile.TemporaryDirectory() as scratch:
        kept = log if log is not None else Path(scratch) / "requests.jsonl"
        command = [
            *(sys.executable, "-m", "tests.replica", "--until-stdin-closes"),
            *("--bodies", str(bodies.resolve()), "--today", today.isoformat()),
            *("--log", str(kept.resolve()), "--api-quota", str(api_quota)),
            *(["--later"] if later else []),
            *([] if sends_etags else ["--no-etags"]),
            *(["--paths", str(paths.resolve())] if paths else []),
            *script_option(script, Path(scratch)),
        ]
        complaints = Path(scratch) / "stderr.txt"
        with complaints.open("wb") as stderr:
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
            )
        try:
            yield Replica(ready_url(process, complaints), process.pid, kept.resolve())
        finally:
            end(process)
            sys.stderr.write(said_by(complaints))


def script_option(script: Path | Rules | None, scratch: Path) -> list[str]:
    """`--script FILE`, with rules given as values written to a file first."""
    if script is None:
        return []
    if isinstance(script, Path):
        return ["--script", str(script.resolve())]
    written = scratch / "script.json"
    written.write_text(json.dumps(list(script)), encoding="utf-8")
    return ["--script", str(written)]


def ready_url(process: subprocess.Popen[bytes], complaints: Path) -> str:
    """The URL the replica prints when it answers; its own complaint if it never does."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], START_TIMEOUT_S)
    line = process.stdout.readline().decode() if ready else ""
    if not line.startswith(READY):
        raise RuntimeError(f"the replica did not start: {line!r}\n{said_by(complaints)}")
    return line.removeprefix(READY).strip()


def said_by(complaints: Path) -> str:
    """What the replica wrote to stderr; normally nothing."""
    return complaints.read_text(encoding="utf-8", errors="replace")


def end(process: subprocess.Popen[bytes]) -> None:
    """Terminate this process; kill it only if it does not end in time."""
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
