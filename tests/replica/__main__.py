"""Run the replica: `python -m tests.replica --bodies tests/sample --port 0 --today 2026-11-14`.

Prints one line, `replica: http://127.0.0.1:PORT`, once it answers, and ends on SIGTERM or SIGINT
(or, with --until-stdin-closes, when whoever started it is gone).
"""

import argparse
import os
import signal
import sys
import threading
from datetime import date
from pathlib import Path

from tests.replica.bodies import Bodies
from tests.replica.faults import Script, read_script
from tests.replica.paths import read_paths
from tests.replica.quota import FixedWindow
from tests.replica.server import Replica, RequestLog, Service
from tests.replica.site import Site

STOPPING = (signal.SIGTERM, signal.SIGINT)


def main() -> int:
    """Serve until told to stop. Signals are blocked first, so that none is lost at the start."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    options = arguments().parse_args()
    replica = Replica(options.port, service(options))
    threading.Thread(target=replica.serve_forever, kwargs={"poll_interval": 0.05}).start()
    if options.until_stdin_closes:
        threading.Thread(target=stop_when_stdin_closes, daemon=True).start()
    sys.stdout.write(f"replica: {replica.url}\n")
    sys.stdout.flush()
    signal.sigwait(STOPPING)
    replica.shutdown()
    replica.server_close()
    return 0


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.replica", description=__doc__)
    parser.add_argument("--bodies", type=folder, required=True, help="folder of saved bodies")
    parser.add_argument("--today", type=date.fromisoformat, required=True, help="YYYY-MM-DD, UTC")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    parser.add_argument("--later", action="store_true", help="answer days in later/ from there")
    parser.add_argument("--script", type=Path, help="JSON list of faults")
    parser.add_argument("--paths", type=Path, help="JSON list of further paths (paths.py)")
    parser.add_argument("--no-etags", action="store_true", help="send no validators")
    parser.add_argument("--log", type=Path, help="append one JSON line per request")
    parser.add_argument("--api-quota", type=int, default=500, help="API calls per window")
    parser.add_argument("--pages-quota", type=int, default=100, help="pages per window")
    parser.add_argument("--window", type=int, default=300, help="seconds a quota lasts")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the parent")
    return parser


def folder(text: str) -> Path:
    """An existing folder; a mistyped one would look like a site without issues."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"no such folder: {path}")
    return path


def service(options: argparse.Namespace) -> Service:
    """The parts of the replica, as the command line asks for them."""
    return Service(
        site=Site(Bodies(options.bodies, options.later), options.today),
        windows={
            "api": FixedWindow("api", options.api_quota, options.window),
            "pages": FixedWindow("pages", options.pages_quota, options.window),
        },
        script=read_script(options.script) if options.script else Script([]),
        log=RequestLog(options.log),
        paths=read_paths(options.paths) if options.paths else (),
        sends_etags=not options.no_etags,
    )


def stop_when_stdin_closes() -> None:
    """Wait for the end of stdin, then stop this process the way a signal does.

    Read through the descriptor: a thread inside sys.stdin would hold its lock at exit.
    """
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
