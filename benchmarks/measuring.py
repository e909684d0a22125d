"""What a process costs: wall time, processor time of it and its children, and their peak memory."""

import os
import platform
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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
    """Resident memory of the largest process at its peak."""
    output: str
    pss_mib: int = 0
    """Memory of all processes together at its peak; what they share is counted once."""


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
        with _watched(process.pid) as peaks:
            output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {output[-2000:]}")
    wall_s = time.perf_counter() - begun
    cpu_s, peak_mib = usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024
    return Cost(wall_s, cpu_s, peak_mib, output, max(peaks) // 1024)


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """The memory of a process and all below it, in KiB, looked at five times a second."""
    found, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.2):
            found.append(sum(map(_pss_kib, _tree(pid))))

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield found
    finally:
        is_over.set()
        watching.join()


def _tree(pid: int) -> set[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children[parent].append(int(folder.name))
    found, front = {pid}, [pid]
    while front:
        front = [child for parent in front for child in children[parent]]
        found |= set(front)
    return found


def _pss_kib(pid: int) -> int:
    """A process's share of the memory it uses; 0 for one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


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
