"""Fetch one issue from an address and say how it ended and at what cost of memory:
`python -m tests.support.bomb http://127.0.0.1:8000 huggingface:daily:2026-11-06`.

It is a process of its own so that what it prints is the fetching's memory and nobody else's.
"""

import json
import sys
from pathlib import Path

from tasks.errors import FetchError
from tasks.http.client import Attempt, Fetcher, Policy, open_session
from tasks.parse.model import IssueRef
from tasks.sources import source_of


def main() -> int:
    """One line of JSON: the error's type and words, the requests made, megabytes at most."""
    base_url, issue_id = sys.argv[1:]
    issue, policy = IssueRef.parse(issue_id), Policy("paperhouse-test/1")
    attempts: list[Attempt] = []
    said = ["nothing", ""]
    with open_session(policy) as session:
        fetcher = Fetcher(source_of(issue), base_url, policy, session, attempts.append)
        try:
            fetcher.fetch(issue)
        except FetchError as error:
            said = [type(error).__name__, str(error)]
    megabytes = _peak_kib() / 1024
    told = {"error": said[0], "words": said[1], "requests": len(attempts), "megabytes": megabytes}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _peak_kib() -> int:
    """The most memory this program had; rusage would count what it was forked from."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])


if __name__ == "__main__":
    sys.exit(main())
