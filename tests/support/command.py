"""The `paperhouse` command, run as a process or called in this one."""

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from flows.cli import add_commands, app

COMMAND = Path(sys.executable).with_name("paperhouse")
add_commands()


def paperhouse(
    *arguments: str | Path,
    home: Path,
    stdin: str | None = None,
    environment: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the installed console script and wait for it."""
    return subprocess.run(
        [str(COMMAND), *map(str, arguments)],
        input=stdin,
        env={**os.environ, "PAPERHOUSE_HOME": str(home), **(environment or {})},
        cwd=cwd or home.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def called(
    *arguments: str | Path, home: Path, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """The same command, called in this process: what it prints and ends with, sooner."""
    given = list(map(str, arguments))
    done = CliRunner().invoke(app, given, input=stdin, env={"PAPERHOUSE_HOME": str(home)})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(given, done.exit_code, done.stdout, done.stderr)
