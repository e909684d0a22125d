"""What a process costs: wall time, processor time of it and its children, and its peak memory."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAPERHOUSE = str(Path(sys.executable).with_name("paperhouse"))
"""The installed command."""


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and processor time, peak memory in MiB, and what was printed."""

    wall_s: float
    cpu_s: float
    peak_mib: int
    output: str


def measure(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end. Raises `RuntimeError` with what it said when it fails."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {output[-2000:]}")
    wall_s = time.perf_counter() - begun
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, output)


def machine() -> str:
    """The machine in a line, for under a table."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {model}, {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} before"
    )
